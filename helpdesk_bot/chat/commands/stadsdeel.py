"""`!stadsdeel Noord`: where my organisation is, when it was not known or not right."""

from helpdesk_bot.actions import asking, claiming, knowing
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    chosen = call.act.layout.find(call.rest)  # '2' is a place in the list
    if chosen is not None and call.rest.isdecimal():
        call.rest = ""
    ticket = await call.ticket_if_any(wordy=chosen is not None, by_colleagues=True)
    stadsdeel = chosen or call.act.layout.find(call.rest)
    if stadsdeel is None:
        key = "error.which_stadsdeel" if call.rest else "error.name_a_stadsdeel"
        raise UserError(key, choices=asking.stadsdeel_choices(call.act))
    if ticket is None:
        await knowing.remember(call.act, call.who.user_id, call.incoming.room_id, stadsdeel=stadsdeel.id)
        return call.words("details.stadsdeel_known", stadsdeel=stadsdeel.name)
    if ticket.requester != call.who.user_id and call.room is not RoomKind.OWN:
        claiming.must_help(call.who, ticket)
    there = await knowing.set_stadsdeel(call.act, ticket, stadsdeel.id, call.who.user_id)
    key = "details.stadsdeel" if there else "details.stadsdeel_kept"
    return call.words(key, number=ticket.id, stadsdeel=stadsdeel.name)


COMMAND = Command("stadsdeel", ("stadsdeel",), ("district",), run)
