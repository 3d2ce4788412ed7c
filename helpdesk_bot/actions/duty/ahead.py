"""What is told ahead about duty: to whoever's shift begins, and to the coordinators when nobody is there.

It is worked out anew each time, so that whatever was agreed since counts; what has been told is kept.
"""

from datetime import timedelta

from helpdesk_bot import public_holidays
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.duty.rotas import all_duties, where
from helpdesk_bot.domain.rota import Duty, Shift
from helpdesk_bot.storage import duty as agreed
from helpdesk_bot.storage import outbox, restored
from helpdesk_bot.texts.render import Rendered

GAP_AHEAD = timedelta(days=2)
SHIFT_AHEAD = timedelta(days=1)
FEAST_AHEAD = timedelta(days=14)  # time enough to swap


async def tell_ahead(act: Act) -> None:
    """Tells everything that is due and has not been told."""
    for duty in await all_duties(act):
        for gap in duty.gaps(act.now, act.now + GAP_AHEAD):
            if await _now(act, f"gap:{duty.rota.id}:{gap.begin.isoformat()}"):
                place = where(act, duty.rota.id)
                key = "duty.gap" if gap.begin > act.now else "duty.gap_now"
                await act.tell_coordinators(key, where=place, begin=gap.begin, end=gap.end)
        for shift in duty.shifts(act.now, act.now + SHIFT_AHEAD):
            if shift.user_id is not None and not _goes_on(duty, shift):
                await _tell_shift(act, duty, shift, shift.user_id)
        for shift in duty.shifts(act.now, act.now + FEAST_AHEAD):
            if shift.user_id is not None and shift.begin > act.now:
                await _tell_feast_days(act, duty, shift, shift.user_id)


async def _tell_shift(act: Act, duty: Duty, shift: Shift, user: str) -> None:
    if await _now(act, f"shift:{duty.rota.id}:{user}:{shift.begin.isoformat()}"):
        language = await act.language_of(user)
        key = "duty.begins" if shift.begin > act.now else "duty.begun"
        place = where(act, duty.rota.id, language)
        await _tell(act, user, act.words(language, key, where=place, begin=shift.begin, end=shift.end))


async def _tell_feast_days(act: Act, duty: Duty, shift: Shift, user: str) -> None:
    language = await act.language_of(user)
    days = feasts(act, duty, shift, language)
    if days and await _now(act, f"feast:{duty.rota.id}:{user}:{shift.begin.isoformat()}"):
        place = where(act, duty.rota.id, language)
        words = act.words(
            language, "duty.feast", where=place, begin=shift.begin, end=shift.end, days=days, n=len(days)
        )
        await _tell(act, user, words)


def feasts(act: Act, duty: Duty, shift: Shift, language: str | None) -> list[str]:
    """The names of the public holidays in a shift."""
    zone = duty.rota.zone
    first, last = shift.begin.astimezone(zone).date(), shift.end.astimezone(zone).date()
    country = act.config.opening(duty.rota.id).holidays
    found = public_holidays.between(country, first, last, language or act.texts.default)
    if last in found and last > first and shift.end.astimezone(zone).hour < EVENING_OFF:
        del found[last]
    return list(found.values())


EVENING_OFF = 12  # a shift that ends in the morning of a holiday leaves the day free


async def _now(act: Act, key: str) -> bool:
    """Whether this has to be told; what is said then comes from it and from nothing else."""
    if not await agreed.first_time(act.session, key, act.now):
        return False
    again = await restored.recently(act.session, act.now) is not None
    outbox.caused_by(act.session, f"duty:{key}", again=again)
    return True


async def _tell(act: Act, user: str, words: Rendered) -> None:
    await act.post(await chat_with(act, await act.person(user)), words, notify=True)


def _goes_on(duty: Duty, shift: Shift) -> bool:
    """Whether they are on duty already when it begins."""
    before = duty.shifts(shift.begin - timedelta(seconds=1), shift.begin)
    return bool(before) and before[-1].user_id == shift.user_id
