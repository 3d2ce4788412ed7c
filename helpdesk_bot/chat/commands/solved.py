"""`!opgelost`: from a helper, the requester is asked; from the requester, it is so."""

from helpdesk_bot.actions import finishing
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.errors import UserError


async def run(call: Call) -> None:
    ticket = await call.ticket()
    if ticket.requester == call.who.user_id:
        await finishing.confirm(call.act, ticket, call.who.user_id)
    elif call.who.staff:
        await finishing.solve(call.act, ticket, call.who)
    else:
        raise UserError("error.not_for_you", name="opgelost")


COMMAND = Command("solved", ("opgelost",), ("solved",), run)
