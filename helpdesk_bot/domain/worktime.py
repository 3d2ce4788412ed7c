"""Working time: how long a helpdesk was open between two moments, and when it will have been open for so long.

Open is whenever the clock on the wall shows a time inside a span of that day. So an hour that the clocks skip in spring
is not worked, and one that they show twice in autumn is worked twice.
"""

from bisect import bisect
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

DAYS = 7  # in a week
MINUTES = 24 * 60  # in a day, on a clock that is not changed
# Whatever is promised is due within this; a helpdesk that is closed for so long is closed for good.
HORIZON = timedelta(days=3 * 366)
_BLOCK = timedelta(days=7)  # looked at together: most of what is promised is due within it
# No zone is further from UTC than this, so a day of the wall clock lies within so much of that day in UTC.
_FURTHEST = timedelta(hours=15)
NOTHING = timedelta(0)

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from `begin` until `end`, in minutes since midnight on the wall clock; `end` may be 1440, which is 24:00."""

    begin: int
    end: int

    def __post_init__(self) -> None:
        """Raises ValueError for a span that is empty or reaches over midnight: write that as two."""
        if not 0 <= self.begin < self.end <= MINUTES:
            raise ValueError("a span begins before it ends, on the same day")


@dataclass(frozen=True)
class Hours:
    """When a helpdesk is open. `week` has the spans of each weekday, Monday first; on days in `closed` it is not open."""

    week: Sequence[Sequence[Span]]
    zone: ZoneInfo
    closed: Container[date] = frozenset()

    def __post_init__(self) -> None:
        """Raises ValueError for a week that has no seven days, no span at all, or spans that overlap."""
        if len(self.week) != DAYS:
            raise ValueError("a week has seven days")
        if not any(self.week):
            raise ValueError("never open")
        for spans in self.week:
            if any(later.begin < earlier.end for earlier, later in pairwise(sorted(spans))):
                raise ValueError("spans overlap")

    def add(self, start: datetime, work: timedelta) -> datetime:
        """The first moment at which the helpdesk has been open for `work` since `start`.

        Aware in, UTC out. Raises ValueError when `work` is negative, or when that moment is beyond the horizon.
        """
        if work < NOTHING:
            raise ValueError("working time only goes forward")
        if work == NOTHING:
            return start.astimezone(UTC)
        for begin, end in self._from(start):
            if end - begin >= work:
                return begin + work
            work -= end - begin
        raise ValueError("not open for so long within the horizon")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How long the helpdesk is open from `start` until `end`; nothing when `end` is not later."""
        total = NOTHING
        begin, end = start.astimezone(UTC), end.astimezone(UTC)
        while begin < end:
            until = min(begin + _BLOCK, end)
            total += sum((last - first for first, last in self._open(begin, until)), NOTHING)
            begin = until
        return total

    def opens(self, at: datetime) -> datetime:
        """The first moment from `at` on at which it is open: `at` itself when it is. UTC. Raises ValueError as `add`."""
        for begin, _ in self._from(at):
            return begin
        raise ValueError("not open within the horizon")

    def is_open(self, at: datetime) -> bool:
        return self.opens(at) == at.astimezone(UTC)

    def day_ends(self, day: date) -> datetime | None:
        """When it closes on that day of the wall clock, in UTC; None when it is not open then."""
        return max((end for _, end in self._on(day)), default=None)

    def next_day_ends(self, day: date) -> datetime:
        """The same for the first day from `day` on that it is open. Raises ValueError as `add`."""
        for later in range(HORIZON.days):
            ends = self.day_ends(day + timedelta(days=later))
            if ends is not None:
                return ends
        raise ValueError("not open within the horizon")

    def _from(self, start: datetime) -> Iterator[Interval]:
        begin = start.astimezone(UTC)
        last = begin + HORIZON
        while begin < last:
            yield from self._open(begin, begin + _BLOCK)
            begin += _BLOCK

    def _open(self, begin: datetime, end: datetime) -> list[Interval]:
        """When it is open between two moments, in order. All in UTC."""
        day, last = (begin - _FURTHEST).date(), (end + _FURTHEST).date()
        found = []
        while day <= last:
            for opens, closes in self._on(day):
                first, until = max(opens, begin), min(closes, end)
                if first < until:
                    found.append((first, until))
            day += timedelta(days=1)
        return sorted(found)  # where clocks change near midnight, two days may take turns

    def _on(self, day: date) -> list[Interval]:
        """When it is open on one day of the wall clock, in UTC; in two parts where the clocks change within a span."""
        spans = self.week[day.weekday()]
        if not spans or day in self.closed:
            return []
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        found = []
        for since, until, offset in self._offsets(
            midnight - _FURTHEST, midnight + timedelta(days=1) + _FURTHEST
        ):
            for span in spans:
                begin = max(midnight + timedelta(minutes=span.begin) - offset, since)
                end = min(midnight + timedelta(minutes=span.end) - offset, until)
                if begin < end:
                    found.append((begin, end))
        return found

    def _offsets(self, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
        """Parts of this time in each of which the wall clock is equally far from UTC. No zone changes twice in it."""
        first, last = self._offset(begin), self._offset(end)
        if first == last:
            yield begin, end, first
            return
        seconds = range(int((end - begin).total_seconds()))
        changed = bisect(seconds, False, key=lambda n: self._offset(begin + timedelta(seconds=n)) != first)
        change = begin + timedelta(seconds=changed)
        yield begin, change, first
        yield change, end, last

    def _offset(self, at: datetime) -> timedelta:
        return at.astimezone(self.zone).utcoffset() or NOTHING
