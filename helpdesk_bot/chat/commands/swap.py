"""`!ruil @joris vrijdag`: asks a colleague to take over a shift."""

from datetime import timedelta

from helpdesk_bot.actions.duty.rotas import all_duties, where
from helpdesk_bot.actions.duty.swapping import AHEAD, ask_to_swap
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.rota import Duty, Shift
from helpdesk_bot.domain.when import Found, find
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    act = call.act
    user = await call.user(*sorted(act.layout.team_rooms))
    asked = find(call.rest, act.now, act.texts.zone) if call.rest else None
    if call.rest and asked is None:
        raise UserError("duty.swap_when")
    duties = await all_duties(act)
    if not duties:
        raise UserError("duty.none")
    mine = [pair for duty in duties for pair in _shifts(call, duty, asked)]
    if not mine:
        raise UserError("duty.swap_no_shift")
    duty, shift = min(mine, key=lambda pair: pair[1].begin)
    swap = await ask_to_swap(act, duty, shift, user, call.incoming.room_id)
    name = await act.name(user)
    place = where(act, duty.rota.id, call.language)
    if swap.back_begins_at is None:
        return call.words(
            "duty.swap_sent_for_nothing", name=name, where=place, begin=shift.begin, end=shift.end
        )
    return call.words(
        "duty.swap_sent",
        name=name,
        where=place,
        begin=shift.begin,
        end=shift.end,
        back_begin=swap.back_begins_at,
        back_end=swap.back_ends_at,
    )


def _shifts(call: Call, duty: Duty, asked: Found | None) -> list[tuple[Duty, Shift]]:
    """Shifts of whoever gives the command: those at the moment or on the day that they name, else all to come. Also those
    in which nobody is on duty because they are away, which is why they ask."""
    now, user = call.act.now, call.who.user_id
    begin, end = now, now + AHEAD
    if asked is not None and asked.whole_day:
        day = asked.at.astimezone(duty.rota.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        begin, end = max(day.astimezone(now.tzinfo), now), (day + timedelta(days=1)).astimezone(now.tzinfo)
    elif asked is not None:
        begin, end = asked.at, asked.at + timedelta(minutes=1)
    shifts = [
        shift
        for shift in duty.shifts(begin, end)
        if shift.user_id == user or (shift.user_id is None and duty.meant(shift.begin) == user)
    ]
    return [(duty, Shift(user, max(shift.begin, now), shift.end)) for shift in shifts]


COMMAND = Command("swap", ("ruil",), ("swap",), run, For.TECHNICIAN, inside=True)
