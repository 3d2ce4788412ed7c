"""`!vertrek @sanne`: what to think of when somebody stops."""

from helpdesk_bot.actions import departure
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    """Among others than coordinators it is put into their room."""
    act = call.act
    user = await call.user(*sorted(act.layout.team_rooms), act.layout.coordination)
    if user == act.setting.bot:
        raise UserError("error.not_the_bot_but_a_colleague")
    if call.room in (RoomKind.COORDINATION, RoomKind.DIRECT):
        return await departure.checklist(act, user, call.language)
    await departure.post(act, user)
    return call.words("departure.with_coordinators")


COMMAND = Command("departure", ("vertrek",), ("departure",), run, For.COORDINATOR, inside=True)
