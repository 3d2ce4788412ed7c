"""Words that sound like an emergency are asked about, and only a clear yes calls anybody."""

import pytest

from helpdesk_bot.domain.tickets import Priority
from tests.conversation.conftest import FATIMA, JORIS, TEAM
from tests.conversation.duty import with_duty
from tests.conversation.panic.emergency import HOUR, MINUTE, panics, state
from tests.conversation.stage import Stage, to


@pytest.mark.parametrize(
    "text",
    [
        "Ik ben gehackt!",
        "Spoed: de mail doet het niet",
        "Help, onze ledenlijst is gelekt",
        "we have been hacked",
    ],
)
async def test_are_asked_about(duty: Stage, dm: str, text: str) -> None:
    said = to(dm, await duty.says(FATIMA, dm, text))
    assert len(said) == 1
    assert "vraag 1" in said[0] or "question 1" in said[0]
    assert "noodgeval" in said[0] or "emergency" in said[0]
    assert not await panics(duty)
    assert (await duty.ticket()).priority == Priority.NORMAL


@pytest.mark.parametrize(
    "text",
    ["De mail doet het niet, maar geen spoed", "Is er een cursus tegen gehackt worden?", "niet dringend"],
)
async def test_not_when_they_are_taken_back(duty: Stage, dm: str, text: str) -> None:
    assert len(to(dm, await duty.says(FATIMA, dm, text))) == 1


@pytest.mark.parametrize("text", ["ja", "Ja, snel alsjeblieft!", "ja we kunnen nergens meer in", "yes"])
async def test_yes_calls(duty: Stage, dm: str, text: str) -> None:
    await duty.says(FATIMA, dm, "Ik ben gehackt!")
    said = await duty.says(FATIMA, dm, text)
    assert any("Ik bel nu Sanne" in words for words in to(dm, said))
    assert await state(duty) == "calling"


async def test_a_thumb_calls(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "Ik ben gehackt!")
    confirm = next(s.event_id for s in duty.sent if "Antwoord ja of nee" in s.body)
    await duty.reacts(FATIMA, dm, confirm, "👍🏽")
    assert await state(duty) == "calling"


@pytest.mark.parametrize("text", ["nee", "Nee hoor", "nee, het kan wachten", "nee, maar vandaag graag", "no"])
async def test_no_changes_nothing(duty: Stage, dm: str, text: str) -> None:
    await duty.says(FATIMA, dm, "Spoed: de printer")
    assert any("ik bel niemand" in words for words in to(dm, await duty.says(FATIMA, dm, text)))
    assert not await panics(duty)
    assert (await duty.ticket()).priority == Priority.NORMAL
    await duty.says(FATIMA, dm, "ja")
    assert not await panics(duty)


@pytest.mark.parametrize(
    "text", ["ja maar het hoeft niet vannacht", "misschien", "wat bedoel je?", "het werkt weer", "ok"]
)
async def test_nothing_clear_calls_nobody_and_is_not_lost(duty: Stage, dm: str, text: str) -> None:
    await duty.says(FATIMA, dm, "Spoed: de printer")
    said = await duty.says(FATIMA, dm, text)
    assert not await panics(duty)
    assert any(text in words for words in to(TEAM, said))


async def test_without_an_answer_it_goes_on_as_it_would(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "Ik ben gehackt!")
    await duty.passes(2 * HOUR)
    await duty.says(FATIMA, dm, "ja")  # about something else by now
    assert not await panics(duty)
    assert (await duty.ticket()).card is not None


async def test_what_a_helper_asks_is_not_answered_with_an_alarm(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "Ik ben gehackt!")
    await duty.replies(JORIS, TEAM, await duty.card(), "Heb je je wachtwoord veranderd?")
    await duty.says(FATIMA, dm, "ja")
    assert not await panics(duty)


async def test_the_rest_is_asked_after_no(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "Spoed: de printer")
    [words] = to(dm, await duty.says(FATIMA, dm, "nee"))
    assert "ik bel niemand" in words
    assert "Voor welke organisatie" in words
    assert not [words for words in to(dm, await duty.passes(HOUR)) if "organisatie" in words]


async def test_the_rest_is_asked_when_they_say_nothing(stage: Stage, dm: str) -> None:
    [words] = to(dm, await stage.says(FATIMA, dm, "Ik ben gehackt!"))
    assert "stadsdeel" not in words
    [words] = to(dm, await stage.passes(3 * MINUTE))
    assert "In welk stadsdeel" in words
    assert await stage.passes(10 * MINUTE)
    assert (await stage.ticket()).card is not None


async def test_a_number_says_which_first_aid_and_a_name_where(stage: Stage, dm: str) -> None:
    await with_duty(stage)
    await stage.says(FATIMA, dm, "Spoed! Help!")
    said = await stage.says(FATIMA, dm, "ja")
    assert "Schrijf de naam: Noord, West, Nieuw-West" in to(dm, said)[1]
    await stage.says(FATIMA, dm, "3")
    assert (await stage.ticket()).stadsdeel is None
    said = await stage.says(FATIMA, dm, "Noord")
    assert "Dank je. Vraag 1 is nu bij het team van Noord." in to(dm, said)[0]
    assert any("Noodgeval bij vraag 1" in words for words in to(TEAM, said))
    assert not any("organisatie" in words for words in to(dm, await stage.passes(HOUR)))


async def test_asked_once_about_a_question(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "Ik ben gehackt!")
    assert not any("noodgeval" in words for words in to(dm, await duty.says(FATIMA, dm, "echt gehackt hoor")))


async def test_asked_later_in_the_conversation_too(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "De mail doet raar")
    said = to(dm, await duty.says(FATIMA, dm, "Ik denk dat ik gehackt ben, dit is een noodgeval"))
    assert any("Antwoord ja of nee" in words for words in said)
    said = to(dm, await duty.says(FATIMA, dm, "ja"))
    assert "Eerste hulp: account gehackt" in said[-1]
