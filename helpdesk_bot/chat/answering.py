"""What stands behind a helper's command goes to the requester."""

from helpdesk_bot.actions import helping
from helpdesk_bot.chat.command import Call
from helpdesk_bot.storage import queries
from helpdesk_bot.storage.models import Ticket


async def answer(call: Call, ticket: Ticket) -> None:
    """Raises UserError for what can't go out."""
    incoming = call.incoming
    await helping.answer(
        call.act,
        ticket,
        call.who,
        event_id=incoming.event_id,
        room_id=incoming.room_id,
        text=call.rest,
        file=incoming.file,
        in_thread=await queries.in_thread_of(call.act.session, ticket, incoming.room_id, incoming.thread),
    )


async def answer_if_any(call: Call, ticket: Ticket) -> None:
    """The same, for a command that can do without."""
    if call.rest or call.incoming.file is not None:
        await answer(call, ticket)
