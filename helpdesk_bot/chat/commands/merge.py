"""`!samenvoegen 12 9`: question 12 goes on as part of question 9."""

from helpdesk_bot.actions import details
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    numbers = [word.removeprefix("#") for word in call.rest.split()]
    if not numbers or not all(number.isdigit() for number in numbers):
        raise UserError("merge.how")
    ticket = await call.ticket()
    if call.rest:
        into = await call.ticket()
    elif call.about is not None and call.about.id != ticket.id:
        ticket, into = call.about, ticket  # in the thread of the one that goes: `!samenvoegen 9`
    else:
        raise UserError("merge.how")
    await details.merge(call.act, ticket, into, call.who)
    return call.words("merge.answer", number=ticket.id, into=into.id)


COMMAND = Command("merge", ("samenvoegen",), ("merge",), run, For.TECHNICIAN, inside=True)
