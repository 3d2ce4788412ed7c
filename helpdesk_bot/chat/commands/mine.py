"""`!mijn`: my questions, and the ones I help with."""

from helpdesk_bot.chat import listing
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.storage import queries
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    # Where others read along, only what was asked in this very room, or belongs to this team.
    shared = call.room in (RoomKind.HELP, RoomKind.OWN, RoomKind.TEAM)
    where = call.incoming.room_id if shared else None
    tickets, count = await queries.tickets_of(call.act.session, call.who.user_id, where, queries.LIST_LENGTH)
    return await listing.listed(call, "list.mine" if call.who.staff else "list.yours", tickets, count)


COMMAND = Command("mine", ("mijn",), ("mine",), run, takes_words=False)
