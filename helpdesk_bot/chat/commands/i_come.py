"""`!ik-kom`: whoever is called says that they come."""

import re

from helpdesk_bot.actions.panic.coming import come, thanks
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import panics
from helpdesk_bot.storage.models import Panic, Ticket
from helpdesk_bot.texts.render import Rendered

_NUMBER = re.compile(r"#?([0-9]{1,9})\b")


async def run(call: Call) -> Rendered:
    ticket = await come(call.act, await _meant(call), call.who.user_id)
    return await thanks(call.act, ticket, call.language)


async def _meant(call: Call) -> Panic:
    """By number, by the thread, or because they were called. Raises UserError when nobody is waited for there."""
    session, number = call.act.session, _NUMBER.search(call.rest)
    calls = await panics.calls_to(session, call.who.user_id)
    if number is None and call.about is None and calls:
        return await session.get_one(Panic, calls[0].panic_id)
    if number is None and call.about is None:
        raise UserError("panic.come_where")
    ticket = await session.get(Ticket, int(number[1])) if number else call.about
    panic = await panics.latest_of_ticket(session, ticket.id) if ticket is not None else None
    was_called = panic is not None and any(c.panic_id == panic.id for c in calls)
    if ticket is None or not (was_called or call.who.helps_in(ticket.team_room)):
        raise UserError("error.no_such_ticket", number=int(number[1]) if number else 0)
    if panic is None:
        raise UserError("panic.over", number=ticket.id)
    return panic


COMMAND = Command("i_come", ("ik-kom", "ikkom"), ("ack", "coming"), run, For.TECHNICIAN, inside=True)
