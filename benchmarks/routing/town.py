"""A made-up city: sixty technicians with lives of their own, and months of questions. The same by the same seed."""

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from helpdesk_bot.domain.availability import Habits, Rest
from helpdesk_bot.domain.tickets import Priority
from helpdesk_bot.domain.topics import TOPICS
from helpdesk_bot.domain.worktime import Hours, Span

ZONE = ZoneInfo("Europe/Amsterdam")
# A Monday; thirty weeks from here the clocks have changed twice.
BEGIN = datetime(2026, 9, 7, 0, 0, tzinfo=ZONE).astimezone(UTC)
WEEKS = 30
DAY = timedelta(days=1)
PEOPLE, PAID, KEEN = 60, 15, 6
IN_THE_CITYS_TEAM = 12
# Every third person never said when they rest, and every fifteenth said that any hour is fine.
SAYS_NOTHING, ANY_HOUR = 3, 15
USUAL_REST = Rest(time(22), time(8))  # as the configuration has it when nobody changes it
USUAL_HOURS = frozenset((22, 23, *range(8)))
STADSDELEN = ("centrum", "nieuw-west", "noord", "oost", "west", "zuid", "zuidoost", "weesp")
OFFICE = Hours([[Span(9 * 60, 17 * 60)]] * 5 + [[]] * 2, ZONE)
CLAIM_WITHIN = {  # working time
    Priority.URGENT: timedelta(minutes=30),
    Priority.HIGH: timedelta(hours=2),
    Priority.NORMAL: timedelta(hours=4),
    Priority.LOW: timedelta(hours=8),
}
# How often each hour of the day somebody asks: people ask in the morning, and again after dinner.
_ASKING_HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 6, 10, 11, 10, 7, 8, 9, 8, 7, 5, 4, 6, 6, 4, 2, 1)
# Of ten questions about mail or files there is one about strategy.
_TOPIC_WEIGHTS = tuple(10 / (1 + place) ** 0.7 for place in range(len(TOPICS)))


@dataclass(frozen=True, slots=True)
class Helper:
    """A technician. `rest_hours` are hours of the day, `rest_days` weekdays (Monday is 0), `away` from and until when. `said`:
    whether they told the helpdesk those hours, or that any hour is fine; who did not is left alone at the usual ones.
    `looks`: when they look at their rooms of their own accord, in order."""

    user_id: str
    team: str
    also: frozenset[str]
    city: bool
    skills: frozenset[str]
    languages: frozenset[str]
    paid: bool
    most_open: int
    rest_hours: frozenset[int]
    rest_days: frozenset[int]
    said: bool
    away: tuple[tuple[datetime, datetime], ...]
    looks: tuple[datetime, ...] = ()

    def rests(self, at: datetime) -> bool:
        """Whether they asked not to be disturbed then, hour by hour: on purpose not by the rules of the product."""
        wall = at.astimezone(ZONE)
        gone = any(begin <= at < end for begin, end in self.away)
        hours = self.rest_hours if self.said else USUAL_HOURS
        return gone or wall.hour in hours or wall.weekday() in self.rest_days

    def habits(self, at: datetime) -> Habits:
        """What their profile says at that moment: of several absences the one that is not over."""
        begin, end = next((each for each in self.away if at < each[1]), (None, None))
        return replace(self._always, away_from=begin, away_until=end)

    @property
    def _always(self) -> Habits:
        if not self.said:
            return Habits(self.most_open, *USUAL_REST, self.rest_days)
        evening = min((hour for hour in self.rest_hours if hour > 12), default=None)
        morning = max((hour for hour in self.rest_hours if hour < 12), default=None)
        return Habits(
            self.most_open,
            quiet_from=None if evening is None else time(evening),
            quiet_until=None if morning is None else time(morning + 1),
            quiet_days=self.rest_days,
        )

    def next_look(self, after: datetime) -> datetime | None:
        place = bisect_right(self.looks, after)
        return self.looks[place] if place < len(self.looks) else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. `takes`: how long it stays in somebody's hands."""

    number: int
    at: datetime
    requester: str
    stadsdeel: str
    topic: str
    language: str
    priority: Priority
    voucher: bool
    takes: timedelta

    def due(self) -> datetime:
        """When it should be claimed."""
        return OFFICE.add(self.at, CLAIM_WITHIN[self.priority])


