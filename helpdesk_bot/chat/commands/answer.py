"""`!antwoord …`: this goes to the requester, also without a reply."""

from helpdesk_bot.actions import helping
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.storage import queries


async def run(call: Call) -> None:
    ticket = await call.ticket(wordy=True)
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


COMMAND = Command("answer", ("antwoord",), ("answer",), run, For.TECHNICIAN, inside=True)
