"""Whoever is asked in the team room answers with a reply in words, as people do; it is for the team alone."""

import pytest

from tests.conversation.conftest import JORIS, SANNE, TEAM
from tests.conversation.helpers import outcomes, pinged
from tests.conversation.stage import Stage, to


async def the_offer(stage: Stage, user: str) -> str:
    return next(s.event_id for s in stage.sent if user in pinged([s]) and "oppakken" in s.body)


@pytest.mark.parametrize("words", ["ja", "Ja, doe ik!", "ik pak hem wel", "I'll take it", "👍", "✋"])
async def test_yes(stage: Stage, asked: str, words: str) -> None:
    said = await stage.replies(JORIS, TEAM, await the_offer(stage, JORIS), words)
    assert (await stage.ticket()).assignee == JORIS
    assert len(to(asked, said)) == 1
    assert "Joris helpt je" in to(asked, said)[0]


@pytest.mark.parametrize(
    "words", ["nee", "nee sorry, te druk", "geen tijd", "liever niet", "no, not now", "👎"]
)
async def test_no(stage: Stage, asked: str, words: str) -> None:
    said = await stage.replies(JORIS, TEAM, await the_offer(stage, JORIS), words)
    assert not to(asked, said)
    assert pinged(said) == [SANNE]
    assert (await outcomes(stage))[JORIS] == "declined"


@pytest.mark.parametrize("words", ["ja?", "opgelost", "het werkt", "ja, maar morgen pas", "wie is dit?"])
async def test_anything_else_is_a_note(stage: Stage, asked: str, words: str) -> None:
    said = await stage.replies(JORIS, TEAM, await the_offer(stage, JORIS), words)
    assert not to(asked, said)
    assert (await stage.ticket()).assignee is None
    assert await outcomes(stage) == {JORIS: None}


async def test_not_from_somebody_else(stage: Stage, asked: str) -> None:
    await stage.replies(SANNE, TEAM, await the_offer(stage, JORIS), "ja")
    assert (await stage.ticket()).assignee is None


async def test_too_late(stage: Stage, asked: str) -> None:
    offer = await the_offer(stage, JORIS)
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    said = await stage.replies(JORIS, TEAM, offer, "ja")
    assert (await stage.ticket()).assignee == SANNE
    assert not to(asked, said)
