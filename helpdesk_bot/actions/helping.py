"""A technician writes: an answer goes out, everything else stays inside."""

import re
from typing import Any

from helpdesk_bot.actions import promising, relay
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.claiming import claim, must_help
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import forget
from helpdesk_bot.actions.finishing import be_patient
from helpdesk_bot.actions.moving import follow_requester
from helpdesk_bot.actions.panic.ending import helper_comes
from helpdesk_bot.actions.routing import offer, routed
from helpdesk_bot.actions.status import move
from helpdesk_bot.actions.topics import put_right
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.tickets import Move, Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Message, Ticket

NOTE_NAMES = ("notitie", "note")
_NOTE = re.compile(rf"[!！]\s*(?:{'|'.join(NOTE_NAMES)})\b", re.IGNORECASE)


async def answer(
    act: Act,
    ticket: Ticket,
    who: Standing,
    *,
    event_id: str,
    room_id: str,
    text: str | None,
    file: dict[str, Any] | None = None,
    in_thread: bool = False,
) -> Message:
    """Sends an answer to the requester. Answering a question that nobody has claims it.

    `in_thread`: it stands in the ticket's thread already, which must hold the whole conversation.
    """
    must_help(who, ticket)
    if not (text and text.strip()) and file is None:
        raise UserError("error.empty_answer", number=ticket.id)
    must_be_answer(act, ticket, text)
    await _answers(act, ticket, who)
    message = await relay.keep(
        act,
        ticket,
        event_id=event_id,
        room_id=room_id,
        sender=who.user_id,
        direction=relay.ANSWER,
        text=text,
        file=file,
    )
    await relay.to_requester(act, ticket, message)
    await promising.answered(act, ticket, message)
    await act.mark(room_id, event_id, "relay.mark_sent", ticket)
    if not in_thread:
        await relay.to_team(act, ticket, message, notify=False)
    await refresh_card(act, ticket)
    return message


def must_be_answer(act: Act, ticket: Ticket, text: str | None) -> None:
    """Raises UserError when part of it was meant as a note, wherever that stands in it, or when it is too long to arrive
    whole."""
    if _NOTE.search(text or ""):
        raise UserError("error.note_in_answer", number=ticket.id)
    if len(text or "") > act.config.asking.max_text:
        raise UserError("error.answer_too_long", most=act.config.asking.max_text)


async def answer_openly(
    act: Act,
    ticket: Ticket,
    who: Standing,
    *,
    event_id: str,
    room_id: str,
    text: str | None,
    file: dict[str, Any] | None,
) -> None:
    """A helper answers in the room where the question was asked: the requester reads it there, the team in the thread.

    Only to whoever has left that room it is carried.
    """
    await _answers(act, ticket, who)
    message = await relay.keep(
        act,
        ticket,
        event_id=event_id,
        room_id=room_id,
        sender=who.user_id,
        direction=relay.ANSWER,
        text=text,
        file=file,
    )
    await follow_requester(act, ticket)
    if ticket.room_id != room_id:
        await relay.to_requester(act, ticket, message)
    await relay.to_team(act, ticket, message, notify=False)
    await promising.answered(act, ticket, message)


async def _answers(act: Act, ticket: Ticket, who: Standing) -> None:
    await routed(act, ticket, offered=False)
    if ticket.status == Status.NEW:
        await claim(act, ticket, who, answers=True)
    await move(act, ticket, Move.ANSWER, who.user_id)
    await helper_comes(act, ticket, who.user_id)  # if people are being called, they need not come
    await be_patient(act, ticket)
    # What the requester writes next is about this answer, and no longer the name we asked for before.
    await forget(act, ticket, "organisation", "first_aid")
    ticket.answered_at = ticket.answered_at or act.now


async def note(
    act: Act,
    ticket: Ticket,
    who: Standing,
    *,
    event_id: str,
    room_id: str,
    text: str | None,
    file: dict[str, Any] | None = None,
    in_thread: bool = False,
) -> None:
    """Keeps a note that only the team sees, and says so."""
    must_help(who, ticket)
    await routed(act, ticket)
    message = await relay.keep(
        act,
        ticket,
        event_id=event_id,
        room_id=room_id,
        sender=who.user_id,
        direction=relay.NOTE,
        text=text,
        file=file,
    )
    act.record(ticket, who.user_id, "note")
    await act.mark(room_id, event_id, "relay.mark_inside", ticket)
    if not in_thread:
        await relay.to_team(act, ticket, message, notify=False)
    if put_right(act, ticket, who.user_id, text):
        await act.tell_team(ticket, "topic.set", topic=act.topics.name(ticket.topic))
        await offer(act, ticket)
        await refresh_card(act, ticket)
