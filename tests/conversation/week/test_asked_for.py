"""A week that is asked for: which one, of where, and as it was then."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk_bot.storage.models import Ticket, TicketEvent, Work
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, SANNE, TEAM
from tests.conversation.stage import Said, Stage, to
from tests.conversation.week.overview import files, table, words


@pytest.mark.parametrize(
    ("command", "head"),
    [
        ("!week", "Week 48 · hele stad"),
        ("!week vorige", "Week 48 · hele stad"),
        ("!week noord", "Week 48 · Noord"),
        ("!week noord 47", "Week 47 · Noord"),
        ("!week 47 Noord", "Week 47 · Noord"),
        ("!week osdorp vorige week", "Week 48 · Nieuw-West"),
        ("!week nieuw-west 2026-40", "Week 40 · Nieuw-West"),
        ("!week hele stad 2026-W40", "Week 40 · hele stad"),
        ("!week 53", "Week 53 · hele stad"),
    ],
)
async def test_asked_for(stage: Stage, monday: list[Said], command: str, head: str) -> None:
    said = await stage.says(ELS, COORDINATION, command)
    [overview] = words(said)
    assert overview.body.startswith(head)
    picture, csv = files(said)
    assert picture.content["msgtype"] == "m.image"
    assert csv.refs == {"thread": overview.event_id}


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("!week zuid", "Ik begrijp ‘zuid’ niet"),
        ("!week noord 46 graag snel", "Ik begrijp ‘noord 46 graag snel’ niet"),
        ("!week 60", "Een week ‘60’ bestaat niet"),
        ("!week 2025-53", "Een week ‘2025-53’ bestaat niet"),
        ("!week 2026-49", "Week 49 is nog niet voorbij. De cijfers komen maandag 7 december om 09:00"),
    ],
)
async def test_what_can_not_be_asked(stage: Stage, monday: list[Said], command: str, answer: str) -> None:
    said = await stage.says(ELS, COORDINATION, command)
    assert answer in words(said)[0].body
    assert not files(said)


async def test_a_typo_gets_a_suggestion(stage: Stage, monday: list[Said]) -> None:
    [meant] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!weke"))
    assert "!week" in meant


async def test_in_english(stage: Stage, monday: list[Said]) -> None:
    await stage.says(ELS, COORDINATION, "!language English")
    said = await stage.says(ELS, COORDINATION, "!week noord last week")
    assert "New: 1" in words(said)[0].body
    assert "Questions" not in words(said)[0].body
    assert "new: wk 44: 0" in files(said)[0].body


async def test_an_old_week_is_as_it_was_then(stage: Stage, monday: list[Said], helped: str) -> None:
    """It was open at the end of week 48, whatever has become of it since."""
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    await stage.says(FATIMA, helped, "ja")
    stage.now += timedelta(weeks=3)
    [then] = words(await stage.says(ELS, COORDINATION, "!week 48"))
    assert "Open aan het eind: 1" in then.body
    [after] = words(await stage.says(ELS, COORDINATION, "!week 49"))
    assert "Open aan het eind: 0" in after.body
    assert "Opgelost: 1" in after.body
    assert "1 bevestigd door de vrager" in after.body


async def test_a_promise_that_was_broken_is_not_mended_by_the_next(
    stage: Stage, monday: list[Said], helped: str
) -> None:
    stage.now += timedelta(weeks=3)
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    due = (await stage.ticket()).solve_due
    await stage.says(FATIMA, helped, "nee, nog niet")
    assert due is not None
    async with stage.db.reading() as session:
        ticket = await session.get_one(Ticket, 1)
        [step] = await session.scalars(select(TicketEvent).where(TicketEvent.what == "reopen"))
        assert ticket.solve_due is not None
    assert ticket.solve_due > due
    assert datetime.fromisoformat(step.detail["solve_due"]) == due


async def test_paid_work_that_nobody_pays_yet_is_said_apart(stage: Stage, monday: list[Said]) -> None:
    async with stage.db.transaction() as session:
        for minutes, undecided in ((90, True), (30, False)):
            session.add(
                Work(
                    ticket_id=1,
                    user_id=SANNE,
                    minutes=minutes,
                    paid=True,
                    undecided=undecided,
                    worked_on=datetime(2026, 11, 24, tzinfo=UTC).date(),
                    event_id=f"$w{minutes}",
                    created_at=stage.now,
                )
            )
    said = await stage.says(ELS, COORDINATION, "!week")
    assert "Betaald: 2 uur" in words(said)[0].body
    assert "past 1 uur en 30 minuten in geen enkele voucher" in words(said)[0].body
    assert "undecided_minutes;betaald, past in geen voucher, minuten;;90;0" in await table(
        stage, files(said)[1]
    )
    assert "voucher" not in words(await stage.says(SANNE, TEAM, "!week"), TEAM)[0].body


@pytest.mark.parametrize("name", ["deze week", "noord deze week", "this week", "nu"])
async def test_this_week_is_not_over(stage: Stage, monday: list[Said], name: str) -> None:
    [refused] = words(await stage.says(ELS, COORDINATION, f"!week {name}"))
    assert "Week 49 is nog niet voorbij" in refused.body
