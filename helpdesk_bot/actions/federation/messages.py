"""What is said about a lent question goes to the other side, each thing once and in its order, corrections and deletions too.

What has to be said is found by comparing what stands here with what was said of it, so nothing that writes or corrects a
message has to know of other helpdesks. What is heard becomes a message like any.
"""

import json
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from helpdesk_bot.actions import asking, relay
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import forget
from helpdesk_bot.actions.federation.people import called
from helpdesk_bot.actions.federation.speaking import say
from helpdesk_bot.actions.federation.states import cut
from helpdesk_bot.actions.finishing import be_patient
from helpdesk_bot.actions.status import move
from helpdesk_bot.actions.topics import listen_again
from helpdesk_bot.domain import media
from helpdesk_bot.domain.federation.addresses import address_of
from helpdesk_bot.domain.federation.lending import IN_TALKS, OUT_TALKS
from helpdesk_bot.domain.federation.ordering import arrives
from helpdesk_bot.domain.tickets import FINISHED, TRANSITIONS, Move, Status, subject_of
from helpdesk_bot.protocol.reading import read, written
from helpdesk_bot.protocol.words import LARGEST_TEXT, LONGEST_TEXT, Media
from helpdesk_bot.protocol.words import Message as Word
from helpdesk_bot.storage import federation
from helpdesk_bot.storage.models import Lend, LendMessage, Message, Peer, Ticket
from helpdesk_bot.texts.render import Somebody

NEW, EDIT, DELETE = "new", "edit", "delete"
_KINDS = {relay.QUESTION: "question", relay.ANSWER: "answer"}


def talks(lend: Lend) -> bool:
    """Whether what is said here goes to the other side."""
    return lend.state in (OUT_TALKS if lend.ours else IN_TALKS)


async def say_news(act: Act, lend: Lend) -> None:
    """Says what has been written, corrected or deleted here since the last time."""
    if not talks(lend):
        return
    said = await federation.marks_said(act.session, lend)
    for message in await federation.sayable(act.session, lend):
        mark = _digest(message.text, message.media, deleted=message.deleted)
        if said[message.id] == mark if message.id in said else message.deleted:
            continue
        change = NEW if message.id not in said else DELETE if message.deleted else EDIT
        await _say_anew(act, lend, await act.session.get_one(Message, message.id), change, mark)


async def _say_anew(act: Act, lend: Lend, message: Message, change: str, mark: str) -> None:
    lend.said += 1
    row = LendMessage(
        ref=lend.ref,
        ours=True,
        n=lend.said,
        said_id=_said_id(lend, message),
        change=change,
        message_id=message.id,
        mark=mark,
        at=act.now,
    )
    act.session.add(row)
    await _say(act, lend, row, message)


async def say_from(act: Act, lend: Lend, place: int) -> None:
    """Says again all from this place on, as it reads now."""
    for row in await federation.said_from(act.session, lend, place):
        await _say(act, lend, row, await act.session.get_one(Message, row.message_id))


async def _say(act: Act, lend: Lend, row: LendMessage, message: Message) -> None:
    gone = message.deleted_at is not None
    text = None if gone or message.text is None else _fitting(message.text)
    word = Word(
        lend=lend.ref,
        n=row.n,
        id=row.said_id,
        change=DELETE if gone else row.change,
        kind=_KINDS.get(message.direction, "thanks"),
        by=await _by(act, lend, message),
        text=text,
        cut=text is not None and text != message.text,
        file=None if gone or message.media is None else Media(content=message.media),
        said_at=message.sent_at,
    )
    await say(act, await act.session.get_one(Peer, lend.peer), word)


