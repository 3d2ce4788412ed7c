"""`!notitie …`: this stays inside, even as a reply."""

from helpdesk_bot.actions import helping
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.errors import UserError


async def run(call: Call) -> None:
    ticket = await call.ticket()
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
    )


COMMAND = Command("note", ("notitie",), ("note",), run, For.TECHNICIAN, inside=True)
