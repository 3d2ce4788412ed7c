"""What stands behind a helper's command, handed on to the action that it is for."""

from typing import Any

from helpdesk_bot.actions import helping
from helpdesk_bot.chat.command import Call
from helpdesk_bot.storage import queries
from helpdesk_bot.storage.models import Ticket


async def as_written(call: Call, ticket: Ticket) -> dict[str, Any]:
    """The words and the file, and where they were written, by the names that `actions/helping` has for them."""
    incoming = call.incoming
    return {
        "event_id": incoming.event_id,
        "room_id": incoming.room_id,
        "text": call.rest,
        "file": incoming.file,
        "in_thread": await queries.in_thread_of(call.act.session, ticket, incoming.room_id, incoming.thread),
    }


async def answer(call: Call, ticket: Ticket) -> None:
    """It goes to the requester. Raises UserError for what can't go out."""
    await helping.answer(call.act, ticket, call.who, **await as_written(call, ticket))


async def answer_if_any(call: Call, ticket: Ticket) -> None:
    """The same, for a command that can do without."""
    if call.rest or call.incoming.file is not None:
        await answer(call, ticket)
