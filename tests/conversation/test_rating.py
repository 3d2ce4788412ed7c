"""How it went: what people answer, and what they write instead."""

import pytest

from tests.conversation.conftest import FATIMA, SANNE, TEAM
from tests.conversation.stage import Stage, to


@pytest.fixture
async def done(stage: Stage, helped: str) -> str:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    await stage.says(FATIMA, helped, "ja")
    return helped


@pytest.mark.parametrize(
    ("answer", "stars"),
    [
        ("5", 5),
        ("4/5", 4),
        ("3 sterren", 3),
        ("⭐⭐", 2),
        ("1 star", 1),
        ("5!", 5),
        ("een 5", 5),
        ("een dikke vijf van mij, Sanne", 5),
        ("4 van de 5", 4),
        ("vier sterren", 4),
        ("5️⃣", 5),
    ],
)
async def test_a_mark(stage: Stage, done: str, answer: str, stars: int) -> None:
    said = await stage.says(FATIMA, done, answer)
    assert len(to(done, said)) == 1
    assert f"een {stars} van de 5" in to(TEAM, said)[0]
    assert (await stage.ticket()).rating == stars


async def test_a_mark_and_thanks(stage: Stage, done: str) -> None:
    await stage.says(FATIMA, done, "5")
    said = await stage.says(FATIMA, done, "Dankjewel!")
    assert "Dankjewel!" in to(TEAM, said)[0]
    assert SANNE in next(s for s in said if s.room == TEAM).content["m.mentions"]["user_ids"]


async def test_a_mark_by_reaction(stage: Stage, done: str) -> None:
    question = next(s for s in reversed(stage.sent) if "cijfer" in s.body)
    await stage.reacts(FATIMA, done, question.event_id, "4️⃣")
    assert (await stage.ticket()).rating == 4


@pytest.mark.parametrize("text", ["5, bedankt!", "Dankjewel Sanne, een 5"])
async def test_a_mark_and_thanks_in_one(stage: Stage, done: str, text: str) -> None:
    said = await stage.says(FATIMA, done, text)
    assert len(to(done, said)) == 1
    mark, thanks = to(TEAM, said)
    assert "een 5 van de 5" in mark
    assert text in thanks


async def test_thanks_and_then_a_mark(stage: Stage, done: str) -> None:
    await stage.says(FATIMA, done, "Oké dankjewel en een fijne dag")
    await stage.says(FATIMA, done, "5")
    assert (await stage.ticket()).rating == 5


@pytest.mark.parametrize(
    "text",
    ["Top 👍", "Super!", "Wat fijn!", "Fijne dag nog!", "tot ziens", "Great!", "graag gedaan", "🌻🙏"],
)
async def test_a_last_nod_is_no_new_question(stage: Stage, done: str, text: str) -> None:
    assert not await stage.says(FATIMA, done, text)


@pytest.mark.parametrize("text", ["8", "een 8", "8/10", "4,5", "0", "tien"])
async def test_another_number_is_no_new_question(stage: Stage, done: str, text: str) -> None:
    [which] = to(done, await stage.says(FATIMA, done, text))
    assert "1 tot 5" in which


@pytest.mark.parametrize(
    "text", ["5 mensen kunnen niet inloggen", "0612345678", "fijn, maar nu is het geluid weg", "5?"]
)
async def test_what_says_more_is_a_new_question(stage: Stage, done: str, text: str) -> None:
    assert "nummer 2" in to(done, await stage.says(FATIMA, done, text))[0]
    assert (await stage.ticket()).rating is None


async def test_rather_not(stage: Stage, done: str) -> None:
    said = await stage.says(FATIMA, done, "Nee, bedankt")
    [fine] = [s for s in said if s.room == done]
    assert "Dat is goed" in fine.body
    await stage.replies(FATIMA, done, fine.event_id, "nee")
    assert (await stage.ticket()).status == "claimed"


async def test_a_number_with_the_next_question_is_no_mark(stage: Stage, done: str) -> None:
    await stage.says(FATIMA, done, "Hoeveel mensen mogen er in onze groep?")
    await stage.says(FATIMA, done, "5")
    assert (await stage.ticket()).rating is None


async def test_by_command_the_finished_one_is_meant(stage: Stage, done: str) -> None:
    await stage.says(FATIMA, done, "Hoeveel mensen mogen er in onze groep?")
    await stage.says(FATIMA, done, "!cijfer 4")
    assert (await stage.ticket(1)).rating == 4
    said = await stage.says(FATIMA, done, "!bedankt je hebt me enorm geholpen")
    assert "enorm geholpen" in to(TEAM, said)[0]


async def test_more_is_not_better(stage: Stage, done: str) -> None:
    [which] = to(done, await stage.says(FATIMA, done, "!cijfer 11"))
    assert "1 tot 5" in which
