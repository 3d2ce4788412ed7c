"""`!stadsdeel Noord`: where my organisation is, when it was not known or not right."""

from helpdesk_bot.actions import asking, claiming
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    ticket = await call.ticket()
    stadsdeel = call.act.layout.find(call.rest)
    if stadsdeel is None:
        raise UserError("error.which_stadsdeel", choices=asking.stadsdeel_choices(call.act))
    if ticket.requester != call.who.user_id:
        claiming.must_help(call.who, ticket)
    await asking.set_stadsdeel(call.act, ticket, stadsdeel.id, call.who.user_id)
    return call.words("details.stadsdeel", number=ticket.id, stadsdeel=stadsdeel.name)


COMMAND = Command("stadsdeel", ("stadsdeel",), ("district",), run)
