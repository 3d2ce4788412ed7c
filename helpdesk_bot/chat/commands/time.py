"""`!tijd 30m 12`: how long I worked on a question; `!tijd 12`: what is written down about it."""

from helpdesk_bot.actions import claiming, hours
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.chat.hours import told, understood
from helpdesk_bot.domain.minutes import volunteered
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.texts.render import Hours, Rendered


async def run(call: Call) -> Rendered:
    if call.only_a_number and call.about is not None and call.rest.strip("# ") != str(call.about.id):
        raise UserError("error.time_no_unit")  # nobody names another question in the thread of this one
    if call.only_a_number or not call.rest:
        return await _written(call, await call.ticket())
    if volunteered(call.rest.strip("#0123456789 ")):
        ticket = await call.ticket()
        given = await hours.give(call.act, ticket, call.who)
        return call.words("time.given", number=ticket.id, hours=Hours(given))
    ticket, worked = await understood(call)
    incoming = call.incoming
    booked = await hours.book(
        call.act, ticket, call.who, worked, event_id=incoming.event_id, room_id=incoming.room_id
    )
    return await told(call.act, call.language, booked)


async def _written(call: Call, ticket: Ticket) -> Rendered:
    claiming.must_help(call.who, ticket)
    sums = await hours.sums(call.act, ticket)
    if not sums:
        return call.words("time.none", number=ticket.id)
    lines = []
    for user, paid, waits, minutes in sums:
        kind = "time.paid_waits" if waits else "time.paid" if paid else "time.volunteer"
        name = await call.act.name(user, ticket.team_room)
        lines.append(call.words("time.line", name=name, hours=Hours(minutes), kind=call.words(kind)))
    total = sum(minutes for *_, minutes in sums)
    head = call.words("time.sum", number=ticket.id, hours=Hours(total))
    return call.act.texts.join([head, call.act.texts.bullets(lines)])


COMMAND = Command("time", ("tijd", "uren"), ("time", "hours"), run, For.TECHNICIAN, inside=True)
