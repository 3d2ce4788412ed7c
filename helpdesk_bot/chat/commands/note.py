"""`!notitie …`: this stays inside, even as a reply."""

from helpdesk_bot.actions import helping
from helpdesk_bot.chat import answering
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.errors import UserError


async def run(call: Call) -> None:
    ticket = await call.ticket(wordy=True)
    if not call.rest and call.incoming.file is None:
        raise UserError("error.empty_note", number=ticket.id)
    await helping.note(call.act, ticket, call.who, **await answering.as_written(call, ticket))


COMMAND = Command("note", helping.NOTE_NAMES[:1], helping.NOTE_NAMES[1:], run, For.TECHNICIAN, inside=True)
