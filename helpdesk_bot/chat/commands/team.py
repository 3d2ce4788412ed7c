"""`!team`: who is there, how full their hands are, and what they are good at."""

from helpdesk_bot.actions import roster
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.chat.listing import rooms_of
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    """In a team room that team; elsewhere one's own teams, all of them for coordinators, or the one that is named."""
    rooms, layout = rooms_of(call), call.act.layout
    if call.rest and len(rooms) > 1:
        stadsdeel = layout.find(call.rest)
        if stadsdeel is None or layout.team_room(stadsdeel.id) not in rooms:
            raise UserError("error.which_team")
        rooms = [layout.team_room(stadsdeel.id)]
    return call.act.texts.join([await roster.team(call.act, room, call.language) for room in rooms])


COMMAND = Command("team", ("team",), ("team",), run, For.TECHNICIAN, inside=True)
