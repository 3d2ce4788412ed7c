"""One person can't bury the helpers in questions, and loses no words by that."""

from datetime import timedelta

import pytest

from tests.conversation.conftest import FATIMA, HELP, KWAME, SANNE, TEAM
from tests.conversation.stage import CONFIG, Stage, to

MOST = CONFIG.asking.questions_per_day


@pytest.fixture
async def busy(stage: Stage, asked: str) -> str:
    """Fatima has asked as much as one may in a day, an hour ago."""
    for number in range(2, MOST + 1):
        assert (
            f"nummer {number}"
            in to(asked, await stage.says(FATIMA, asked, f"!nieuw vraag {number} van mij"))[0]
        )
    await stage.passes(timedelta(hours=1))
    return asked


@pytest.mark.both_databases
async def test_what_comes_after_goes_with_an_open_question(stage: Stage, busy: str) -> None:
    said = await stage.says(FATIMA, busy, "!nieuw en de koffiemachine ook")
    assert [s.body for s in said if s.refs.get("reply") == stage.last and f"vraag {MOST}" in s.body]
    assert "en de koffiemachine ook" in to(TEAM, said)[0]
    assert not [s for s in said if f"vraag {MOST + 1}" in s.body]


async def test_elsewhere_it_is_said_that_it_did_not_arrive(stage: Stage, busy: str) -> None:
    said = await stage.says(FATIMA, HELP, "!hulp en de koffiemachine ook")
    [no] = said
    assert no.refs["reply"] == stage.last
    assert "niet naar een helper" in no.body
    assert "morgen om 10:00" in no.body


async def test_the_next_day(stage: Stage, busy: str) -> None:
    await stage.passes(timedelta(hours=23, minutes=1))
    said = await stage.says(FATIMA, busy, "!nieuw en de koffiemachine ook")
    assert f"nummer {MOST + 1}" in to(busy, said)[0]


async def test_others_and_who_asks_for_somebody_are_not_held_back(stage: Stage, busy: str) -> None:
    assert "nummer" in to(HELP, await stage.says(KWAME, HELP, "!hulp mijn printer is stuk"))[0]
    said = await stage.says(SANNE, TEAM, "!ticket @fatima:test haar telefoon is gevallen")
    assert f"Vraag {MOST + 2}" in str([s.body for s in said])


async def test_what_others_asked_for_somebody_does_not_count(stage: Stage, dm: str) -> None:
    for _ in range(MOST):
        await stage.says(SANNE, TEAM, "!ticket @fatima:test haar telefoon is gevallen")
    assert f"vraag {MOST + 1}" in to(dm, await stage.says(FATIMA, dm, "!nieuw en mijn laptop ook"))[0]
