"""The week as it may leave the team: no names, and no figure about fewer than five people, nor one from which such a
figure could be reckoned (see `domain/disclosure`).

Per stadsdeel and for the city: what is new, solved, open, how it was liked, and hours. For the city alone, because two
tables that share their totals could be set against each other: topics, volunteer and paid, and what came in time. There
is no comparison with other weeks, which would tell a hidden week; and what is open is rounded to fives, because it
follows from one week's to the next by what is new and solved, but for the few that were opened again.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.disclosure import may_be_shown, total_may_be_shown
from helpdesk_bot.domain.lives import ENDED, RATED, THANKED, Life, State
from helpdesk_bot.domain.promises import Promise, decision
from helpdesk_bot.domain.topics import OTHER
from helpdesk_bot.domain.weeks import Week
from helpdesk_bot.reports import week_rows
from helpdesk_bot.reports.scope import CITY, NOWHERE, Place

ROUNDED_TO = 5

Cell = tuple[int, frozenset[str]]  # a figure, and who is behind it
Table = dict[str, Cell]  # per part


@dataclass(frozen=True, slots=True)
class OpenWeek:
    """None stands for 'fewer than five people, or it could be reckoned from this'. Without a key it is not told at all."""

    scope: str
    week: str
    figures: dict[str, int | None]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def reckon_open(session: AsyncSession, place: Place, scope: str, week: Week) -> OpenWeek:
    begins, ends = week.begins(place.zone), week.ends(place.zone)
    lives = await week_rows.lives(session, CITY, begins, ends)
    tables = {name: _by_part(place, cells) for name, cells in _of_lives(lives, begins, ends).items()}
    minutes = {
        part: await week_rows.minutes(session, part, week.monday, week.sunday)
        for part in (*place.scopes[1:], NOWHERE)
    }
    tables["minutes"] = {
        part: (sum(row[3] for row in rows), frozenset(row[1] for row in rows))
        for part, rows in minutes.items()
    }
    figures = {name: _shown(table, scope) for name, table in tables.items()}
    still_open = figures["open"]
    if still_open is not None:
        figures["open"] = (still_open + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO
    if scope == CITY:
        for name, table in _of_city(lives, [row for rows in minutes.values() for row in rows], week, place):
            shown = may_be_shown({part: who for part, (_, who) in table.items()})
            for part, (value, _) in table.items():
                figures[f"{name}_{part}"] = value if part in shown else None
    return OpenWeek(scope, str(week), figures)


def _shown(table: Table, scope: str) -> int | None:
    people = {part: who for part, (_, who) in table.items()}
    if scope == CITY:
        return sum(value for value, _ in table.values()) if total_may_be_shown(people) else None
    return table[scope][0] if scope in may_be_shown(people) else None


def _of_lives(lives: list[Life], begins: datetime, ends: datetime) -> dict[str, list[tuple[Life, int]]]:
    """Per figure, how much each question adds to it."""
    found: dict[str, list[tuple[Life, int]]] = {
        name: [] for name in ("new", "solved", "open", "ratings", "stars", "thanks")
    }
    for life in lives:
        before, after = life.state(begins), life.state(ends)
        steps = [step for step in life.steps if begins <= step.at < ends]
        marks = [step.stars for step in steps if step.what == RATED and step.stars is not None]
        adds = {
            "new": int(begins <= life.created_at < ends),
            "solved": int(before in (None, State.OPEN) and after in ENDED),
            "open": int(after is State.OPEN),
            "ratings": int(bool(marks)),
            "stars": marks[-1] if marks else 0,
            "thanks": sum(step.what == THANKED for step in steps),
        }
        for name, value in adds.items():
            if value:
                found[name].append((life, value))
    return found


def _by_part(place: Place, adds: list[tuple[Life, int]]) -> Table:
    known = set(place.scopes[1:])
    table: Table = dict.fromkeys((*place.scopes[1:], NOWHERE), (0, frozenset()))
    for life, value in adds:
        part = life.stadsdeel if life.stadsdeel in known else NOWHERE
        assert part is not None
        table[part] = (table[part][0] + value, table[part][1] | {life.requester})
    return table


def _of_city(
    lives: list[Life], minutes: Iterable[tuple[date, str, bool, int]], week: Week, place: Place
) -> list[tuple[str, Table]]:
    """Tables of the city alone; each stands for itself."""
    begins, ends = week.begins(place.zone), week.ends(place.zone)
    topics: Table = {}
    kept: dict[Promise, Table] = {p: {"met": (0, frozenset()), "missed": (0, frozenset())} for p in Promise}
    for life in lives:
        if begins <= life.created_at < ends:
            _add(topics, life.topic or OTHER, 1, life.requester)
        for promise in Promise:
            decided = decision(life, promise)
            if decided is not None and begins <= decided.at < ends:
                _add(kept[promise], "met" if decided.met else "missed", 1, life.requester)
    work: Table = {"volunteer": (0, frozenset()), "paid": (0, frozenset())}
    for _, user, paid, spent in minutes:
        _add(work, "paid" if paid else "volunteer", spent, user)
    return [("topic", topics), ("minutes", work), *((str(promise), kept[promise]) for promise in Promise)]


def _add(table: Table, part: str, value: int, person: str) -> None:
    before, who = table.get(part, (0, frozenset()))
    table[part] = (before + value, who | {person})
