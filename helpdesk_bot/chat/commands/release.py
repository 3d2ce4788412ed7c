"""`!loslaten`: somebody else may take it."""

from helpdesk_bot.actions import claiming
from helpdesk_bot.chat.command import Call, Command, For


async def run(call: Call) -> None:
    await claiming.release(call.act, await call.ticket(), call.who)


COMMAND = Command("release", ("loslaten",), ("release",), run, For.TECHNICIAN, inside=True, takes_words=False)
