"""Who is on duty: people take turns, and what was agreed besides goes before the turns.

A shift begins and ends at a time on the wall clock, so one in which the clocks change is an hour shorter or longer.
Moments are aware; those that come out are in UTC.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

CITY = "city"  # the id of the rota of the whole city; any other is the id of a stadsdeel


@dataclass(frozen=True, slots=True)
class Rota:
    """People in the order of their turns. A turn takes `days`; the first begins on the first `weekday` (Monday is 0) from
    `first_day` on, and each hands over at `at`."""

    id: str
    people: tuple[str, ...]
    days: int
    weekday: int
    at: time
    first_day: date
    zone: ZoneInfo

    def __post_init__(self) -> None:
        """Raises ValueError for a rota of nobody, or of turns shorter than a day."""
        if not self.people or self.days < 1:
            raise ValueError("a rota needs people, and turns of at least a day")

    def begin(self, turn: int) -> datetime:
        """When a turn begins; the first is number 0."""
        wait = (self.weekday - self.first_day.weekday()) % 7
        day = self.first_day + timedelta(days=wait + turn * self.days)
        return datetime.combine(day, self.at, self.zone).astimezone(UTC)

    def turn(self, at: datetime) -> int:
        """The number of the turn at this moment; below 0 before the first."""
        number = (
            at.astimezone(self.zone).date() - self.begin(0).astimezone(self.zone).date()
        ).days // self.days
        return number if self.begin(number) <= at else number - 1

    def person(self, turn: int) -> str | None:
        return self.people[turn % len(self.people)] if turn >= 0 else None


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody takes over from `begin` until `end`, whoever's turn it is."""

    user_id: str
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away from `begin` on; without `end` until they say so."""

    user_id: str
    begin: datetime
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return self.begin <= at and (self.end is None or at < self.end)

    def overlaps(self, begin: datetime, end: datetime) -> bool:
        return self.begin < end and (self.end is None or begin < self.end)


@dataclass(frozen=True, slots=True)
class Shift:
    """A time in which one person is on duty, or nobody. Never longer than a turn: the next turn is another shift, also
    when it falls to the same person."""

    user_id: str | None
    begin: datetime
    end: datetime


@dataclass(frozen=True)
class Duty:
    """A rota as it stands now. Of `overrides` that overlap the one that was made last counts, and it comes last. `members`:
    who helps at this moment; nobody else is ever on duty."""

    rota: Rota
    members: frozenset[str]
    overrides: Sequence[Override] = ()
    absences: Sequence[Absence] = ()

    def on_duty(self, at: datetime) -> str | None:
        """Who is to be called first. Whoever took over and is away after all counted on nobody else: then it is nobody."""
        user = self.meant(at)
        return user if user is not None and self.available(user, at) else None

    def available(self, user: str, at: datetime) -> bool:
        away = any(absence.user_id == user and absence.holds(at) for absence in self.absences)
        return user in self.members and not away

    def after(self, user: str | None, at: datetime) -> str | None:
        """Who is to be called after `user`: the next in turn who is there; None when everybody has been called."""
        order = self.order(at)
        place = order.index(user) + 1 if user in order else 0
        return order[place] if place < len(order) else None

    def order(self, at: datetime) -> list[str]:
        """Everybody who could be called at this moment: who is on duty, then the others as their turns come."""
        turn = max(self.rota.turn(at), -1)
        turns = [self.rota.person(turn + step) for step in range(1, len(self.rota.people) + 1)]
        users = dict.fromkeys([self.on_duty(at), *turns])
        return [user for user in users if user is not None and self.available(user, at)]

    def shifts(self, begin: datetime, end: datetime) -> list[Shift]:
        """Every shift of which a part lies between these moments: whole, so that it is the same whenever one looks."""
        found: list[Shift] = []
        for number in range(max(self.rota.turn(begin), 0), self.rota.turn(end) + 1):
            found += self._within(self.rota.begin(number), self.rota.begin(number + 1))
        return [shift for shift in found if shift.begin < end and begin < shift.end]

    def gaps(self, begin: datetime, end: datetime) -> list[Shift]:
        """Times in which nobody is on duty, as `shifts`."""
        return [shift for shift in self.shifts(begin, end) if shift.user_id is None]

    def meant(self, at: datetime) -> str | None:
        """Whose duty it is, there or not."""
        for override in reversed(self.overrides):
            if override.begin <= at < override.end:
                return override.user_id
        return self.rota.person(self.rota.turn(at))

    def _within(self, begin: datetime, end: datetime) -> Iterator[Shift]:
        """One turn, cut where somebody else takes over, goes away or comes back."""
        cuts = {begin, end}
        spans: list[Override | Absence] = [*self.overrides, *self.absences]
        for span in spans:
            cuts |= {m.astimezone(UTC) for m in (span.begin, span.end) if m is not None and begin < m < end}
        shift: Shift | None = None
        for since, until in pairwise(sorted(cuts)):
            user = self.on_duty(since)
            if shift is not None and shift.user_id == user:
                shift = Shift(user, shift.begin, until)
                continue
            if shift is not None:
                yield shift
            shift = Shift(user, since, until)
        if shift is not None:
            yield shift
