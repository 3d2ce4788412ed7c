"""`!gelezen`: a coordinator has read the week, in its thread that one, elsewhere every one that is still unread."""

from helpdesk_bot.actions import weekly
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.storage import weeks
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered | None:
    incoming = call.incoming
    for place in (incoming.reply_to, incoming.thread):
        if post := await weeks.at_event(call.act.session, incoming.room_id, place):
            await weekly.read(call.act, post, call.who)
            return None
    return await weekly.read_all(call.act, call.who, call.language)


COMMAND = Command("read", ("gelezen",), ("read",), run, For.COORDINATOR, inside=True, takes_words=False)
