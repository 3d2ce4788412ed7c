"""`!terug`: I am here again."""

from helpdesk_bot.actions import being_away, technicians
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    technician = await technicians.technician_of(call.act, call.who.user_id)
    was_away = technician.away_from is not None
    await being_away.back(call.act, technician)
    return call.words("away.welcome_back" if was_away else "away.were_here")


COMMAND = Command("back", ("terug",), ("back",), run, For.TECHNICIAN, inside=True, takes_words=False)
