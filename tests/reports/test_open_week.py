"""What may leave the team: nobody's name, and nothing about fewer than five people."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from helpdesk_bot.domain.disclosure import FEWEST
from helpdesk_bot.domain.tickets import Priority, Status
from helpdesk_bot.domain.weeks import Week
from helpdesk_bot.reports.open_text import open_chart, open_table, open_text
from helpdesk_bot.reports.open_week import reckon_open
from helpdesk_bot.reports.scope import CITY, Place
from helpdesk_bot.reports.voice import Voice
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Ticket, Work
from helpdesk_bot.texts.topics import topics_of
from tests.conversation.stage import TEXTS
from tests.reports import recount
from tests.reports.conftest import PLACE
from tests.reports.generator import HELPERS, Months, first_moment, months, write

WEEK = Week(2026, 46)
MONDAY = datetime(2026, 11, 9, 9, tzinfo=UTC)
VOICE = Voice(topics_of((), TEXTS), "nl", MONDAY + timedelta(days=7))


def ticket(number: int, who: str, stadsdeel: str | None) -> Ticket:
    return Ticket(
        id=number,
        requester=who,
        opened_by=who,
        room_id="!dm:test",
        language="nl",
        subject="x",
        question="x",
        stadsdeel=stadsdeel,
        status=Status.NEW,
        priority=Priority.NORMAL,
        suggested=[],
        created_at=MONDAY,
        changed_at=MONDAY,
    )


async def ask(db: Database, people: dict[str | None, int], each: int = 1) -> None:
    async with db.transaction() as session:
        number = 0
        for stadsdeel, count in people.items():
            for person in range(count):
                for _ in range(each):
                    number += 1
                    session.add(ticket(number, f"@p{stadsdeel}{person}:test", stadsdeel))


async def told(db: Database, scope: str, week: Week = WEEK) -> dict[str, int | None]:
    async with db.reading() as session:
        return (await reckon_open(session, PLACE, scope, week)).figures


async def test_five_people_are_shown_and_four_are_not(db: Database) -> None:
    await ask(db, {"noord": 5, "west": 8, "nieuw-west": 4, None: 3})
    assert (await told(db, CITY))["new"] == 20
    assert (await told(db, "noord"))["new"] == 5
    assert (await told(db, "nieuw-west"))["new"] is None


async def test_many_questions_of_few_people_are_not_shown(db: Database) -> None:
    await ask(db, {"noord": 2, "west": 9, "nieuw-west": 3}, each=10)
    assert (await told(db, "noord"))["new"] is None


async def test_the_last_stadsdeel_can_not_be_reckoned_from_the_total(db: Database) -> None:
    """Only Nieuw-West and what has no stadsdeel are too few, and together they are as well: so Noord is hidden too."""
    await ask(db, {"noord": 6, "west": 9, "nieuw-west": 2, None: 1})
    assert (await told(db, CITY))["new"] == 18
    assert (await told(db, "west"))["new"] == 9
    assert (await told(db, "noord"))["new"] is None
    assert (await told(db, "nieuw-west"))["new"] is None


async def test_few_people_in_all(db: Database) -> None:
    await ask(db, {"noord": 2, "west": 2})
    assert (await told(db, CITY))["new"] is None


async def test_what_is_open_is_rounded(db: Database) -> None:
    await ask(db, {"noord": 6, "west": 7})
    assert (await told(db, CITY))["open"] == 15
    assert (await told(db, CITY))["new"] == 13


async def test_hours_of_few_helpers_are_not_shown(db: Database) -> None:
    await ask(db, {"noord": 6, "west": 7})
    async with db.transaction() as session:
        for number, helper in enumerate(HELPERS[:6]):
            work = Work(
                ticket_id=1,
                user_id=helper,
                minutes=60,
                paid=number == 0,
                worked_on=MONDAY.date(),
                event_id=f"$w{number}",
                created_at=MONDAY,
            )
            session.add(work)
    figures = await told(db, CITY)
    assert figures["minutes"] == 360
    assert (figures["minutes_volunteer"], figures["minutes_paid"]) == (None, None), (
        "else the one helper's follow"
    )


@pytest.mark.parametrize("seed", [4, 5])
async def test_nobody_is_named_and_no_part_is_left_alone(db: Database, place: Place, seed: int) -> None:
    made = months(seed)
    async with db.transaction() as session:
        await write(session, made)
    for week in (Week(2026, 20), Week(2026, 44), Week(2026, 53)):
        figures: dict[str, dict[str, Any]] = {}
        for scope in place.scopes:
            async with db.reading() as session:
                open_week = await reckon_open(session, place, scope, week)
            figures[scope] = open_week.figures
            said = open_text(open_week, week, place, VOICE).body
            said += open_table(open_week, place, VOICE).decode() + str(open_week.as_json())
            said += str(open_chart(open_week, week, place, VOICE))
            assert not any(user.partition(":")[0][1:] in said for user in HELPERS)
            assert "asker" not in said
        for name, behind in people_behind(made, week).items():
            if figures[CITY][name] is None:
                assert len(set().union(*behind.values())) < FEWEST
                continue
            shown = {part for part in place.scopes[1:] if figures[part][name] is not None}
            assert all(len(behind[part]) >= FEWEST for part in shown)
            # What has no stadsdeel is never told apart: it is hidden with the others, or is what is left.
            rest = [part for part in behind if part not in shown]
            if any(len(behind[part]) < FEWEST for part in rest):
                assert len(rest) >= 2
                assert len(set().union(*(behind[part] for part in rest))) >= FEWEST


def people_behind(made: Months, week: Week) -> dict[str, dict[str, set[str]]]:
    """Per figure and part, counted from the log: who asked, was helped, gave a mark or worked."""
    begins, ends = first_moment(week.year, week.number), week.ends(PLACE.zone)
    days = [week.monday + timedelta(days=n) for n in range(7)]
    where = {told.id: told.stadsdeel or "" for told in made.tickets}
    found: dict[str, dict[str, set[str]]] = {
        name: {part: set() for part in ("noord", "west", "nieuw-west", "")}
        for name in ("new", "solved", "open", "ratings", "thanks", "minutes")
    }
    for told in made.tickets:
        was, became = recount.how_it_was(told, begins), recount.how_it_was(told, ends)
        said = [step for step in told.story if begins <= step["at"] < ends]
        happened = {
            "new": begins <= told.asked < ends,
            "solved": was in (None, "open") and became in ("confirmed", "expired", "unanswered"),
            "open": became == "open",
            "ratings": any("stars" in step for step in said),
            "thanks": any(step["what"] == "thanked" for step in said),
        }
        for name in (name for name, true in happened.items() if true):
            found[name][where[told.id]].add(told.by)
    for entry in made.work:
        if entry["day"] in days:
            found["minutes"][where[entry["ticket"]]].add(entry["who"])
    return found


async def test_the_words_say_why(db: Database, place: Place) -> None:
    await ask(db, {"noord": 2, "west": 9, "nieuw-west": 8})
    async with db.reading() as session:
        open_week = await reckon_open(session, place, "noord", WEEK)
    said = open_text(open_week, WEEK, place, VOICE).body
    assert "nieuw: minder dan 5 mensen, of daaruit te berekenen" in said
    assert "afgerond op vijftallen" in said
