"""Weeks as people count them: from Monday to Sunday on the helpdesk's clock, numbered as ISO 8601 does.

A week in which the clocks change has 167 or 169 hours, and a year has 52 or 53 weeks: 2026-W53 ends on 3 January 2027.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from typing_extensions import override

OPENING = time(9)  # when the helpdesk says what is to be known at the beginning of a day, on its own clock
MONDAY, WEDNESDAY = 0, 2
FIRST_YEAR, LAST_YEAR = 1900, 9998
# '46', 'w46', 'week 46', '2026-46', '2026-W46', '2026 w 46', '46-2026'.
_NUMBER = re.compile(r"(?:week|wk|w)?\s*([0-9]{1,2})(?:[-/ ]([0-9]{4}))?", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/ ]*(?:week|wk|w)?[-/ ]*([0-9]{1,2})", re.IGNORECASE)


class NoSuchWeek(Exception):
    """The words name a week that no calendar has, such as week 53 of 2025, or week 0."""


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """Raises NoSuchWeek for one that is in no calendar."""

    year: int
    number: int

    def __post_init__(self) -> None:
        try:
            date.fromisocalendar(self.year, self.number, 1)
        except ValueError:
            raise NoSuchWeek(f"{self.year}-W{self.number}") from None
        if not FIRST_YEAR <= self.year <= LAST_YEAR:  # else there would be none before or after it
            raise NoSuchWeek(f"{self.year}-W{self.number}")

    @classmethod
    def of(cls, day: date) -> "Week":
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def at(cls, moment: datetime, zone: ZoneInfo) -> "Week":
        """The week in which this moment falls."""
        return cls.of(moment.astimezone(zone).date())

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    def before(self, weeks: int = 1) -> "Week":
        return Week.of(self.monday - timedelta(weeks=weeks))

    def begins(self, zone: ZoneInfo) -> datetime:
        """Its first moment, in UTC."""
        return datetime.combine(self.monday, time(), zone).astimezone(UTC)

    def ends(self, zone: ZoneInfo) -> datetime:
        """The first moment after it, in UTC."""
        return self.before(-1).begins(zone)

    @override
    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"


def last_finished(now: datetime, zone: ZoneInfo) -> Week:
    return Week.at(now, zone).before()


def next_opening(now: datetime, weekday: int, zone: ZoneInfo) -> datetime:
    """The first time after `now` that the day begins on this weekday (Monday is 0), in UTC."""
    today = now.astimezone(zone).date()
    days = (weekday - today.weekday()) % 7
    for wait in (days, days + 7):
        moment = datetime.combine(today + timedelta(days=wait), OPENING, zone).astimezone(UTC)
        if moment > now:
            return moment
    raise AssertionError("a week from now is later than now")


def named(words: str, now: datetime, zone: ZoneInfo) -> Week | None:
    """The week that somebody names; a number without a year is the last one that is over. None when it is no name of a
    week. Raises NoSuchWeek."""
    text = " ".join(words.split())
    if found := _YEAR_FIRST.fullmatch(text):
        return Week(int(found[1]), int(found[2]))
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    number = int(found[1])
    if found[2]:
        return Week(int(found[2]), number)
    last, this = last_finished(now, zone), Week.at(now, zone)
    if number == this.number:
        return this  # it is not over, and that is what they have to hear
    for year in range(last.year, last.year - 7, -1):  # a week 53 comes every five or six years
        try:
            week = Week(year, number)
        except NoSuchWeek:
            continue
        if week <= last:
            return week
    raise NoSuchWeek(words)
