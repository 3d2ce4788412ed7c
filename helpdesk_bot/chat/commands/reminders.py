"""`!herinneringen`: what I want to be reminded of; `!herinneringen weg 2` takes the second of them back."""

import re

from helpdesk_bot.actions import reminding
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import reminders
from helpdesk_bot.texts.render import Quote, Rendered

_AWAY = re.compile(r"\A(?:weg|wis|stop|verwijder|cancel|remove|delete)\b\s*#?(\d{1,3})?", re.IGNORECASE)


async def run(call: Call) -> Rendered:
    # Where others read along, only those that are said there.
    room = None if call.room is RoomKind.DIRECT else call.incoming.room_id
    mine = await reminders.of_person(call.act.session, call.who.user_id, room)
    away = _AWAY.match(call.rest)
    if away:
        place = int(away[1] or (1 if len(mine) == 1 else 0))
        if not 0 < place <= len(mine):
            raise UserError("remind.which")
        gone = mine[place - 1]
        words = gone.words
        await reminding.take_back(call.act, gone)
        return call.words("remind.gone", words=Quote(words))
    if not mine:
        return call.words("remind.none")
    lines = [call.words("remind.row", at=reminder.due_at, words=Quote(reminder.words)) for reminder in mine]
    listed = call.act.texts.bullets(lines, numbered=True)
    return call.act.texts.join(
        [call.words("remind.yours", n=len(mine)), listed, call.words("remind.how_away")]
    )


COMMAND = Command("reminders", ("herinneringen",), ("reminders",), run, inside=True)
