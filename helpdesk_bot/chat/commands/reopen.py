"""`!heropen 12`: it is not solved after all."""

from helpdesk_bot.actions import asking
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain.tickets import FINISHED
from helpdesk_bot.errors import UserError


async def run(call: Call) -> None:
    ticket = await call.ticket()
    if ticket.status not in FINISHED:
        raise UserError("error.still_open", number=ticket.id)
    if not asking.may_reopen(call.act, ticket):
        raise UserError("error.too_late_to_reopen", number=ticket.id)
    await asking.reopen(call.act, ticket, call.who.user_id)


COMMAND = Command("reopen", ("heropen",), ("reopen",), run, takes_words=False)
