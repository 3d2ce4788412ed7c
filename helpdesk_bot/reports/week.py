"""The figures of one week, for a stadsdeel or the whole city, beside those of the four weeks before.

An old week is told as it was then: see `domain/lives`. Four things are only known as they are now: in which stadsdeel a
question or a run is, what it is about, what hangs on one person, and which paid work no voucher has room for.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain import bus_factor
from helpdesk_bot.domain.bus_factor import LOOKS_BACK, Risk
from helpdesk_bot.domain.federation.addresses import is_elsewhere
from helpdesk_bot.domain.lives import ENDED, Life, State
from helpdesk_bot.domain.week_counts import Counts, count_weeks
from helpdesk_bot.domain.week_runs import add_runs
from helpdesk_bot.domain.weeks import Week
from helpdesk_bot.reports import run_rows, week_rows
from helpdesk_bot.reports.scope import CITY, Place

COMPARED_WITH = 4  # weeks before
LONGEST = 5  # questions


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that was open at the end of the week."""

    ticket: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Lent:
    """So many questions of `of` were taken up by the team of `by` (a stadsdeel, or the city)."""

    of: str
    by: str
    tickets: int


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """What one helper did. `in_hand`: open questions at the end of the week."""

    user_id: str
    in_hand: int
    solved: int
    volunteer_minutes: int
    paid_minutes: int


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """`before`: the weeks before, the oldest first. `left_minutes`: on vouchers, at the end."""

    scope: str
    week: Week
    begins: datetime
    ends: datetime
    now: Counts
    before: tuple[Counts, ...]
    left_minutes: int
    longest: tuple[Waiting, ...]
    lending: tuple[Lent, ...]
    people: tuple[PersonWeek, ...]
    risks: tuple[Risk, ...]

    def average(self, name: str) -> Fraction:
        """Of a figure in the weeks before."""
        return Fraction(sum(getattr(counts, name) for counts in self.before), len(self.before))

    @property
    def is_quiet(self) -> bool:
        """Nothing was asked, open, finished, worked on, or thanked for, and no playbook walked through."""
        return self.now == Counts()

    def as_json(self, *, inside: bool) -> dict[str, Any]:
        """Plain values. Only `inside`, which is the coordinators' room, are people named."""
        whole = asdict(self)
        whole |= {"week": str(self.week), "begins": self.begins.isoformat(), "ends": self.ends.isoformat()}
        whole["longest"] = [{"ticket": w.ticket, "since": w.since.isoformat()} for w in self.longest]
        if not inside:
            del whole["people"], whole["risks"]
        return whole


async def reckon(session: AsyncSession, place: Place, scope: str, week: Week) -> WeekFigures:
    """`scope` is a stadsdeel of the layout, or `CITY`."""
    weeks = [week.before(n) for n in range(COMPARED_WITH, -1, -1)]
    begins, ends = week.begins(place.zone), week.ends(place.zone)
    lives = await week_rows.lives(session, scope, weeks[0].begins(place.zone), ends)
    bounds = [*(each.begins(place.zone) for each in weeks), ends]
    counted = count_weeks(lives, bounds)
    add_runs(counted, await run_rows.lives(session, scope, bounds[0], ends), bounds)
    await _add_minutes(session, scope, weeks, counted)
    return WeekFigures(
        scope,
        week,
        begins,
        ends,
        now=counted[-1],
        before=tuple(counted[:-1]),
        left_minutes=await week_rows.left(session, scope, week.sunday, ends),
        longest=_longest(lives, ends),
        lending=await _lending(session, place, scope, begins, ends),
        people=await _people(session, scope, week, lives, begins, ends),
        risks=await _risks(session, place, scope, ends),
    )


async def _add_minutes(session: AsyncSession, scope: str, weeks: list[Week], counted: list[Counts]) -> None:
    first, last = weeks[0].monday, weeks[-1].sunday
    by_week = dict(zip(weeks, counted, strict=True))
    for day, _, paid, minutes in await week_rows.minutes(session, scope, first, last):
        counts = by_week[Week.of(day)]
        if paid:
            counts.paid_minutes += minutes
        else:
            counts.volunteer_minutes += minutes
    for day, minutes in (await week_rows.drawn(session, scope, first, last)).items():
        by_week[Week.of(day)].drawn_minutes += minutes
    for day, minutes in (await week_rows.undecided(session, scope, first, last)).items():
        by_week[Week.of(day)].undecided_minutes += minutes


def _longest(lives: list[Life], ends: datetime) -> tuple[Waiting, ...]:
    still_open = [Waiting(life.id, life.open_since(ends)) for life in lives if life.state(ends) is State.OPEN]
    return tuple(sorted(still_open, key=lambda waiting: (waiting.since, waiting.ticket))[:LONGEST])


async def _lending(
    session: AsyncSession, place: Place, scope: str, begins: datetime, ends: datetime
) -> tuple[Lent, ...]:
    found = await week_rows.lent(session, place, begins, ends)
    ours = [Lent(of, by, n) for (of, by), n in found.items() if scope in (CITY, of, by)]
    return tuple(sorted(ours, key=lambda lent: (-lent.tickets, lent.of, lent.by)))


async def _people(
    session: AsyncSession, scope: str, week: Week, lives: list[Life], begins: datetime, ends: datetime
) -> tuple[PersonWeek, ...]:
    rows: dict[str, list[int]] = {}

    def row(user_id: str) -> list[int]:
        return rows.setdefault(user_id, [0, 0, 0, 0])

    for life in lives:
        helper, after = life.helper(ends), life.state(ends)
        if helper is None or is_elsewhere(helper):
            continue  # of whom another helpdesk tells
        if after is State.OPEN:
            row(helper)[0] += 1
        elif after in ENDED and life.state(begins) in (State.OPEN, None):
            row(helper)[1] += 1
    for _, user_id, paid, minutes in await week_rows.minutes(session, scope, week.monday, week.sunday):
        row(user_id)[3 if paid else 2] += minutes
    people = [PersonWeek(user_id, *numbers) for user_id, numbers in rows.items()]
    return tuple(sorted(people, key=lambda p: (-p.in_hand, -p.solved, p.user_id)))


async def _risks(session: AsyncSession, place: Place, scope: str, ends: datetime) -> tuple[Risk, ...]:
    """Topics are the whole city's: a small team need not know everything."""
    since: datetime = ends - LOOKS_BACK
    helped = await week_rows.helped_initiatives(session, scope, since, ends)
    teams = await week_rows.technicians(session, place, scope)
    risks = bus_factor.initiatives(helped, await week_rows.with_backup(session))
    if scope == CITY:
        everybody = frozenset[str]().union(*teams.values())
        known = await week_rows.skilled(session, everybody)
        risks += bus_factor.topics(await week_rows.helped_topics(session, since, ends), known)
    return (*risks, *bus_factor.rooms(teams))
