"""The week's figures are right: an independent count over months of made-up tickets agrees in every one of them."""

from dataclasses import asdict
from typing import Any

import pytest

from helpdesk_bot.domain.weeks import Week
from helpdesk_bot.reports.scope import Place
from helpdesk_bot.reports.week import WeekFigures, reckon
from helpdesk_bot.storage.engine import Database
from tests.reports import recount
from tests.reports.generator import Months, first_moment, months, write

# With both changes of the clock (29 March and 25 October 2026, 28 March 2027), and the year of 53 weeks.
WEEKS = [
    (2026, 12),
    (2026, 13),
    (2026, 14),
    (2026, 43),
    (2026, 44),
    (2026, 52),
    (2026, 53),
    (2027, 1),
    (2027, 12),
]
HOURS = {(2026, 13): 167, (2026, 43): 169, (2027, 12): 167}


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_figure_agrees_with_a_plain_count(db: Database, place: Place, seed: int) -> None:
    made = months(seed)
    async with db.transaction() as session:
        await write(session, made)
    for year, number in WEEKS:
        for scope in place.scopes:
            async with db.reading() as session:
                figures = await reckon(session, place, scope, Week(year, number))
            compare(figures, made, scope, year, number)


def compare(figures: WeekFigures, made: Months, scope: str, year: int, number: int) -> None:
    begins = first_moment(year, number)
    later = (year, number + 1) if (year, number) not in ((2026, 53),) else (2027, 1)
    ends = first_moment(*later)
    assert (figures.begins, figures.ends) == (begins, ends)
    assert (ends - begins).total_seconds() == HOURS.get((year, number), 168) * 3600
    told = {str(week): recount.counts(made, scope, *week) for week in before(year, number)}
    assert [plain(asdict(each)) for each in (*figures.before, figures.now)] == [
        plain(each) for each in told.values()
    ]
    now = figures.now
    assert now.open_before + now.new + now.reopened - now.solved - now.merged == now.open
    assert now.solved == now.confirmed + now.expired + now.unanswered
    assert figures.left_minutes == recount.left(made, scope, year, number)
    assert [(w.ticket, w.since) for w in figures.longest] == recount.longest(made, scope, ends)
    assert {
        p.user_id: [p.in_hand, p.solved, p.volunteer_minutes, p.paid_minutes] for p in figures.people
    } == recount.people(made, scope, begins, ends)
    assert {(lent.of, lent.by): lent.tickets for lent in figures.lending} == recount.lending(
        made, scope, begins, ends
    )
    by_share = {(str(r.kind), r.key, r.person) for r in figures.risks if r.reason == "share"}
    assert by_share == recount.hangs_on_one(made, scope, ends)


def before(year: int, number: int) -> list[tuple[int, int]]:
    """The four weeks before, and the week itself: in 2026 week 1 comes after week 52 of 2025, which has no week 53."""
    weeks = [(year, number)]
    for _ in range(4):
        year, number = weeks[0]
        last_of_before = 53 if year == 2027 else 52
        weeks.insert(0, (year, number - 1) if number > 1 else (year - 1, last_of_before))
    return weeks


def plain(counts: dict[str, Any]) -> dict[str, Any]:
    """Without what is nought, which the one writes down and the other does not."""
    return {name: value for name, value in counts.items() if value}


def test_the_made_up_months_hold_what_could_go_wrong() -> None:
    made = months(1)
    what = {step["what"] for told in made.tickets for step in told.story}
    assert {"reopen", "requeue", "merge", "expire", "hand_over", "release", "rated", "thanked"} <= what
    edge = first_moment(2027, 1)
    near = [s for t in made.tickets for s in t.story if abs((s["at"] - edge).total_seconds()) <= 1]
    assert near
    assert any(recount.hangs_on_one(made, "city", first_moment(2026, 44)))
