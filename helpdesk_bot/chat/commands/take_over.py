"""`!overnemen 12`: the helper is away, I go on."""

from helpdesk_bot.actions import claiming
from helpdesk_bot.chat.command import Call, Command, For


async def run(call: Call) -> None:
    await claiming.take_over(call.act, await call.ticket(), call.who)


COMMAND = Command(
    "take_over", ("overnemen",), ("takeover",), run, For.TECHNICIAN, inside=True, takes_words=False
)
