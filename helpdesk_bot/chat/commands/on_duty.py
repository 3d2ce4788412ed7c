"""`!dienst`: who is called in an emergency, now and in the coming weeks."""

from datetime import timedelta

from helpdesk_bot.actions.duty.ahead import feasts
from helpdesk_bot.actions.duty.rotas import where
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.chat.duty import duties_here
from helpdesk_bot.domain.rota import Duty, Shift
from helpdesk_bot.texts.render import Rendered

AHEAD = timedelta(weeks=4)
MOST = 8  # shifts of one rota; more is no overview on a phone


async def run(call: Call) -> Rendered:
    duties = await duties_here(call)
    if not duties:
        return call.words("duty.none")
    parts: list[Rendered] = []
    for duty in duties:
        parts.append(call.words("duty.title", where=where(call.act, duty.rota.id, call.language)))
        shifts = duty.shifts(call.act.now, call.act.now + AHEAD)[:MOST]
        parts.append(call.act.texts.bullets([await _row(call, duty, shift) for shift in shifts]))
        if not shifts:
            parts.append(call.words("duty.not_yet", begin=duty.rota.begin(0)))
    return call.act.texts.join([*parts, call.words("duty.how_to_change")])


async def _row(call: Call, duty: Duty, shift: Shift) -> Rendered:
    who = await call.act.name(shift.user_id) if shift.user_id else call.words("duty.nobody")
    days = feasts(call.act, duty, shift, call.language)
    key = "duty.now" if shift.begin <= call.act.now else "duty.later"
    row = call.words(key, who=who, begin=shift.begin, end=shift.end)
    return call.words("duty.with_feast", row=row, days=days, n=len(days)) if days else row


COMMAND = Command("on_duty", ("dienst",), ("oncall",), run, For.TECHNICIAN, inside=True, takes_words=False)
