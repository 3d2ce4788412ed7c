"""`!notitie …`: this stays inside, even as a reply."""

from helpdesk_bot.actions import helping
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import queries


async def run(call: Call) -> None:
    ticket = await call.ticket(wordy=True)
    if not call.rest and call.incoming.file is None:
        raise UserError("error.empty_note", number=ticket.id)
    incoming = call.incoming
    await helping.note(
        call.act,
        ticket,
        call.who,
        event_id=incoming.event_id,
        room_id=incoming.room_id,
        text=call.rest,
        file=incoming.file,
        in_thread=await queries.in_thread_of(call.act.session, ticket, incoming.room_id, incoming.thread),
    )


COMMAND = Command("note", helping.NOTE_NAMES[:1], helping.NOTE_NAMES[1:], run, For.TECHNICIAN, inside=True)
