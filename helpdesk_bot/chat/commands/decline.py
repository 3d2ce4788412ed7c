"""`!nee 12`: I can't take what I was asked to; somebody else is asked."""

from helpdesk_bot.actions import claiming
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.storage import access


async def run(call: Call) -> None:
    ticket = await call.ticket(wordy=True, also=access.ticket_offered_to)
    await claiming.decline(call.act, ticket, call.who)
    await call.act.mark(call.incoming.room_id, call.incoming.event_id, "take.mark_declined")


COMMAND = Command("decline", ("nee",), ("decline", "no"), run, For.TECHNICIAN, inside=True)
