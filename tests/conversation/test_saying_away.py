"""'Ik ben weg tot vrijdag', said to the bot as to a colleague: it asks whether `!weg` is meant, and does nothing before."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from helpdesk_bot.storage.models import Technician, Ticket
from tests.conversation.conftest import FATIMA, SANNE, TEAM
from tests.conversation.helpers import chats
from tests.conversation.stage import Stage, to


@pytest.fixture
async def mine(stage: Stage) -> str:
    """Sanne's direct chat."""
    return await chats(stage, SANNE)


async def until(stage: Stage) -> datetime | None:
    async with stage.db.reading() as session:
        return await session.scalar(select(Technician.away_until).where(Technician.user_id == SANNE))


async def questions(stage: Stage) -> int:
    async with stage.db.reading() as session:
        return await session.scalar(select(func.count(Ticket.id))) or 0


@pytest.mark.parametrize(
    "words",
    [
        "Ik ben weg tot vrijdag",
        "ik ben er tot vrijdag niet",
        "Ben met vakantie tot vrijdag",
        "Hoi, ik ben tot vrijdag afwezig.",
        "ik ben helaas ziek tot vrijdag",
        "Tot vrijdag weg",
    ],
)
async def test_it_is_asked_and_done_after_a_yes(stage: Stage, mine: str, words: str) -> None:
    [asked] = to(mine, await stage.says(SANNE, mine, words))
    assert "Ben je weg tot vrijdag 27 november? Schrijf ja" in asked
    assert await until(stage) is None
    [noted] = to(mine, await stage.says(SANNE, mine, "ja"))
    assert "Genoteerd: je bent weg tot vrijdag 27 november" in noted
    assert await until(stage) is not None
    assert await questions(stage) == 0


@pytest.mark.parametrize(
    "words", ["I'm away until Friday", "I am on holiday until friday", "I\u2019ll be out until Friday"]
)
async def test_in_english(stage: Stage, mine: str, words: str) -> None:
    await stage.says(SANNE, mine, "!language en")
    [asked] = to(mine, await stage.says(SANNE, mine, words))
    assert "Are you away until Friday 27 November? Write yes" in asked
    [noted] = to(mine, await stage.says(SANNE, mine, "yes"))
    assert "Noted: you are away until" in noted


async def test_later(stage: Stage, mine: str) -> None:
    [asked] = to(mine, await stage.says(SANNE, mine, "Ik ben weg van 1 tot 10 december"))
    assert "Ben je weg van dinsdag 1 december tot donderdag 10 december?" in asked
    [noted] = to(mine, await stage.says(SANNE, mine, "ja graag"))
    assert "van dinsdag 1 december tot donderdag 10 december" in noted


@pytest.mark.parametrize("words", ["Ik ben ziek", "ik ben weg", "Ik ben vanaf maandag met verlof"])
async def test_without_an_end_that_is_asked(stage: Stage, mine: str, words: str) -> None:
    [asked] = to(mine, await stage.says(SANNE, mine, words))
    assert "Tot wanneer ben je weg?" in asked
    assert "je bent weg tot" in to(mine, await stage.says(SANNE, mine, "woensdag"))[0]


@pytest.mark.parametrize("words", ["nee", "laat maar"])
async def test_no(stage: Stage, mine: str, words: str) -> None:
    await stage.says(SANNE, mine, "Ik ben weg tot vrijdag")
    assert "Er is niets veranderd" in to(mine, await stage.says(SANNE, mine, words))[0]
    assert "Je vraag is aangekomen" in to(mine, await stage.says(SANNE, mine, "De printer doet het niet"))[0]
    assert await until(stage) is None


async def test_a_yes_that_comes_too_late_says_nothing(stage: Stage, mine: str) -> None:
    await stage.says(SANNE, mine, "Ik ben weg tot 17:00")
    stage.now = stage.now.replace(hour=17)
    await stage.says(SANNE, mine, "ja")
    assert await until(stage) is None


@pytest.mark.parametrize(
    "words",
    [
        "Ik ben weg tot vrijdag, wie kan de agenda van Buurtwarmte doen",
        "Ben ik weg tot vrijdag?",
        "Mijn mail is weg sinds vrijdag",
        "Alles is weg",
        "Ik ben vrijdag in Noord, kan iemand mee",
        "Mijn bestanden zijn niet beschikbaar tot vrijdag",
        "De site is ziek",
    ],
)
async def test_a_question_stays_a_question(stage: Stage, mine: str, words: str) -> None:
    await stage.says(SANNE, mine, words)
    assert await questions(stage) == 1


async def test_something_else_instead_of_an_answer_is_a_question(stage: Stage, mine: str) -> None:
    await stage.says(SANNE, mine, "Ik ben weg tot vrijdag")
    await stage.says(SANNE, mine, "Wie kan mij helpen met de website van het buurthuis?")
    assert await questions(stage) == 1


async def test_of_whoever_does_not_help_it_is_a_question(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Ik ben weg tot vrijdag")
    assert await questions(stage) == 1


async def test_in_the_team_room_it_is_between_colleagues(stage: Stage) -> None:
    assert not await stage.says(SANNE, TEAM, "Ik ben weg tot vrijdag")


async def test_who_leaves_the_team_is_asked_no_more(stage: Stage, helped: str, mine: str) -> None:
    await stage.says(SANNE, mine, "!weg")
    await stage.join(TEAM, SANNE, membership="leave")
    await stage.event(SANNE, TEAM, "m.room.member", {"membership": "leave"}, state_key=SANNE)
    await stage.says(SANNE, mine, "vrijdag")
    assert await until(stage) is None
    assert await questions(stage) == 2


@pytest.mark.parametrize("words", ["volgende week", "van 1 tot 10 december", "vanaf maandag"])
async def test_a_break_later_hands_over_nothing_now(stage: Stage, helped: str, mine: str, words: str) -> None:
    [told] = to(mine, await stage.says(SANNE, mine, f"!pauze {words}"))
    assert "Ik heb nog niets veranderd" in told
    assert (await stage.ticket()).assignee == SANNE
