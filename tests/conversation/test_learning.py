"""A learner looks along with their mentor, and after three times does it themselves."""

import pytest
from sqlalchemy import update

from helpdesk_bot.storage.models import Ticket
from tests.conversation.conftest import FATIMA, JORIS, KWAME, SANNE, TEAM
from tests.conversation.helpers import about, helps, offered_anew, pinged
from tests.conversation.stage import Said, Stage, to

LOT = "@lot:test"


@pytest.fixture
async def pair(stage: Stage, asked: str) -> str:
    """Sanne knows calendars, and Lot wants to learn that from her."""
    await stage.join(TEAM, LOT)
    await helps(stage, SANNE, skills=["calendar"])
    await helps(stage, LOT, learning=["calendar"], mentor=SANNE)
    await about(stage, "calendar")
    return asked


async def looked_along(stage: Stage, times: int) -> None:
    """As if Lot had done so in earlier questions of somebody else."""
    dm = "!dm-fatima:test"
    for number in range(2, times + 2):
        await stage.says(FATIMA, dm, f"!nieuw agenda {number} hapert")
    async with stage.db.transaction() as session:
        earlier = update(Ticket).where(Ticket.id > 1)
        done = {"topic": "calendar", "status": "closed", "assignee": SANNE, "learner": LOT}
        await session.execute(earlier.values(requester=KWAME, **done))


async def test_the_mentor_hears_who_would_join_in(stage: Stage, pair: str) -> None:
    said = await offered_anew(stage)
    [offer] = [s for s in said if SANNE in pinged([s])]
    assert "Lot wil dit leren. Pak jij deze vraag op? Dan kijkt Lot met je mee." in offer.body
    assert LOT not in pinged(said)


async def claimed_by(stage: Stage, user: str) -> Said | None:
    said = await stage.reacts(user, TEAM, await stage.card(), "✋")
    return next((s for s in said if "kijk je mee" in s.body), None)


async def test_both_hear_it_when_the_mentor_takes_it(stage: Stage, pair: str) -> None:
    told = await claimed_by(stage, SANNE)
    assert told is not None
    assert pinged([told]) == [LOT]
    assert "Lot, kijk je mee met Sanne? Zo leer je dit thema: agenda." in told.body
    assert told.refs["thread"] == await stage.card()
    assert (await stage.ticket()).learner == LOT


async def test_what_the_learner_writes_stays_inside(stage: Stage, pair: str) -> None:
    await claimed_by(stage, SANNE)
    said = await stage.in_thread(LOT, TEAM, await stage.card(), "Waarom is dat zo?")
    assert not to(pair, said)


async def test_with_anybody_else_nobody_joins_in(stage: Stage, pair: str) -> None:
    assert await claimed_by(stage, JORIS) is None
    assert (await stage.ticket()).learner is None


@pytest.mark.parametrize("profile", [{"quiet_days": [0]}, {"mentor": None}, {"learning": ["website"]}])
async def test_not_at_night_nor_about_something_else(
    stage: Stage, pair: str, profile: dict[str, object]
) -> None:
    await helps(stage, LOT, **({"learning": ["calendar"], "mentor": SANNE} | profile))
    assert await claimed_by(stage, SANNE) is None


async def test_given_back_it_is_nobodys_lesson(stage: Stage, pair: str) -> None:
    await claimed_by(stage, SANNE)
    await stage.says(SANNE, TEAM, "!loslaten 1")
    assert (await stage.ticket()).learner is None


@pytest.mark.both_databases
async def test_after_three_times_they_lead_and_the_mentor_joins_in(stage: Stage, pair: str) -> None:
    await looked_along(stage, 3)
    said = await offered_anew(stage)
    [offer, *_] = [s for s in said if pinged([s])]
    assert pinged([offer]) == [LOT]
    assert "Deze keer doe jij het." in offer.body
    assert "Sanne kijkt met je mee." in offer.body
    told = await claimed_by(stage, LOT)
    assert told is not None
    assert pinged([told]) == [SANNE]
    assert "doet het nu zelf" in told.body
    ticket = await stage.ticket()
    assert (ticket.assignee, ticket.learner) == (LOT, SANNE)


async def test_after_two_times_not_yet(stage: Stage, pair: str) -> None:
    await looked_along(stage, 2)
    assert pinged(await offered_anew(stage))[0] == SANNE
