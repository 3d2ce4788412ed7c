"""Carries messages between the requester's room and the team room, and keeps every copy in step with its original."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select, update

from helpdesk_bot.actions import offers, promising
from helpdesk_bot.actions.card import QUESTION_SHOWN, refresh_card, renew_card
from helpdesk_bot.actions.context import Act, message_content
from helpdesk_bot.actions.moving import follow_requester
from helpdesk_bot.actions.panic.ringing import call_anew
from helpdesk_bot.actions.talking import speak_about
from helpdesk_bot.actions.topics import listen_again
from helpdesk_bot.domain import media
from helpdesk_bot.domain.federation.addresses import is_elsewhere
from helpdesk_bot.domain.replies import KIND_SIGNS
from helpdesk_bot.domain.tickets import subject_of
from helpdesk_bot.storage import outbox, panics, promises, queries
from helpdesk_bot.storage.models import Copy, Message, Reaction, Ticket
from helpdesk_bot.storage.outbox import Outgoing, Urgency, row_ref
from helpdesk_bot.texts.render import Person, Rendered, Somebody
from helpdesk_bot.texts.values import shortened

QUESTION, ANSWER, NOTE, THANKS, REMARK = "question", "answer", "note", "thanks", "remark"
EARLIER = "earlier"  # the part of a copy whose file was exchanged since: it is not corrected, but deleted with the rest
_INSIDE = {
    QUESTION: "relay.question",
    ANSWER: "relay.answered",
    NOTE: "relay.note",
    THANKS: "relay.thanks",
    REMARK: "relay.remark",
}


async def keep(
    act: Act,
    ticket: Ticket,
    *,
    event_id: str,
    room_id: str,
    sender: str,
    direction: str,
    text: str | None,
    file: dict[str, Any] | None = None,
) -> Message:
    """Writes down that a message belongs to a ticket. `file` is media content as `media.portable` leaves it."""
    message = Message(
        ticket_id=ticket.id,
        event_id=event_id,
        room_id=room_id,
        sender=sender,
        direction=direction,
        text=text,
        media=file,
        sent_at=act.now,
    )
    act.session.add(message)
    act.touch(ticket.id)
    await act.session.flush()
    return message


async def to_team(
    act: Act, ticket: Ticket, message: Message, *, notify: bool = True, replaces: bool = False
) -> None:
    """Copies a message into the ticket's thread in the team room. `replaces`: its file comes instead of an earlier one."""
    if ticket.card is None or ticket.team_room is None:
        return  # it is copied along when the ticket gets its card
    await _copy(
        act,
        ticket,
        message,
        ticket.team_room,
        row_ref(ticket.card),
        await _team_text(act, ticket, message, replaces=replaces),
        notify=notify,
    )


async def to_requester(act: Act, ticket: Ticket, message: Message, *, replaces: bool = False) -> None:
    """Copies an answer into the requester's conversation. The only way from a team to a requester.

    Raises ValueError for anything but an answer: whatever calls this by mistake must not get a note out.
    """
    if message.direction != ANSWER:
        raise ValueError(f"message {message.id} is a {message.direction}, which stays inside")
    await follow_requester(act, ticket)
    text = await _answer_text(act, ticket, message, replaces=replaces)
    await _copy(act, ticket, message, ticket.room_id, ticket.thread, text, notify=True)
    await speak_about(act, ticket)


async def copy_conversation(act: Act, ticket: Ticket, target: Ticket | None = None) -> None:
    """Repeats what was said between requester and helpers so far, in the ticket's new thread or in `target`'s.

    Notes stay where they were written.
    """
    query = select(Message).where(
        Message.ticket_id == ticket.id,
        Message.direction.in_((QUESTION, ANSWER)),
        Message.deleted_at.is_(None),
    )
    messages = (await act.session.scalars(query.order_by(Message.id))).all()
    for message in messages:
        if target is None and _stands_on_card(ticket, message):
            continue
        await to_team(act, target or ticket, message, notify=False)


def _stands_on_card(ticket: Ticket, message: Message) -> bool:
    """Whether the team reads all of it there; of a longer question the card only has the beginning."""
    short = len(message.text or "") <= QUESTION_SHOWN
    return short and message.media is None and message.event_id == ticket.root_event


