"""`!pak 12`: I'll help with this one."""

from helpdesk_bot.actions import claiming
from helpdesk_bot.chat.command import Call, Command, For


async def run(call: Call) -> None:
    await claiming.claim(call.act, await call.ticket(offered=True), call.who)


COMMAND = Command("claim", ("pak",), ("claim", "take"), run, For.TECHNICIAN, inside=True, takes_words=False)
