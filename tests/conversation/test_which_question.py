"""Somebody with several questions just writes: what was said to them last decides which one is meant."""

from datetime import timedelta

import pytest

from helpdesk_bot.storage.models import Ticket
from tests.conversation.conftest import FATIMA, HELP, JORIS, KWAME, SANNE, TEAM
from tests.conversation.stage import Stage, to


@pytest.fixture
async def two(stage: Stage, helped: str) -> str:
    """Question 1, with Sanne, and question 2, with Joris."""
    await stage.says(FATIMA, helped, "!nieuw Mijn scherm is zwart")
    await stage.reacts(JORIS, TEAM, await stage.card(2), "✋")
    return helped


@pytest.fixture
async def second_done(stage: Stage, two: str) -> str:
    await stage.reacts(JORIS, TEAM, await stage.card(2), "✅")
    await stage.says(FATIMA, two, "ja")
    return two


@pytest.mark.both_databases
@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("answer", ["ja", "4", "bedankt", "nee"])
async def test_an_answer_to_the_helper_of_the_other_question(
    stage: Stage, second_done: str, answer: str, marked: bool
) -> None:
    if marked:
        await stage.says(FATIMA, second_done, "5")
    await stage.passes(timedelta(hours=3))
    await stage.replies(SANNE, TEAM, await stage.card(1), "Staat de agenda aan, en voor hoeveel mensen?")
    said = await stage.says(FATIMA, second_done, answer)
    assert to(TEAM, said) == [f"**Fatima** schrijft:\n\n{answer}".replace("**", "")]
    assert (await stage.ticket(2)).rating == (5 if marked else None)


async def test_a_yes_to_a_helper_does_not_finish_the_other_question(stage: Stage, two: str) -> None:
    await stage.reacts(JORIS, TEAM, await stage.card(2), "✅")
    await stage.passes(timedelta(hours=3))
    await stage.replies(SANNE, TEAM, await stage.card(1), "Staat de agenda aan?")
    said = await stage.says(FATIMA, two, "ja")
    assert to(two, said) == ["📎 vraag 1"]
    assert (await stage.ticket(2)).status == "solved"


async def test_a_reply_says_it_is_about_the_other_question(stage: Stage, two: str) -> None:
    said = await stage.reacts(JORIS, TEAM, await stage.card(2), "✅")
    [solved] = [s for s in said if s.room == two]
    await stage.replies(SANNE, TEAM, await stage.card(1), "Staat de agenda aan?")
    [fine] = [
        s for s in await stage.replies(FATIMA, two, solved.event_id, "ja") if s.room == two and not s.edits
    ]
    assert (await stage.ticket(2)).confirmed
    await stage.says(FATIMA, two, "!nieuw Mag ik nog iets vragen over de wiki?")
    await stage.replies(FATIMA, two, fine.event_id, "4")
    assert (await stage.ticket(2)).rating == 4


async def test_the_reminder_is_what_was_said_last(stage: Stage, second_done: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(1), "⏳")
    await stage.passes(timedelta(days=3, minutes=1))
    said = await stage.says(FATIMA, second_done, "ja")
    assert any("Fatima schrijft" in words for words in to(TEAM, said))


@pytest.mark.parametrize("unseen", ["note", "!prioriteit 2 hoog", "!onderwerp 2 Zwart scherm"])
async def test_what_the_team_does_inside_changes_nothing(stage: Stage, two: str, unseen: str) -> None:
    await stage.passes(timedelta(minutes=5))
    await stage.replies(SANNE, TEAM, await stage.card(1), "Welke agenda-app is het?")
    await stage.passes(timedelta(minutes=5))
    if unseen == "note":
        await stage.in_thread(JORIS, TEAM, await stage.card(2), "ken ik, had ik vorige week ook")
    else:
        await stage.says(JORIS, TEAM, unseen)
    said = await stage.says(FATIMA, two, "de agenda van Nextcloud")
    assert to(two, said) == ["📎 vraag 1"]
    await stage.says(FATIMA, two, "!opgelost")
    assert await _closed(stage) == [1]


async def test_a_helper_who_gives_the_other_question_back(stage: Stage, two: str) -> None:
    """It is said, but nothing was asked."""
    await stage.replies(SANNE, TEAM, await stage.card(1), "Welke agenda-app is het?")
    await stage.passes(timedelta(minutes=5))
    await stage.says(JORIS, TEAM, "!loslaten 2")
    assert to(two, await stage.says(FATIMA, two, "die van Nextcloud")) == ["📎 vraag 1"]


async def test_after_the_end_of_one_the_other_goes_on(stage: Stage, second_done: str) -> None:
    said = await stage.says(FATIMA, second_done, "De agenda van oktober is er weer, november niet")
    assert "november" in to(TEAM, said)[0]
    assert "november" not in (await stage.ticket(2)).question
    assert (await stage.ticket(1)).status == "claimed"


async def test_a_note_does_not_make_an_old_question_fresh(stage: Stage) -> None:
    await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    await stage.passes(timedelta(days=2))
    await stage.in_thread(SANNE, TEAM, await stage.card(), "wacht op inkt")
    [welcome] = to(HELP, await stage.says(KWAME, HELP, "@Helpdesk onze website is weg"))
    assert "nummer 2" in welcome


async def _closed(stage: Stage) -> list[int]:
    tickets: list[Ticket] = [await stage.ticket(1), await stage.ticket(2)]
    return [ticket.id for ticket in tickets if ticket.status == "closed"]
