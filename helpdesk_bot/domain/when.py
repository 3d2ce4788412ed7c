"""Finds a moment in what somebody wrote: 'tot vrijdag', 'over 2 weken', '12 december om half drie', 'tomorrow at 3pm'.

Pure. Days and hours are on the helpdesk's clock, what comes out is in UTC and always in the future. What can't be, such
as 31 februari or a day that has passed, is None: whoever asks says so, instead of guessing.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk_bot.domain import when_clock, when_days

FARTHEST = timedelta(days=3660)  # nobody means a moment ten years ahead


@dataclass(frozen=True, slots=True)
class Found:
    """`at`: UTC. `rest`: the words without the moment. `whole_day`: no hour was named, so that `at` is the hour at which
    such a day begins for whoever asked."""

    at: datetime
    rest: str
    whole_day: bool


def find(words: str, now: datetime, zone: ZoneInfo, *, day_at: time = time(9)) -> Found | None:
    """The moment that is named in `words`; None when there is none, or none that is still to come.

    `day_at`: the hour on that clock that counts when somebody names no more than a day. An hour that the clock skips in
    spring is the one after it; of one that it shows twice in autumn, the first that is still to come.
    """
    text = when_days.folded(words)
    span, day = when_clock.elapsed(text), when_days.day(text, now.astimezone(zone).date())
    if span is not None and (day is None or span.start < day.start):
        return _future(now + span.length, now, _without(words, [span.place]), whole_day=False)
    clock = when_clock.clock(text, day)
    if day is None and clock is None:
        return None
    places = [part.place for part in (day, clock) if part is not None]
    rest = _without(words, places)
    if day is not None and day.on is None:
        return None
    if clock is None:
        assert day is not None
        assert day.on is not None
        at = moment_of(day.on, day_at, zone, after=now)
        if day.named_by_weekday and at <= now:
            at = moment_of(day.on + timedelta(days=7), day_at, zone, after=now)
        return _future(at, now, rest, whole_day=True)
    if clock.of_day is None:
        return None
    if day is not None:
        assert day.on is not None
        at = moment_of(day.on, clock.of_day, zone, after=now)
        if day.named_by_weekday and at <= now:
            at = moment_of(day.on + timedelta(days=7), clock.of_day, zone, after=now)
        return _future(at, now, rest, whole_day=False)
    return _future(_next_time(clock, now, zone), now, rest, whole_day=False)


def moment_of(day: date, at: time, zone: ZoneInfo, *, after: datetime) -> datetime:
    """That hour of that day in UTC. Of an hour that comes twice, the first one `after` that moment."""
    first, second = (datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return second if first <= after < second else first


def _next_time(clock: when_clock.Clock, now: datetime, zone: ZoneInfo) -> datetime:
    """'om 8 uur' without a day: the next time that the clock says so, in the evening when the morning has passed."""
    assert clock.of_day is not None
    today = now.astimezone(zone).date()
    hours = [clock.of_day, *([clock.evening] if clock.evening else [])]
    days = (today, today + timedelta(days=1), today + timedelta(days=2))
    return next(at for day in days for hour in hours if (at := moment_of(day, hour, zone, after=now)) > now)


def _future(at: datetime, now: datetime, rest: str, *, whole_day: bool) -> Found | None:
    return Found(at.astimezone(UTC), rest, whole_day) if now < at <= now + FARTHEST else None


def _without(words: str, places: list[tuple[int, int]]) -> str:
    """The words around these places, with single spaces and no comma left hanging."""
    kept, end = [], 0
    for start, stop in sorted(places):
        kept.append(words[end : max(start, end)])
        end = max(stop, end)
    return " ".join(" ".join([*kept, words[end:]]).split()).strip(" ,;:")
