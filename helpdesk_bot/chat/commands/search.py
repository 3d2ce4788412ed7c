"""`!zoek printer`: tickets in which these words stand, or that are about them."""

from helpdesk_bot.chat import listing
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.queries import LIST_LENGTH
from helpdesk_bot.storage.search import Sought, newest_with
from helpdesk_bot.texts.render import Rendered

MOST_WORDS = 6


async def run(call: Call) -> Rendered:
    words = call.rest.split()[:MOST_WORDS]
    if not words:
        raise UserError("error.search_what")
    sought = [Sought(word, call.act.topics.with_word(word, call.language)) for word in words]
    tickets, more = await newest_with(call.act.session, listing.rooms_of(call), sought, LIST_LENGTH)
    title = "list.found_newest" if more else "list.found"
    return await listing.listed(call, title, tickets, len(tickets))


COMMAND = Command("search", ("zoek",), ("search",), run, For.TECHNICIAN, inside=True)
