"""`!geen-afspraak 12`: what I wrote was no promise to come back to it, or it does not stand any more."""

from helpdesk_bot.actions import claiming, promising
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    ticket = await call.ticket()
    claiming.must_help(call.who, ticket)
    if not await promising.drop(call.act, ticket):
        raise UserError("promise.none", number=ticket.id)
    return call.words("promise.dropped", number=ticket.id)


COMMAND = Command(
    "no_promise", ("geen-afspraak",), ("no-promise",), run, For.TECHNICIAN, inside=True, takes_words=False
)
