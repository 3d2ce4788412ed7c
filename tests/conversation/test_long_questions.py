"""A card has room for the beginning of a question; the whole of it stands in the thread."""

from tests.conversation.conftest import FATIMA, SANNE, TEAM, WEST
from tests.conversation.stage import Said, Stage, edits_in, to

LONG = "Begin van het verhaal. " + "bla " * 300 + "HET EINDE"


def whole(room: str, said: list[Said]) -> list[Said]:
    return [s for s in said if s.room == room and "HET EINDE" in s.body]


async def test_it_is_whole_in_the_thread(stage: Stage, asked: str) -> None:
    [copy] = whole(TEAM, await stage.says(FATIMA, asked, f"!nieuw {LONG}"))
    assert copy.refs["thread"] == await stage.card(2)


async def test_in_the_thread_of_every_team(stage: Stage, asked: str) -> None:
    await stage.says(FATIMA, asked, f"!nieuw {LONG}")
    [copy] = whole(WEST, await stage.says(SANNE, TEAM, "!stadsdeel 2 West"))
    assert copy.refs["thread"] == await stage.card(2)


async def test_a_short_one_stands_on_the_card_alone(stage: Stage, asked: str) -> None:
    said = await stage.says(FATIMA, asked, "!nieuw Mijn scherm is zwart")
    assert len([words for words in to(TEAM, said) if "zwart" in words]) == 1


async def test_it_became_long_later(stage: Stage, asked: str) -> None:
    await stage.says(FATIMA, asked, "!nieuw Begin van het verhaal.")
    question = stage.last
    [copy] = whole(TEAM, await stage.edits(FATIMA, asked, question, f"!nieuw {LONG}"))
    assert copy.refs["thread"] == await stage.card(2)
    said = await stage.edits(FATIMA, asked, question, f"!nieuw {LONG}!")
    assert not [s for s in whole(TEAM, said) if not s.edits]
    assert any("HET EINDE!" in words for words in edits_in(TEAM, said))
