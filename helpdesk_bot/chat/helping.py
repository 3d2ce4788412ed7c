"""Somebody writes in a room of the helpdesk's own people.

Internal is the default. Only a real reply, to the card or to what the requester wrote, goes out, or `!antwoord`.
"""

from helpdesk_bot.actions import helping, relay
from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.command import split
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.obey import obey
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.storage import access, outbox, queries
from helpdesk_bot.storage.models import Ticket


async def heard(act: Act, incoming: Incoming, kind: RoomKind) -> None:
    replied_to = await _ticket_at(act, incoming, incoming.reply_to)
    about = replied_to or await _ticket_at(act, incoming, incoming.thread)
    command = split(incoming.text or "")
    if command is not None:
        await obey(act, incoming, kind, about, *command)
        return
    if about is None:
        return  # colleagues among themselves
    who = await access.standing_of(act.session, act.layout, incoming.sender)
    goes_out = (
        replied_to is not None
        and incoming.room_id == about.team_room
        and await _speaks_to_requester(act, incoming, about)
    )
    act_on = helping.answer if goes_out else helping.note
    await act_on(
        act,
        about,
        who,
        event_id=incoming.event_id,
        room_id=incoming.room_id,
        text=incoming.text,
        file=incoming.file,
    )


async def _speaks_to_requester(act: Act, incoming: Incoming, ticket: Ticket) -> bool:
    """Whether a reply is to the card, or to something that the requester wrote."""
    assert incoming.reply_to is not None
    if ticket.card is not None and await outbox.event_of(act.session, ticket.card) == incoming.reply_to:
        return True
    message = await queries.message_of_copy(act.session, incoming.reply_to, incoming.room_id)
    return message is not None and message.direction == relay.QUESTION


async def _ticket_at(act: Act, incoming: Incoming, event_id: str | None) -> Ticket | None:
    if event_id is None:
        return None
    ticket = await access.ticket_of_event(act.session, incoming.room_id, event_id)
    return ticket if ticket is not None and ticket.team_room == incoming.room_id else None
