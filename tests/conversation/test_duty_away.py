"""Whoever is away is not put on duty, neither by a swap nor by a coordinator: then nobody would be."""

from datetime import timedelta

import pytest

from helpdesk_bot.storage.models import Technician
from tests.conversation.conftest import COORDINATION, ELS, JORIS, SANNE, TEAM
from tests.conversation.duty import away, chat, with_duty
from tests.conversation.stage import Stage, to


@pytest.fixture
async def duty(stage: Stage) -> Stage:
    return await with_duty(stage)


async def test_a_colleague_who_is_away_is_not_asked(duty: Stage) -> None:
    await away(duty, JORIS)
    said = await duty.says(SANNE, TEAM, "!ruil @joris:test")
    assert "Joris is dan weg" in to(TEAM, said)[0]
    assert not to(chat(JORIS), said)


async def test_nor_one_who_will_be_back_by_the_end(duty: Stage) -> None:
    await away(duty, JORIS, end=duty.now + timedelta(days=2))
    assert "Joris is dan weg" in to(TEAM, await duty.says(SANNE, TEAM, "!ruil @joris:test"))[0]


async def test_a_yes_of_who_is_away_by_now(duty: Stage) -> None:
    await duty.says(SANNE, TEAM, "!ruil @joris:test")
    await away(duty, JORIS)
    assert "Schrijf eerst !terug" in to(chat(JORIS), await duty.says(JORIS, chat(JORIS), "ja"))[0]
    await duty.says(JORIS, chat(JORIS), "!terug")
    said = await duty.says(JORIS, chat(JORIS), "ja")
    assert any("dat is afgesproken" in words for words in to(chat(JORIS), said))


async def test_a_coordinator_puts_nobody_in_who_is_away(duty: Stage) -> None:
    await away(duty, JORIS)
    said = await duty.says(ELS, COORDINATION, "!inval @joris:test vrijdag 18:00 tot zaterdag 9:00 Noord")
    assert "Joris is dan weg" in to(COORDINATION, said)[0]


async def test_whoever_will_be_away_can_give_their_duty_to_somebody(duty: Stage) -> None:
    """That they have said so first is no reason why they would have no duty."""
    async with duty.db.transaction() as session:
        await session.merge(
            Technician(
                user_id=SANNE,
                skills=[],
                learning=[],
                languages=[],
                stadsdelen=[],
                quiet_days=[],
                away_from=duty.now + timedelta(hours=1),
                away_until=duty.now + timedelta(days=190),
                created_at=duty.now,
                changed_at=duty.now,
            )
        )
    said = await duty.says(SANNE, TEAM, "!ruil @joris:test vrijdag")
    assert "Ik heb Joris gevraagd" in to(TEAM, said)[0]
    assert "neemt jouw dienst over" not in to(chat(JORIS), said)[0]  # in their turn she is away as well
    assert "dat is afgesproken" in to(chat(JORIS), await duty.says(JORIS, chat(JORIS), "ja"))[0]


async def test_the_last_coordinator_goes(stage: Stage) -> None:
    await stage.join(COORDINATION, ELS, membership="leave")
    said = (await stage.event(ELS, COORDINATION, "m.room.member", {"membership": "leave"}, state_key=ELS))[1]
    assert "niemand meer" in to("!team-stad:test", said)[0]


async def test_while_there_is_another_nothing_is_said(stage: Stage) -> None:
    await stage.join(COORDINATION, SANNE)
    await stage.join(COORDINATION, ELS, membership="leave")
    said = (await stage.event(ELS, COORDINATION, "m.room.member", {"membership": "leave"}, state_key=ELS))[1]
    assert not to("!team-stad:test", said)
