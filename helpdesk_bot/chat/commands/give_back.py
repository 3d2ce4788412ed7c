"""`!teruggeven 12`: a question of another helpdesk goes back there."""

from helpdesk_bot.actions import claiming
from helpdesk_bot.actions.federation import borrowing
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    ticket = await call.ticket()
    claiming.must_help(call.who, ticket)
    if ticket.assignee not in (None, call.who.user_id) and not call.who.coordinator:
        raise UserError("claim.not_yours", number=ticket.id)
    helpdesk = await borrowing.give_back(call.act, ticket, call.who.user_id)
    return call.words("federation.given_back", number=ticket.id, helpdesk=helpdesk)


COMMAND = Command("give_back", ("teruggeven",), ("giveback", "give-back"), run, For.TECHNICIAN, inside=True)
