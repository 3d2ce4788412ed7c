"""Edits and deletions: what was corrected or taken back on one side follows on the other."""

from sqlalchemy import select

from helpdesk_bot.actions import relay
from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.incoming import Incoming, redacts
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import InboxEvent, Message, Reaction, Ticket
from helpdesk_bot.storage.outbox import row_ref


async def edited(act: Act, incoming: Incoming) -> None:
    """Only the one who wrote a message can correct it, and only where it was written. A command is not obeyed twice."""
    message = await _message(act, incoming.replaces or "", incoming.room_id)
    if message is None or message.sender != incoming.sender or not incoming.text:
        return
    ticket = await act.session.get_one(Ticket, message.ticket_id)
    text = relay.strip_command(incoming.text)
    await relay.follow_edit(act, ticket, message, text)


async def deleted(act: Act, event: InboxEvent) -> None:
    """The homeserver has checked who may delete what; here it only has to follow."""
    target = redacts(event)
    if target is None:
        return
    message = await _message(act, target, event.room_id)
    if message is not None:
        await relay.follow_deletion(act, await act.session.get_one(Ticket, message.ticket_id), message)
        return
    reaction = await act.session.get(Reaction, target)
    if reaction is not None and reaction.outbox_id is not None:
        row = await outbox.get(act.session, reaction.outbox_id)
        if row is not None:
            await relay.redact(act, row.room_id, row_ref(row.id), None)
        await act.session.delete(reaction)


async def _message(act: Act, event_id: str, room_id: str) -> Message | None:
    query = select(Message).where(Message.event_id == event_id, Message.room_id == room_id)
    return (await act.session.scalars(query)).first()
