"""A technician writes a question down for somebody else."""

import pytest

from tests.conversation.conftest import FATIMA, HELP, KWAME, SANNE, TEAM
from tests.conversation.stage import Stage, to

NEW_DM = "!new-dm-kwame:test"


@pytest.mark.both_databases
async def test_from_the_team_room(stage: Stage) -> None:
    said = await stage.says(SANNE, TEAM, "!ticket @kwame:test Zijn laptop start niet meer op")
    assert [s.kind for s in said if s.room.startswith("direct:")] == ["direct"]
    [told] = to(NEW_DM, said)
    assert "Sanne heeft voor jou een vraag gesteld" in told
    assert "stadsdeel" not in told
    made, card, _ = to(TEAM, said)
    assert "laptop" in card
    assert "gemaakt voor" in made
    assert (await stage.ticket()).room_id == NEW_DM


async def test_two_in_a_row_make_one_chat(stage: Stage) -> None:
    said = await stage.says(SANNE, TEAM, "!ticket @kwame:test Zijn laptop start niet meer op")
    said += await stage.says(SANNE, TEAM, "!ticket @kwame:test En zijn printer ook niet")
    assert [s.kind for s in said].count("direct") == 1
    assert len(to(NEW_DM, said)) == 2


async def test_they_go_on_there(stage: Stage) -> None:
    await stage.says(SANNE, TEAM, "!ticket @kwame:test Zijn laptop start niet meer op")
    said = await stage.says(KWAME, NEW_DM, "Klopt, sinds gisteren")
    assert "sinds gisteren" in to(TEAM, said)[0]
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Hoor je hem piepen?")
    assert "piepen" in to(NEW_DM, said)[1]


async def test_to_a_chat_that_is_there_already(stage: Stage, asked: str) -> None:
    said = await stage.says(SANNE, TEAM, "!ticket Fatima haar printer doet het ook niet")
    assert to(asked, said) == [] or "voor jou" in to(asked, said)[0]


async def test_to_a_chat_that_they_left(stage: Stage, asked: str) -> None:
    await stage.join(asked, FATIMA, membership="leave")
    said = await stage.says(SANNE, TEAM, "!ticket @fatima:test haar printer doet het ook niet")
    assert "voor jou" in to("!new-dm-fatima:test", said)[0]
    assert not to(asked, said)


async def test_in_a_help_room(stage: Stage) -> None:
    await stage.join(HELP, FATIMA)
    said = await stage.says(SANNE, HELP, "!ticket @fatima:test haar printer doet het niet")
    [told] = to(HELP, said)
    assert told.startswith("Fatima, Sanne heeft voor jou")
    assert stage.sent[0].content["m.mentions"] == {"user_ids": [FATIMA]}
    assert stage.sent[0].refs["thread"] == stage.last
    said = await stage.in_thread(FATIMA, HELP, stage.last, "hij piept")
    assert "hij piept" in to(TEAM, said)[0]


async def test_the_helper_can_correct_it(stage: Stage) -> None:
    await stage.says(SANNE, TEAM, "!ticket @kwame:test Zijn laptp start niet")
    await stage.edits(SANNE, TEAM, stage.last, "!ticket @kwame:test Zijn laptop start niet")
    assert (await stage.ticket()).question == "Zijn laptop start niet"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!ticket", "Noem iemand"),
        ("!ticket Piet iets", "Wie bedoel je"),
        ("!ticket @kwame:test", "Wat is de vraag"),
        ("!ticket @hulp:test iets", "Dat ben ik zelf"),
    ],
)
async def test_mistakes(stage: Stage, text: str, answer: str) -> None:
    said = await stage.says(SANNE, TEAM, text)
    assert answer in to(TEAM, said)[0]
    assert not any(s.kind == "direct" for s in said)


async def test_not_by_a_requester(stage: Stage, dm: str) -> None:
    assert "mensen van het team" in to(dm, await stage.says(FATIMA, dm, "!ticket @kwame:test iets"))[0]


async def test_their_own_language_decides(stage: Stage) -> None:
    await stage.says(SANNE, TEAM, "!ticket @kwame:test Zijn laptop start niet meer op en hij is boos")
    await stage.says(KWAME, NEW_DM, "It does start, but the screen stays black the whole time")
    assert (await stage.ticket()).language == "en"


async def test_with_a_photo(stage: Stage) -> None:
    said = await stage.sends(
        SANNE, TEAM, body="!ticket @kwame:test Zijn printer is stuk", filename="foto.jpg"
    )
    assert "printer" in to(NEW_DM, said)[0]
    assert [s.content["url"] for s in said if s.room == TEAM and "url" in s.content] == ["mxc://test/foto"]


async def test_they_are_asked_for_which_organisation(stage: Stage) -> None:
    said = await stage.says(SANNE, TEAM, "!ticket @kwame:test Zijn laptop start niet meer op")
    assert "Voor welke organisatie" in to(NEW_DM, said)[0]
    await stage.says(KWAME, NEW_DM, "Buurtwarmte")
    assert (await stage.ticket()).organisation_id is not None
