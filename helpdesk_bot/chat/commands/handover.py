"""`!overdracht @joris 3 5`, `!overdracht @joris stappenplan 3`: a colleague goes on with these of mine, or with all, each with a
summary that I check."""

import re

from helpdesk_bot.actions import handing_over
from helpdesk_bot.actions.candidates import away_now
from helpdesk_bot.actions.handing_over import Item, Kind, Plan, may_take
from helpdesk_bot.actions.runs.leading import led_by, may_lead
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.storage.people import held_by
from helpdesk_bot.texts.render import Rendered

_NUMBER = re.compile(r"#?([0-9]{1,9})")
_RUNS = re.compile(
    r"\b(?:stappenplan(?:nen)?|plan(?:nen|s)?)((?:\s*(?:,|en\b|and\b|&)?\s*#?[0-9]{1,9}\b)+)", re.IGNORECASE
)


async def run(call: Call) -> Rendered | None:
    act, giver = call.act, call.who.user_id
    staff = [*sorted(act.layout.team_rooms), *filter(None, (act.layout.trainers, act.layout.coordination))]
    to = await call.user(*staff)
    name = await act.name(to, call.incoming.room_id)
    if to == act.setting.bot:
        raise UserError("claim.not_the_bot")
    if to == giver:
        raise UserError("error.handover_to_yourself")
    tickets, led = _meant(call, await held_by(act.session, giver), await led_by(act, giver))
    fit = [Item(Kind.TICKET, ticket.id) for ticket in tickets if await may_take(act, ticket, to)]
    numbers = [str(ticket.id) for ticket in tickets if Item(Kind.TICKET, ticket.id) not in fit]
    fit += [Item(Kind.RUN, walk.run.id) for walk in led if await may_lead(walk, giver, to)]
    plans = [str(walk.run.id) for walk in led if Item(Kind.RUN, walk.run.id) not in fit]
    if not fit and numbers:
        raise UserError("error.handover_not_in_team", name=name, numbers=numbers)
    if not fit:
        raise UserError("error.handover_not_for_plans", name=name, numbers=plans, n=len(plans))
    before = [call.words("handover.begins", name=name)]
    if numbers:
        before.append(call.words("handover.not_these", name=name, numbers=numbers))
    if plans:
        before.append(call.words("handover.not_these_plans", name=name, numbers=plans, n=len(plans)))
    if await away_now(act, to):
        before.append(call.words("handover.is_away", name=name))
    await handing_over.show(act, giver, Plan(to, tuple(fit)), *before)
    return None if call.room is RoomKind.DIRECT else call.words("handover.in_direct_chat")


def _meant(call: Call, mine: list[Ticket], led: list[Walk]) -> tuple[list[Ticket], list[Walk]]:
    """The named ones, or all. Raises UserError when one of them is not theirs, or there is none."""
    if not mine and not led:
        raise UserError("error.handover_nothing")
    plans = {int(number) for said in _RUNS.findall(call.rest) for number in _NUMBER.findall(said)}
    named = {int(number) for number in _NUMBER.findall(_RUNS.sub(" ", call.rest))}
    foreign = named - {ticket.id for ticket in mine}
    if foreign:
        raise UserError("error.away_not_held", numbers=[str(number) for number in sorted(foreign)])
    if not_led := sorted(plans - {walk.run.id for walk in led}):
        numbers = [str(number) for number in not_led]
        raise UserError("error.handover_not_yours", numbers=numbers, n=len(numbers))
    if not named and not plans:
        return mine, led
    return [ticket for ticket in mine if ticket.id in named], [walk for walk in led if walk.run.id in plans]


COMMAND = Command("handover", ("overdracht",), ("handover",), run, For.HELPERS, inside=True)