async def follow_edit(act: Act, ticket: Ticket, message: Message, text: str | None) -> None:
    """Passes a correction on to every copy of the message. `text` is None when only the file is left."""
    if message.text == text or message.deleted_at is not None:
        return
    message.text, message.edited_at = text, act.now
    act.touch(message.ticket_id)
    if message.direction == ANSWER:
        await promising.reworded(act, ticket, message)
    copies = await queries.copies_of(act.session, message.id, "text")
    for copy in copies:
        to_asker = message.direction == ANSWER and copy.room_id not in act.layout.staff_rooms
        words = await (_answer_text if to_asker else _team_text)(act, ticket, message)
        await act.post(copy.room_id, words, edits=row_ref(copy.id), notify=True, ticket=ticket)
    outgrown = message.event_id == ticket.root_event and not _stands_on_card(ticket, message)
    if outgrown and ticket.team_room not in {copy.room_id for copy in copies}:
        await to_team(act, ticket, message)
    await _reword_question(act, message, text or act.words(None, "media.question").body)


async def follow_replacement(
    act: Act, ticket: Ticket, message: Message, text: str | None, file: dict[str, Any]
) -> None:
    """Passes on another file in the place of what was sent, as a message of its own: clients don't show files that were
    exchanged by a correction."""
    if message.deleted_at is not None:
        return
    message.text, message.media, message.edited_at = text, file, act.now
    act.touch(message.ticket_id)
    copies = await queries.copies_of(act.session, message.id)
    await act.session.execute(update(Copy).where(Copy.message_id == message.id).values(part=EARLIER))
    if message.direction == ANSWER and message.room_id != ticket.room_id:
        await to_requester(act, ticket, message, replaces=True)
    if message.direction == QUESTION or any(copy.room_id in act.layout.staff_rooms for copy in copies):
        await to_team(act, ticket, message, notify=message.direction == QUESTION, replaces=True)
    await _reword_question(act, message, text or act.words(None, "media.question").body)


async def follow_deletion(act: Act, ticket: Ticket, message: Message) -> None:
    """Takes every copy of a deleted message away too, and forgets what it said."""
    if message.deleted_at is not None:
        return
    message.text, message.media, message.deleted_at = None, None, act.now
    act.touch(message.ticket_id)
    await promises.forget_said(act.session, message.event_id)
    if await panics.raised_with(act.session, message):
        await call_anew(act, ticket)
    for copy in await queries.copies_of(act.session, message.id):
        # Corrections are messages of their own: they would still show what was said.
        for row in [copy, *await queries.edits_of(act.session, copy, message.ticket_id)]:
            await act.redact(copy.room_id, row_ref(row.id), ticket)
    # The card has shown it from the start, so that a correction would only cover it.
    await _reword_question(act, message, act.words(None, "relay.deleted").body, renew_card)


async def _correct(act: Act, ticket: Ticket) -> None:
    await refresh_card(act, ticket)
    await offers.reword(act, ticket)


async def _reword_question(
    act: Act, message: Message, text: str, show: Callable[[Act, Ticket], Awaitable[None]] = _correct
) -> None:
    """The card and the lists follow when it was the question itself; also of a ticket that was merged since."""
    for ticket in await queries.made_one(act.session, message.ticket_id):
        if ticket.root_event != message.event_id:
            continue
        if ticket.subject == subject_of(ticket.question):  # else somebody gave it a better one
            ticket.subject = subject_of(text)
        ticket.question = text
        listen_again(act, ticket)
        await show(act, ticket)


