"""Whoever asked is not in the room any more: an answer follows them, or the team hears that it does not."""

import pytest

from tests.conversation.conftest import FATIMA, HELP, KWAME, SANNE, TEAM
from tests.conversation.stage import BOT, Stage, to

OWN = "!buurtwarmte:test"


async def leaves(stage: Stage, user: str, room: str, *, left: int, how: str = "leave") -> None:
    """`left`: how many are still there, the bot too."""
    await stage.room(room, size=left)
    await stage.join(room, user, membership=how)


@pytest.mark.parametrize("how", ["leave", "ban"])
async def test_from_their_direct_chat(stage: Stage, helped: str, how: str) -> None:
    await leaves(stage, FATIMA, helped, left=1, how=how)
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij aan?")
    direct = (await stage.ticket()).room_id
    assert direct != helped
    assert not to(helped, said)
    told, answer = to(direct, said)
    assert "niet meer in de kamer" in told
    assert "Staat hij aan?" in answer
    assert any("Fatima is weg" in words for words in to(TEAM, said))
    said = await stage.replies(SANNE, TEAM, await stage.card(), "En nu?")
    assert to(direct, said) == ["Sanne (helpdesk):\n\nEn nu?"]
    assert not any("Fatima is weg" in words for words in to(TEAM, said))
    assert any(
        "hij staat aan" in words for words in to(TEAM, await stage.says(FATIMA, direct, "hij staat aan"))
    )


async def test_they_have_another_direct_chat_by_now(stage: Stage, helped: str) -> None:
    await leaves(stage, FATIMA, helped, left=1)
    await stage.room("!samen:test", size=2)
    await stage.join("!samen:test", FATIMA, BOT)
    await stage.says(FATIMA, "!samen:test", "Mijn printer is ook stuk")
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij aan?")
    assert "Staat hij aan?" in to("!samen:test", said)[-1]
    assert not [s for s in said if s.kind == "direct"]


async def test_an_answer_that_claims_goes_along(stage: Stage, asked: str) -> None:
    await leaves(stage, FATIMA, asked, left=1)
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij aan?")
    assert not to(asked, said)
    words = " ".join(to((await stage.ticket()).room_id, said))
    assert "Sanne helpt je" in words
    assert "Staat hij aan?" in words


async def test_from_a_help_room(stage: Stage) -> None:
    await stage.join(HELP, KWAME, SANNE)
    await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
    question = stage.last
    await stage.join(HELP, KWAME, membership="leave")
    said = await stage.in_thread(SANNE, HELP, question, "Staat hij aan?")
    direct = (await stage.ticket()).room_id
    assert direct != HELP
    assert "Staat hij aan?" in to(direct, said)[-1]
    assert "En nu?" in to(direct, await stage.in_thread(SANNE, HELP, question, "En nu?"))[-1]
    assert "stap 3" in to(direct, await stage.replies(SANNE, TEAM, await stage.card(), "stap 3"))[-1]


async def test_colleagues_who_are_still_there_read_it(stage: Stage) -> None:
    await stage.room(OWN, size=3)
    await stage.join(OWN, FATIMA, KWAME, BOT)
    await stage.says(FATIMA, OWN, "!hulp onze wiki is traag")
    await stage.in_thread(FATIMA, OWN, stage.last, "Noord")
    await leaves(stage, FATIMA, OWN, left=2)
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Is hij nog traag?")
    assert "Is hij nog traag?" in to(OWN, said)[-1]
    assert any("leest je antwoord" in words for words in to(TEAM, said))
