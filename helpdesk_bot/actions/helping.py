"""A technician writes: an answer goes out, everything else stays inside."""

from typing import Any

from helpdesk_bot.actions import relay
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.claiming import claim, must_help
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.status import move
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.tickets import Move, Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Message, Ticket


async def answer(
    act: Act,
    ticket: Ticket,
    who: Standing,
    *,
    event_id: str,
    room_id: str,
    text: str | None,
    file: dict[str, Any] | None = None,
) -> Message:
    """Sends an answer to the requester. Answering a question that nobody has claims it."""
    must_help(who, ticket)
    if not (text and text.strip()) and file is None:
        raise UserError("error.empty_answer", number=ticket.id)
    if ticket.status == Status.NEW:
        await claim(act, ticket, who)
    await move(act, ticket, Move.ANSWER, who.user_id)
    ticket.answered_at = ticket.answered_at or act.now
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
    requester = await act.name(ticket.requester, ticket.room_id)
    await act.mark(room_id, event_id, "relay.mark_sent", ticket, name=requester)
    if room_id != ticket.team_room:
        await relay.to_team(
            act, ticket, message, notify=False
        )  # written elsewhere: the team sees it all the same
    await refresh_card(act, ticket)
    return message


async def note(
    act: Act,
    ticket: Ticket,
    who: Standing,
    *,
    event_id: str,
    room_id: str,
    text: str | None,
    file: dict[str, Any] | None = None,
) -> None:
    """Keeps a note that only the team sees, and says so."""
    must_help(who, ticket)
    await relay.keep(
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
