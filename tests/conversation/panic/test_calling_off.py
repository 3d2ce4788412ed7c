"""What ends the calling before anybody has come, and what does not."""

import pytest

from tests.conversation.conftest import FATIMA, JORIS, KWAME, SANNE, TEAM
from tests.conversation.duty import chat
from tests.conversation.panic.emergency import HOUR, OWN, call_to, called, state
from tests.conversation.stage import Stage, redacted, to


@pytest.mark.parametrize(
    "text", ["Vals alarm!", "laat maar", "Het is opgelost, dank je!", "nee toch niet nodig"]
)
async def test_a_false_alarm(duty: Stage, ringing: str, text: str) -> None:
    said = await duty.says(FATIMA, ringing, text)
    assert "ik bel niemand meer" in to(ringing, said)[0]
    assert "Je hoeft niet meer te komen" in to(chat(SANNE), said)[0]
    assert any(text in words for words in to(TEAM, said))
    assert any("kun jij vraag 1 oppakken" in words for words in to(TEAM, said))  # it is still a question
    assert await state(duty) == "over"


@pytest.mark.parametrize("text", ["het is nog niet opgelost", "Is het opgelost?", "laat maar iemand komen"])
async def test_no_false_alarm(duty: Stage, ringing: str, text: str) -> None:
    await duty.says(FATIMA, ringing, text)
    assert await state(duty) == "calling"


async def test_what_was_asked_and_is_deleted_goes_from_the_calls_too(duty: Stage, dm: str) -> None:
    said = await duty.says(FATIMA, dm, "!paniek we zijn gehackt")
    call = call_to(SANNE, said)
    said = await duty.deletes(FATIMA, dm, duty.last)
    assert call in redacted(said)
    again = call_to(SANNE, said)
    assert not any("gehackt" in words for words in to(chat(SANNE), said) if "account gehackt" not in words)
    await duty.reacts(SANNE, chat(SANNE), again, "✋")
    assert (await duty.ticket()).assignee == SANNE


async def test_what_others_say_calls_nothing_off(duty: Stage) -> None:
    await duty.room(OWN, size=6)
    await duty.says(KWAME, OWN, "!paniek alles is weg")
    await duty.in_thread(FATIMA, OWN, duty.last, "laat maar")
    assert await state(duty) == "calling"


async def test_somebody_takes_the_question_by_the_card(duty: Stage, ringing: str) -> None:
    said = await duty.reacts(JORIS, TEAM, await duty.card(), "✋")
    assert "Joris heeft het gezien en helpt je nu" in to(ringing, said)[0]
    assert "Je hoeft niet meer te komen" in to(chat(SANNE), said)[0]
    assert not await duty.passes(HOUR)
    assert await called(duty) == [(SANNE, "off")]


async def test_called_off_when_it_is_solved(duty: Stage, ringing: str) -> None:
    said = await duty.says(FATIMA, ringing, "!opgelost")
    assert "geen hulp meer nodig" in to(chat(SANNE), said)[0]
    assert await state(duty) == "over"
    assert not [words for words in to(ringing, await duty.passes(HOUR)) if "bel" in words]
    assert "is voorbij" in to(chat(SANNE), await duty.says(SANNE, chat(SANNE), "!ik-kom 1"))[0]