@dataclass(frozen=True)
class Town:
    seed: int
    helpers: Sequence[Helper]
    questions: Sequence[Asked]

    @classmethod
    def made(cls, seed: int, questions: int) -> "Town":
        rng = random.Random(seed)
        # Fewer questions fill fewer weeks, so that the helpdesk is as busy.
        weeks = max(4, round(WEEKS * questions / 10_000))
        helpers = _helpers(rng, weeks)
        return cls(seed, helpers, _questions(rng, helpers, questions, weeks))

    @cached_property
    def known(self) -> dict[str, Helper]:
        return {helper.user_id: helper for helper in self.helpers}

    def team(self, stadsdeel: str) -> list[Helper]:
        return [helper for helper in self.helpers if helper.team == stadsdeel]

    def chance(self, *about: object) -> random.Random:
        """Chance that falls the same way whatever else happens."""
        return random.Random(f"{self.seed}:{about}")


def _helpers(rng: random.Random, weeks: int) -> list[Helper]:
    made: list[Helper] = []
    for number in range(PEOPLE):
        paid = number % (PEOPLE // PAID) == 0
        team = STADSDELEN[number % len(STADSDELEN)]
        made.append(
            Helper(
                f"@helper-{number:02}:test",
                team,
                also=frozenset({team, rng.choice(STADSDELEN)}) if rng.random() < 0.3 else frozenset(),
                city=number % (PEOPLE // IN_THE_CITYS_TEAM) == 2,
                skills=frozenset(rng.choices(TOPICS, _TOPIC_WEIGHTS, k=rng.randint(2, 7))),
                languages=frozenset({"nl", "en"} if rng.random() < 0.5 else {"nl"}),
                paid=paid,
                most_open=rng.choice((6, 8)) if paid else rng.choice((3, 4, 4, 5, 6)),
                rest_hours=_rest(rng, paid=paid, never=number % ANY_HOUR == 6),
                said=number % SAYS_NOTHING != 1,
                rest_days=frozenset({5, 6} if paid else rng.sample(range(7), k=rng.choice((0, 1, 2)))),
                away=_absences(rng, weeks),
            )
        )
    return [replace(each, looks=_looks(rng, each, n, weeks)) for n, each in enumerate(made)]


def _rest(rng: random.Random, *, paid: bool, never: bool) -> frozenset[int]:
    evening, morning = (18, 8) if paid else (rng.randint(20, 23), rng.randint(6, 9))
    return frozenset() if never else frozenset((*range(evening, 24), *range(morning)))


def _absences(rng: random.Random, weeks: int) -> tuple[tuple[datetime, datetime], ...]:
    """A holiday of one or two weeks, in every fifteen weeks or so."""
    found = []
    for first in range(0, weeks, 15):
        begin = BEGIN + DAY * (7 * first + rng.randrange(7 * 13))
        if begin < BEGIN + DAY * 7 * weeks and rng.random() < 0.75:
            found.append((begin, begin + DAY * rng.choice((7, 10, 14))))
    return tuple(found)


def _looks(rng: random.Random, helper: Helper, number: int, weeks: int) -> tuple[datetime, ...]:
    """A few keen people look every half hour, most a few times a day; nobody at rest does."""
    a_day = rng.uniform(15, 30) if number % (PEOPLE // KEEN) == 1 else rng.lognormvariate(1.1, 0.6)
    at, end, found = BEGIN, BEGIN + DAY * 7 * (weeks + 4), []
    while at < end:
        at += timedelta(days=rng.expovariate(a_day))
        if not helper.rests(at):
            found.append(at)
    return tuple(found)


def _questions(rng: random.Random, helpers: Sequence[Helper], count: int, weeks: int) -> list[Asked]:
    sizes = [sum(helper.team == each for helper in helpers) * rng.uniform(0.85, 1.15) for each in STADSDELEN]
    moments = sorted(_moment(rng, weeks) for _ in range(count))
    requesters = max(20, count // 8)
    live = {f"@vrager-{n}:test": rng.choices(STADSDELEN, sizes)[0] for n in range(requesters)}
    names = list(live)
    made = []
    for number, at in enumerate(moments):
        requester = names[int(requesters * rng.random() ** 1.6)]  # some ask often, most once or twice
        made.append(
            Asked(
                number,
                at,
                requester,
                live[requester],
                rng.choices(TOPICS, _TOPIC_WEIGHTS)[0],
                "en" if rng.random() < 0.2 else "nl",
                rng.choices(list(Priority), (10, 70, 15, 5))[0],
                voucher=rng.random() < 0.04,
                takes=timedelta(hours=min(96.0, rng.lognormvariate(2.3, 0.8))),
            )
        )
    return made


def _moment(rng: random.Random, weeks: int) -> datetime:
    day = rng.randrange(weeks) * 7 + rng.choices(range(7), (12, 11, 11, 10, 9, 3, 3))[0]
    [hour] = rng.choices(range(24), _ASKING_HOURS)
    naive = BEGIN.astimezone(ZONE) + timedelta(days=day, hours=hour, seconds=rng.randrange(3600))
    return naive.astimezone(UTC)
