"""`!open`: what this team still has to do; `!open website`: of that, what is about one topic."""

from helpdesk_bot.chat import listing
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.storage import queries
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    topics = call.act.topics
    topic = topics.find(call.rest) if call.rest else None
    tickets, count = await queries.team_tickets(
        call.act.session, listing.rooms_of(call), queries.LIST_LENGTH, call.act.now, topic
    )
    if topic is not None:
        name = topics.name(topic, call.language)
        return await listing.listed(call, "list.open_topic", tickets, count, topic=name)
    return await listing.listed(call, "list.open", tickets, count)


COMMAND = Command("open", ("open",), ("open",), run, For.TECHNICIAN, inside=True, takes_words=False)