def _fitting(text: str) -> str:
    """As much of it as one word holds."""
    text = text[:LONGEST_TEXT]
    while (size := len(json.dumps(text, ensure_ascii=False).encode(errors="replace"))) > LARGEST_TEXT:
        text = text[: len(text) * LARGEST_TEXT // size]
    return text


async def _by(act: Act, lend: Lend, message: Message) -> str | None:
    ticket = await act.session.get_one(Ticket, lend.ticket_id)
    if message.direction != relay.ANSWER:
        return cut(await act.name(message.sender, ticket.room_id))
    name = await act.helper_name(ticket, message.sender)
    return None if isinstance(name, Somebody) else cut(name)


def _said_id(lend: Lend, message: Message) -> str:
    """The same for the same message, also after our database was put back."""
    side = "origin" if lend.ours else "helper"
    return sha256(f"{lend.ref}\0{side}\0{message.event_id}".encode()).hexdigest()[:32]


def _digest(text: str | None, file: dict[str, Any] | None, *, deleted: bool) -> str:
    return sha256(repr((text or "", file, deleted)).encode()).hexdigest()[:16]


async def hear(act: Act, lend: Lend, word: Word) -> None:
    """Takes what the other side said, or keeps it until what is missing before it has come."""
    if not talks(lend) and lend.confirmed_at is None:
        return  # comparing brings it when both mean that the question is lent
    theirs = await federation.heard_near(act.session, lend, word.n)
    mark = _digest(word.text, word.file.content if word.file else None, deleted=word.change == DELETE)
    held = {row.n: row for row in theirs if row.held is not None}
    known = any(
        (row.n, row.said_id, row.change, row.mark) == (word.n, word.id, word.change, mark) for row in theirs
    )
    arrival = arrives(word.n, heard=lend.heard, held=held.keys(), known=known)
    if arrival.holds or arrival.takes:
        act.session.add(
            LendMessage(
                ref=lend.ref,
                ours=False,
                n=word.n,
                said_id=word.id,
                change=word.change,
                mark=mark,
                held=written(word) if arrival.holds else None,
                at=act.now,
            )
        )
    for place in arrival.takes:
        if place == word.n:
            await _take(act, lend, word)
        for row in theirs:
            if row.n == place and row.held is not None:
                later = read(row.held)
                assert isinstance(later, Word)
                row.held = None
                await _take(act, lend, later)
        lend.heard = max(lend.heard, place)


async def _take(act: Act, lend: Lend, word: Word) -> None:
    if not talks(lend) and not lend.ours:
        return  # more about a question that is not with us any more: those who have it now read that
    ticket = await act.session.get_one(Ticket, lend.ticket_id)
    address = address_of(lend.ref)
    if word.by is not None or lend.ours:
        await called(act, lend, word.by)
    event_id = f"{address}:{word.id}"
    message = await act.session.scalar(select(Message).where(Message.event_id == event_id))
    file = media.portable(word.file.content) if word.file is not None else None
    if word.change == DELETE:
        if message is not None:
            await relay.follow_deletion(act, ticket, message)
    elif message is None:
        if not word.text and file is None:
            return
        message = await relay.keep(
            act,
            ticket,
            event_id=event_id,
            room_id=address,
            sender=address,
            direction=_direction(lend, word),
            text=word.text,
            file=file,
        )
        if message.direction == relay.NOTE:
            await relay.to_team(act, ticket, message)
        else:
            await (_answered if lend.ours else _asked)(act, ticket, message)
    elif file is not None and file != message.media:
        await relay.follow_replacement(act, ticket, message, word.text, file)
    else:
        await relay.follow_edit(act, ticket, message, word.text)


def _direction(lend: Lend, word: Word) -> str:
    if lend.ours:  # what came too late is for whoever helps now
        return relay.ANSWER if talks(lend) else relay.NOTE
    return relay.THANKS if word.kind == "thanks" else relay.QUESTION


async def _answered(act: Act, ticket: Ticket, message: Message) -> None:
    """At the origin: an answer to whoever asked; the team here reads it too."""
    if (ticket.status, Move.ANSWER) in TRANSITIONS:
        await move(act, ticket, Move.ANSWER, message.sender)
        await be_patient(act, ticket)
    await forget(act, ticket, "organisation", "first_aid")
    ticket.answered_at = ticket.answered_at or act.now
    await relay.to_requester(act, ticket, message)
    await relay.to_team(act, ticket, message, notify=False)
    await refresh_card(act, ticket)


async def _asked(act: Act, ticket: Ticket, message: Message) -> None:
    """At the helper: the question itself, or more about it."""
    if message.direction == relay.THANKS:
        await relay.to_team(act, ticket, message)
    elif ticket.root_event is None:
        await _is_the_question(act, ticket, message)
    elif ticket.status in FINISHED:
        # It may have been written before whoever asked heard that it is solved. That it is not, the origin says by 'confirm'.
        await relay.to_team(act, ticket, message)
    else:
        await asking.add_to_ticket(act, ticket, message, bystander=False)


async def _is_the_question(act: Act, ticket: Ticket, message: Message) -> None:
    ticket.root_event = message.event_id
    ticket.question = message.text or act.words(None, "media.question").body
    ticket.subject = ticket.subject or subject_of(ticket.question)
    listen_again(act, ticket)
    await refresh_card(act, ticket)
    await relay.to_team(act, ticket, message, notify=ticket.status != Status.NEW)
