"""Whether somebody can be asked at this moment, on the helpdesk's clock. Nobody is disturbed when they asked not to be."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Unavailable(StrEnum):
    """Why somebody is not asked now. Away outlasts quiet, and quiet outlasts full hands: the first that holds is said."""

    AWAY = "away"
    QUIET = "quiet"
    FULL = "full"


class Rest(NamedTuple):
    """Hours on the clock, which may reach over midnight."""

    start: time
    until: time


@dataclass(frozen=True, slots=True)
class Habits:
    """When somebody helps, as they said it themselves, or as is usual where they said nothing.

    `quiet_from` and `quiet_until` are on the clock and may reach over midnight; the first minute is quiet, the last is
    not. `quiet_days`: whole days, Monday is 0. Away from `away_from` (a moment) until `away_until`, or until they say so.
    `most_open`: as many tickets at once.
    """

    most_open: int
    quiet_from: time | None = None
    quiet_until: time | None = None
    quiet_days: frozenset[int] = frozenset()
    away_from: datetime | None = None
    away_until: datetime | None = None


def unavailable(habits: Habits, in_hand: int, now: datetime, zone: ZoneInfo) -> Unavailable | None:
    """Why somebody with `in_hand` tickets can't be asked at `now` (aware); None when they can."""
    if is_away(habits, now):
        return Unavailable.AWAY
    if is_quiet(habits, now, zone):
        return Unavailable.QUIET
    return Unavailable.FULL if in_hand >= habits.most_open else None


def is_away(habits: Habits, now: datetime) -> bool:
    began = habits.away_from is not None and habits.away_from <= now
    return began and (habits.away_until is None or now < habits.away_until)


def is_quiet(habits: Habits, now: datetime, zone: ZoneInfo) -> bool:
    """By what the clock on the wall shows: an hour that comes twice is quiet twice, one that does not come disturbs
    nobody."""
    wall = _wall(now, zone)
    if wall.weekday() in habits.quiet_days:
        return True
    begin, end = habits.quiet_from, habits.quiet_until
    if begin is None or end is None or begin == end:
        return False
    at = wall.time()
    return begin <= at < end if begin < end else at >= begin or at < end


@lru_cache(maxsize=64)  # most of a team rest at the same hours
def rests_until(habits: Habits, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When somebody who is quiet at `now` can be disturbed again, UTC; None when they never can."""
    today = _wall(now, zone).date()
    days = (today + timedelta(days=n) for n in range(8))
    clocks = [time.min] if habits.quiet_until is None else [time.min, habits.quiet_until]
    ends = chain.from_iterable(
        sorted(datetime.combine(day, at, zone).astimezone(UTC) for at in clocks) for day in days
    )
    return next((at for at in ends if at > now and not is_quiet(habits, at, zone)), None)


@lru_cache(maxsize=8)  # a whole team is looked at for the same moment, and this is the dearest part of it
def _wall(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone)
