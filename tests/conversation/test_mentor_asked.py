"""Several learners ask one mentor."""

import pytest

from tests.conversation.conftest import JORIS, SANNE, TEAM, WIM
from tests.conversation.helpers import chats
from tests.conversation.stage import Stage, to


@pytest.fixture
async def mentor(stage: Stage) -> str:
    """Joris' direct chat; Wim helps in Noord as well."""
    await stage.join(TEAM, WIM)
    for user in (SANNE, WIM):
        await chats(stage, user)
    return await chats(stage, JORIS)


async def test_each_hears_an_answer(stage: Stage, mentor: str) -> None:
    await stage.says(SANNE, TEAM, "!mentor @joris:test")
    await stage.says(WIM, TEAM, "!mentor @joris:test")
    said = await stage.says(JORIS, mentor, "nee")
    assert "Joris heeft er nu geen ruimte voor" in to("!dm-wim:test", said)[0]
    said = await stage.says(JORIS, mentor, "ja")
    assert "Joris laat je graag meekijken" in to("!dm-sanne:test", said)[0]


async def test_nobody_is_asked_twice_by_the_same(stage: Stage, mentor: str) -> None:
    await stage.says(SANNE, TEAM, "!mentor @joris:test")
    said = await stage.says(SANNE, TEAM, "!mentor @joris:test")
    assert "al gevraagd" in to(TEAM, said)[0]
    assert not to(mentor, said)
