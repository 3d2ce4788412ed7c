"""`!wacht`: I need something from the requester first."""

from helpdesk_bot.actions import finishing
from helpdesk_bot.chat.command import Call, Command, For


async def run(call: Call) -> None:
    await finishing.await_requester(call.act, await call.ticket(), call.who)


COMMAND = Command("wait", ("wacht",), ("waiting", "wait"), run, For.TECHNICIAN, inside=True)
