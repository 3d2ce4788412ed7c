"""`!zoek printer`: tickets in which these words stand."""

from helpdesk_bot.chat import listing
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import queries
from helpdesk_bot.texts.render import Rendered

MOST_WORDS = 6


async def run(call: Call) -> Rendered:
    words = call.rest.split()[:MOST_WORDS]
    if not words:
        raise UserError("error.search_what")
    tickets, count = await queries.search(
        call.act.session, listing.rooms_of(call), words, queries.LIST_LENGTH
    )
    return await listing.listed(call, "list.found", tickets, count)


COMMAND = Command("search", ("zoek",), ("search",), run, For.TECHNICIAN, inside=True)