async def follow_reaction(
    act: Act, ticket: Ticket, event_id: str, room_id: str, about: str, key: str
) -> bool:
    """Passes a sign on to the other side of the message it is about. False when there is no other side.

    A reaction can be a whole sentence; words only go out as an answer. Of a team only what is kind goes out, and is
    marked: internal is the default for an eye-roll too.
    """
    message = await queries.message_of_copy(act.session, about, room_id)
    if (
        message is None
        or message.direction == NOTE
        or message.room_id == room_id
        or any(map(str.isalpha, key))
    ):
        return False
    from_team = room_id in act.layout.staff_rooms
    if from_team and key not in KIND_SIGNS:
        return False
    row = await queries.reaction_passed_on(act.session, ticket.id, message.event_id, key)
    if row is None:
        row = await outbox.enqueue(
            act.session,
            Outgoing(
                message.room_id,
                {"key": key},
                type="m.reaction",
                about=message.event_id,
                priority=Urgency.MARK,
                ticket_id=ticket.id,
            ),
            act.now,
        )
        if from_team:
            await act.mark(room_id, about, "relay.mark_sign", ticket, coalesce=f"sign:{row}", sign=key)
    act.session.add(Reaction(event_id=event_id, ticket_id=ticket.id, key=key, outbox_id=row))
    return True


async def unfollow_reaction(act: Act, reaction: Reaction) -> None:
    """Takes the bot's sign away with the last of those that it stands for."""
    row = await outbox.get(act.session, reaction.outbox_id) if reaction.outbox_id is not None else None
    still = select(Reaction.event_id).where(
        Reaction.ticket_id == reaction.ticket_id,
        Reaction.outbox_id == reaction.outbox_id,
        Reaction.event_id != reaction.event_id,
    )
    if row is None or await act.session.scalar(still.limit(1)) is not None:
        return
    for gone in (row, *await queries.rows_called(act.session, f"sign:{row.id}", row.ticket_id)):
        await act.redact(gone.room_id, row_ref(gone.id), None)


async def _copy(
    act: Act,
    ticket: Ticket,
    message: Message,
    room_id: str,
    thread: str | None,
    text: Rendered,
    *,
    notify: bool,
) -> None:
    parts = {"text": message_content(text, notify=notify)}
    if message.media is not None:
        parts["file"] = message.media
    for part, content in parts.items():
        row = await outbox.enqueue(
            act.session,
            Outgoing(
                room_id,
                content,
                thread=thread,
                priority=Urgency.PERSON if room_id == ticket.room_id else Urgency.TEAM,
                ticket_id=ticket.id,
            ),
            act.now,
        )
        act.session.add(Copy(outbox_id=row, message_id=message.id, part=part))
    await act.session.flush()


async def _team_text(act: Act, ticket: Ticket, message: Message, *, replaces: bool = False) -> Rendered:
    helper = await helper_of(act, ticket)
    key = _INSIDE[message.direction]
    name = await act.name(message.sender, ticket.room_id)
    return _written(act, key, None, message, name, replaces=replaces, helper=helper)


async def helper_of(act: Act, ticket: Ticket) -> Person:
    """Who is thanked; it makes their phone buzz."""
    user = ticket.assignee or ticket.requester
    return Person(user, await act.name(user, ticket.team_room), ping=True)


async def _answer_text(act: Act, ticket: Ticket, message: Message, *, replaces: bool = False) -> Rendered:
    name = await act.helper_name(ticket, message.sender, brief=True)
    key = "relay.answer_elsewhere" if is_elsewhere(message.sender) else "relay.answer"
    return _written(act, key, ticket.language, message, name, replaces=replaces)


def _written(
    act: Act,
    key: str,
    language: str | None,
    message: Message,
    name: str | Somebody,
    *,
    replaces: bool,
    **params: Any,
) -> Rendered:
    """Who said it, and what: the text, or that it is a photo, a file or a voice message."""
    cut = act.texts.word(language, "text.cut")
    said = act.texts.user_text(shortened(message.text or "", act.config.asking.max_text, cut), language)
    if message.media is None:
        return act.words(language, key, name=name, text=said, **params)
    kind = act.words(language, f"media.{_kind(message.media)}", file=media.file_name(message.media))
    sends = act.words(
        language, f"{key}_other_file" if replaces else f"{key}_file", name=name, what=kind, **params
    )
    return act.texts.join([sends, said]) if message.text else sends


def _kind(content: dict[str, Any]) -> str:
    if "org.matrix.msc3245.voice" in content:
        return "voice"
    return str(content["msgtype"]).removeprefix("m.")
