"""'Is it solved?' What people answer, and what they write instead."""

from datetime import timedelta

import pytest

from tests.conversation.conftest import FATIMA, SANNE, TEAM
from tests.conversation.stage import Stage, to


@pytest.fixture
async def solved(stage: Stage, helped: str) -> str:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    return helped


@pytest.mark.parametrize(
    "yes",
    [
        "ja",
        "Ja hoor!",
        "👍",
        "👍🏽",
        "Ja 👍",
        "yes",
        "klopt",
        "Ja, het werkt weer",
        "het werkt nu weer",
        "Ja hij werkt weer",
        "yes it works again",
        "ok",
        "Super!",
        "Geweldig, fijn!",
        "Wat fijn, tot ziens!",
    ],
)
async def test_yes(stage: Stage, solved: str, yes: str) -> None:
    [fine] = to(solved, await stage.says(FATIMA, solved, yes))
    assert "cijfer" in fine
    assert (await stage.ticket()).confirmed


@pytest.mark.parametrize(
    "thanks",
    [
        "Bedankt!",
        "Ja, super bedankt Sanne",
        "Dankjewel voor je hulp",
        "ja het werkt weer, heel erg bedankt!",
    ],
)
async def test_yes_and_thanks_in_one(stage: Stage, solved: str, thanks: str) -> None:
    said = await stage.says(FATIMA, solved, thanks)
    [fine] = to(solved, said)
    assert "bedankje" in fine
    assert any(thanks in words for words in to(TEAM, said))
    assert (await stage.ticket()).confirmed


@pytest.mark.parametrize("no", ["nee", "Nee, nog niet", "👎", "helaas niet", "no"])
async def test_no(stage: Stage, solved: str, no: str) -> None:
    [open_again] = to(solved, await stage.says(FATIMA, solved, no))
    assert "weer open" in open_again
    assert "Sanne" in open_again
    assert (await stage.ticket()).status == "claimed"


@pytest.mark.parametrize(
    "text",
    [
        "Bedankt maar het werkt niet",
        "👍 maar de printer doet het nog niet",
        "👎 nu zegt hij foutmelding 5",
        "ja en hoe zet ik de scanner aan?",
        "hulp!",
        "mooi niet",
        "fijn, maar nu is het geluid weg",
        "werkt het nu?",
        "nee bedankt",
        "alvast bedankt",
        "Ja, bijna. Alleen de agenda van Joris nog.",
    ],
)
async def test_anything_else_reaches_the_helper(stage: Stage, solved: str, text: str) -> None:
    said = await stage.says(FATIMA, solved, text)
    assert (await stage.ticket()).status == "claimed"
    assert any(text in words for words in to(TEAM, said))


@pytest.mark.parametrize(
    ("key", "status"), [("👍", "closed"), ("👍🏿", "closed"), ("❤️", "closed"), ("👎", "claimed")]
)
async def test_by_reaction(stage: Stage, solved: str, key: str, status: str) -> None:
    question = next(s for s in reversed(stage.sent) if "Klopt dat" in s.body)
    await stage.reacts(FATIMA, solved, question.event_id, key)
    assert (await stage.ticket()).status == status


async def test_a_reaction_to_the_reminder(stage: Stage, solved: str) -> None:
    [still] = [s for s in await stage.passes(timedelta(days=3, minutes=1)) if s.room == solved]
    await stage.reacts(FATIMA, solved, still.event_id, "👍")
    assert (await stage.ticket()).confirmed


async def test_a_photo_is_no_yes(stage: Stage, solved: str) -> None:
    said = await stage.sends(FATIMA, solved)
    assert (await stage.ticket()).status == "claimed"
    assert any(s.room == TEAM and s.content.get("msgtype") == "m.image" for s in said)


async def test_the_answer_is_about_what_was_just_asked(stage: Stage, solved: str) -> None:
    """Also while an older question of the same person is still open."""
    await stage.says(FATIMA, solved, "!nieuw Mijn scherm is zwart")
    await stage.passes(timedelta(minutes=1))
    await stage.reacts(SANNE, TEAM, await stage.card(2), "✋")
    await stage.reacts(SANNE, TEAM, await stage.card(2), "✅")
    await stage.says(FATIMA, solved, "ja")
    assert (await stage.ticket(2)).confirmed
    assert not (await stage.ticket(1)).confirmed
