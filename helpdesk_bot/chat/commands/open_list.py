"""`!open`: what this team still has to do."""

from helpdesk_bot.chat import listing
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.storage import queries
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    tickets, count = await queries.team_tickets(call.act.session, listing.rooms_of(call), queries.LIST_LENGTH)
    return await listing.listed(call, "list.open", tickets, count)


COMMAND = Command("open", ("open",), ("open",), run, For.TECHNICIAN, inside=True, takes_words=False)
