"""`!weg tot vrijdag`: nothing new for me until then. Coordinators say it for a colleague too: `!weg @sanne tot vrijdag`."""

from helpdesk_bot.chat import absence
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.away import period
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered | None:
    act = call.act
    user = await absence.whose(call)
    if not call.rest and user == call.who.user_id:
        await absence.ask_until_when(act, user)
        return None if call.room is RoomKind.DIRECT else call.words("profile.in_direct_chat")
    away = period(call.rest, act.now, act.texts.zone)
    if away is None and user != call.who.user_id:
        raise UserError("error.away_until_when_they", name=await act.name(user))
    if away is None:
        raise UserError("error.away_not_understood")
    if user != call.who.user_id:
        return await absence.put_away(call, user, away)
    await absence.leave(act, call.incoming, away, call.language)
    return None


COMMAND = Command("away", ("weg", "afwezig"), ("away",), run, For.HELPERS, inside=True)
