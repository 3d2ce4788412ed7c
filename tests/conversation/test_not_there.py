"""Nobody is waited for who can't take what they were asked: they are away, go away or have left."""

from datetime import timedelta

import pytest

from tests.conversation.conftest import CITY, FATIMA, JORIS, SANNE, TEAM, WEST, WIM
from tests.conversation.helpers import chats, helps, nobody_answers, outcomes, pinged
from tests.conversation.stage import Stage, edits_in


async def test_where_all_are_away_another_team_is_asked_at_once(stage: Stage, dm: str) -> None:
    await stage.join(CITY, WIM)
    for user in (JORIS, SANNE):
        await helps(stage, user, away_from=stage.now)
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    assert pinged(await stage.says(FATIMA, dm, "Noord")) == [WIM]
    assert (await stage.ticket()).team_room == CITY


@pytest.mark.parametrize("words", ["!weg tot vrijdag", "!pauze"])
async def test_who_goes_away(stage: Stage, asked: str, words: str) -> None:
    said = await stage.says(JORIS, await chats(stage, JORIS), words)
    assert pinged([s for s in said if s.room == TEAM]) == [SANNE]
    assert await outcomes(stage) == {JORIS: "gone", SANNE: None}
    assert (await stage.ticket()).suggested == [SANNE]


async def test_who_goes_away_later(stage: Stage, asked: str) -> None:
    await stage.says(JORIS, await chats(stage, JORIS), "!weg vandaag van 11:00 tot 16:00")
    assert await outcomes(stage) == {JORIS: None}
    assert pinged(await stage.passes(timedelta(hours=1))) == [SANNE]


async def test_who_leaves_the_team(stage: Stage, asked: str) -> None:
    await stage.join(TEAM, JORIS, membership="leave")
    _, said = await stage.event(JORIS, TEAM, "m.room.member", {"membership": "leave"}, state_key=JORIS)
    assert pinged([s for s in said if s.room == TEAM]) == [SANNE]
    assert await outcomes(stage) == {JORIS: "gone", SANNE: None}


async def test_who_leaves_another_team_is_still_asked(stage: Stage, asked: str) -> None:
    await stage.join(WEST, JORIS, membership="leave")
    _, said = await stage.event(JORIS, WEST, "m.room.member", {"membership": "leave"}, state_key=JORIS)
    assert not pinged(said)
    assert await outcomes(stage) == {JORIS: None}


async def test_of_another_team(stage: Stage, asked: str) -> None:
    """Their chat says that it is no longer for them, and the city's team gets it."""
    await helps(stage, WIM, stadsdelen=["noord"])
    chat = await chats(stage, WIM)
    await stage.join(CITY, "@amir:test")
    await nobody_answers(stage)
    await nobody_answers(stage)
    assert (await outcomes(stage))[WIM] is None
    said = await stage.says(WIM, chat, "!pauze")
    assert any("niet meer voor jou" in words for words in edits_in(chat, said))
    assert pinged([s for s in said if s.room == CITY]) == ["@amir:test"]
