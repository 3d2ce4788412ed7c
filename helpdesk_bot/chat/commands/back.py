"""`!terug`: I am here again. Coordinators say it for a colleague too: `!terug @sanne`."""

from helpdesk_bot.actions import being_away, technicians
from helpdesk_bot.chat import absence
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    act = call.act
    user = await absence.whose(call)
    technician = await technicians.technician_of(act, user)
    begun, planned = being_away.begun(act, technician), technician.away_from is not None
    await being_away.back(act, technician)
    if user != call.who.user_id:
        name = await act.name(user)
        if not planned:
            return call.words("away.not_away", name=name)
        await absence.tell(call, user, "away.back_said")
        return call.words("away.noted_back", name=name)
    if begun:
        return call.words("away.welcome_back")
    return call.words("away.called_off" if planned else "away.were_here")


COMMAND = Command("back", ("terug",), ("back",), run, For.HELPERS, inside=True, takes_words=False)
