"""`!snooze 12 tot maandag`: I go on with it then, and nobody nudges me before."""

from helpdesk_bot.actions import snoozing
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain import when
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    ticket = await call.ticket(wordy=True)
    found = when.find(call.rest, call.act.now, call.act.texts.zone)
    if found is None:
        raise UserError("snooze.until_when", number=ticket.id)
    await snoozing.snooze(call.act, ticket, call.who, found.at)
    key = "snooze.set_waiting" if ticket.status == Status.WAITING else "snooze.set"
    return call.words(key, number=ticket.id, until=found.at)


COMMAND = Command("snooze", ("snooze", "uitstellen"), ("snooze",), run, For.TECHNICIAN, inside=True)
