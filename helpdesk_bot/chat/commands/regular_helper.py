"""`!vaste-helper @sanne voor Buurtwarmte`: who helps an initiative as a rule."""

from helpdesk_bot.actions import regulars
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.chat.initiatives import whom_for_which
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    user, organisation = await whom_for_which(call)
    await regulars.choose_helper(call.act, organisation, user)
    if user is None:
        return call.words("regular.no_helper", organisation=organisation.name)
    name = await call.act.name(user, call.incoming.room_id)
    return call.words("regular.helper", organisation=organisation.name, name=name)


COMMAND = Command("regular_helper", ("vaste-helper",), ("regular-helper",), run, For.TECHNICIAN, inside=True)
