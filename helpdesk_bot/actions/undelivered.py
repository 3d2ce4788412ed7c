"""A message could not be delivered for good: whoever counts on it is told, never in silence."""

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.moving import reach_directly
from helpdesk_bot.actions.panic.calling import not_delivered
from helpdesk_bot.storage import panics
from helpdesk_bot.storage.files import FILE_KEY
from helpdesk_bot.storage.models import Copy, Message, OutboxRow, Ticket


async def undelivered(act: Act, row: OutboxRow, error: str) -> None:
    """Tells the helper when their answer did not arrive, and the coordinators in any case."""
    if "after" in row.content:
        await _not_let_in(act, row, error)
        return
    ticket = await act.session.get(Ticket, row.ticket_id) if row.ticket_id else None
    if ticket is not None and row.coalesce == f"card:{ticket.card}":
        ticket.card_said = None  # the card does not show it
    if ticket is not None and row.room_id == ticket.room_id and await _carries_answer(act, row):
        name = await act.name(ticket.requester, ticket.room_id)
        await act.tell_team(ticket, "relay.not_delivered", name=name, notify=True)
    if FILE_KEY in row.content and row.room_id == act.layout.coordination:
        await act.tell_coordinators(
            "alert.file_failed", row=row.id, file=row.content["filename"], error=error
        )
    call = await panics.call_asked_by(act.session, row.id)
    if call is not None:
        await not_delivered(act, call)
    if row.room_id != act.layout.coordination:  # else this would be the next message that can't be delivered
        await act.tell_coordinators("alert.send_failed", row=row.id, room=row.room_id, error=error)


async def _not_let_in(act: Act, row: OutboxRow, error: str) -> None:
    """A room has a successor that we may not enter: whoever asked there is reached otherwise."""
    await act.tell_coordinators("alert.not_let_in", room=row.room_id, error=error)
    await reach_directly(act, row.content["after"])


async def _carries_answer(act: Act, row: OutboxRow) -> bool:
    query = (
        select(Message.direction).join(Copy, Copy.message_id == Message.id).where(Copy.outbox_id == row.id)
    )
    return await act.session.scalar(query) == "answer"
