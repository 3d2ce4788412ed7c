"""The machine stood still for three weeks, with three hundred open questions: nothing is lost, and nobody is flooded."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk_bot.actions import asking, claiming, finishing
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.routing import route
from helpdesk_bot.storage import access
from tests.conversation.conftest import CITY, COORDINATION, JORIS, SANNE, TEAM
from tests.conversation.stage import Said, Stage

PEOPLE = 100
EACH = 3  # one that nobody has, one without an answer, one that waits for them
STOP = datetime(2026, 12, 16, 2, 0, tzinfo=UTC)  # three weeks later, on a Wednesday, three in the night
HOUR = timedelta(hours=1)


def room_of(number: int) -> str:
    return f"!dm-vrager{number}:test"


async def ask(stage: Stage, number: int) -> None:
    user = f"@vrager{number}:test"
    await stage.direct(user)
    async with stage.db.transaction() as session:
        act = Act(session, stage.now, stage.setting)
        helper = await access.standing_of(session, act.layout, (SANNE, JORIS)[number % 2])
        for kind in range(EACH):
            ticket = await asking.open_ticket(
                act,
                requester=await act.person(user),
                room_id=room_of(number),
                words=f"Vraag van {number}, de {kind + 1}e",
                language="nl",
                stadsdeel="noord",
                organisation_id=None,
                root_event=None,
                thread=None,
                opened_by=user,
            )
            await route(act, ticket)
            if kind > 0:
                await claiming.claim(act, ticket, helper)
            if kind > 1:
                await finishing.await_requester(act, ticket, helper)


@pytest.fixture
async def stopped(stage: Stage) -> Stage:
    """It is Wednesday 25 November, three in the night, and the machine stops."""
    stage.now = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    for number in range(PEOPLE):
        await ask(stage, number)
    await stage.settle()
    stage.now = STOP
    return stage


def told(said: list[Said]) -> Counter[str]:
    """How many messages came to each room."""
    return Counter(s.room for s in said if s.type == "m.room.message" and not s.edits and s.kind == "send")


async def test_three_weeks(stopped: Stage) -> None:
    assert not told(await stopped.passes(timedelta(0)))  # at night
    morning = await stopped.passes(5 * HOUR) + await stopped.passes(HOUR)  # eight, and nine o'clock
    rooms = told(morning)
    assert max(rooms[room_of(number)] for number in range(PEOPLE)) == 1
    assert min(rooms[room_of(number)] for number in range(PEOPLE)) == 1
    assert rooms[COORDINATION] <= 2
    # One list for the team, one for each helper, and the five that are offered more widely.
    assert rooms[TEAM] + rooms[CITY] <= 3 + 5 * 8
    assert not told(await stopped.passes(timedelta(0)))  # a second look: everything has been done
    seen = rooms
    for _ in range(4 * 24):
        hour = told(await stopped.passes(HOUR))
        assert max([hour[room_of(number)] for number in range(PEOPLE)]) <= 1
        assert hour[TEAM] + hour[CITY] <= 4 * 5 * 8
        seen += hour
    everybody = [seen[room_of(number)] for number in range(PEOPLE)]
    assert min(everybody) >= 2  # what takes longer than promised, and the reminder
    waves = [(await stopped.ticket(1 + EACH * number)).wave for number in range(PEOPLE)]
    assert set(waves) == {4}  # every question that nobody has is with the whole city in the end
