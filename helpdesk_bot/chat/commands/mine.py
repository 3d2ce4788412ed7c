"""`!mijn`: my questions, and the ones I help with."""

from helpdesk_bot.chat import listing
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.storage import queries
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    tickets = await queries.tickets_of(call.act.session, call.who.user_id)
    if call.room in (RoomKind.HELP, RoomKind.OWN):
        # Others read along: only what was asked in this very room.
        tickets = [ticket for ticket in tickets if ticket.room_id == call.incoming.room_id]
    elif call.room is RoomKind.TEAM:
        tickets = [ticket for ticket in tickets if ticket.team_room == call.incoming.room_id]
    return await listing.listed(call, "list.mine", tickets, len(tickets))


COMMAND = Command("mine", ("mijn",), ("mine",), run)
