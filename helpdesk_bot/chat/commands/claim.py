"""`!pak 12`: I'll help with this one."""

from helpdesk_bot.actions import claiming
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.storage import access


async def run(call: Call) -> None:
    await claiming.claim(call.act, await call.ticket(also=access.ticket_offered_to), call.who)


COMMAND = Command("claim", ("pak",), ("claim", "take"), run, For.TECHNICIAN, inside=True, takes_words=False)
