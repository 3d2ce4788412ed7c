"""`!overdragen @joris`: a colleague goes on with mine."""

from helpdesk_bot.actions import claiming
from helpdesk_bot.chat.command import Call, Command, For


async def run(call: Call) -> None:
    ticket = await call.ticket()
    await claiming.hand_over(call.act, ticket, call.who, await call.colleague(ticket))


COMMAND = Command("transfer", ("overdragen",), ("transfer",), run, For.TECHNICIAN, inside=True)
