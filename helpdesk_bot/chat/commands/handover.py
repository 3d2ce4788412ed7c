"""`!overdracht @joris 3 5`: a colleague goes on with these of mine, or with all, each with a summary that I check."""

import re

from helpdesk_bot.actions import handing_over
from helpdesk_bot.actions.candidates import away_now
from helpdesk_bot.actions.handing_over import Plan, may_take
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.storage.people import held_by
from helpdesk_bot.texts.render import Rendered

_NUMBER = re.compile(r"#?([0-9]{1,9})")


async def run(call: Call) -> Rendered | None:
    act, giver = call.act, call.who.user_id
    to = await call.user(*sorted(act.layout.team_rooms))
    name = await act.name(to, call.incoming.room_id)
    if to == act.setting.bot:
        raise UserError("claim.not_the_bot")
    if to == giver:
        raise UserError("error.handover_to_yourself")
    tickets = await _meant(call, await held_by(act.session, giver))
    fit = [ticket for ticket in tickets if await may_take(act, ticket, to)]
    numbers = [str(ticket.id) for ticket in tickets if ticket not in fit]
    if not fit:
        raise UserError("error.handover_not_in_team", name=name, numbers=numbers)
    before = [call.words("handover.begins", name=name)]
    if numbers:
        before.append(call.words("handover.not_these", name=name, numbers=numbers))
    if await away_now(act, to):
        before.append(call.words("handover.is_away", name=name))
    await handing_over.show(act, giver, Plan(to, tuple(ticket.id for ticket in fit)), *before)
    return None if call.room is RoomKind.DIRECT else call.words("handover.in_direct_chat")


async def _meant(call: Call, mine: list[Ticket]) -> list[Ticket]:
    """The named ones, or all. Raises UserError when one of them is not theirs, or there is none."""
    named = {int(number) for number in _NUMBER.findall(call.rest)}
    foreign = named - {ticket.id for ticket in mine}
    if foreign:
        raise UserError("error.away_not_held", numbers=[str(number) for number in sorted(foreign)])
    if not mine:
        raise UserError("error.handover_nothing")
    return [ticket for ticket in mine if not named or ticket.id in named]


COMMAND = Command("handover", ("overdracht",), ("handover",), run, For.TECHNICIAN, inside=True)
