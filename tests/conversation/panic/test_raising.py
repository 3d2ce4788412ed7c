"""An emergency is raised: where somebody is, about what they asked, and once."""

import pytest

from helpdesk_bot.domain.tickets import Priority
from tests.conversation.conftest import CITY, FATIMA, HELP, JORIS, KWAME, SANNE, TEAM, WEST, WIM
from tests.conversation.duty import NOORD, chat, with_duty
from tests.conversation.panic.emergency import OWN, panics, state
from tests.conversation.stage import Stage, to


@pytest.mark.parametrize(
    "text", ["!paniek we zijn gehackt", "!panic we zijn gehackt", "! Paniek: we zijn gehackt"]
)
async def test_in_a_direct_chat(duty: Stage, dm: str, text: str) -> None:
    said = await duty.says(FATIMA, dm, text)
    ticket = await duty.ticket()
    assert (ticket.question, ticket.priority) == ("we zijn gehackt", Priority.URGENT)
    words = to(dm, said)
    assert len(words) == 2  # whoever is in need reads no more than that
    assert "vraag 1 heeft nu spoed" in words[0]
    assert "Ik bel nu Sanne, die dienst heeft voor Noord" in words[0]
    assert "Eerste hulp: account gehackt" in words[1]
    assert "Is dit een **noodgeval**" not in "".join(words)
    [call] = [s for s in said if s.room == chat(SANNE)]
    assert "we zijn gehackt" in call.body
    assert call.content["msgtype"] == "m.text"
    assert call.content["m.mentions"] == {"user_ids": [SANNE]}
    assert any("Noodgeval bij vraag 1" in words for words in to(TEAM, said))
    assert any("spoed" in words for words in to(TEAM, said))
    assert not any("kun jij vraag 1 oppakken" in words for words in to(TEAM, said))  # who is called is enough


async def test_in_english(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "!language en")
    said = to(dm, await duty.says(FATIMA, dm, "!panic we have been hacked"))
    assert "I am calling Sanne now" in said[0]
    assert "First aid: account hacked" in said[1]


async def test_without_words_about_what_was_asked_just_now(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "Onze site ligt plat")
    said = to(dm, await duty.says(FATIMA, dm, "!paniek"))
    assert "vraag 1 heeft nu spoed" in said[0]
    assert "website ligt plat" in said[1]
    assert len(await panics(duty)) == 1


async def test_by_the_number_of_their_question(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "Onze site ligt plat")
    await duty.says(FATIMA, dm, "!nieuw Wie helpt met de printer?")
    said = await duty.says(FATIMA, dm, "!paniek 1")
    assert any("vraag 1 heeft nu spoed" in words for words in to(dm, said))
    assert (await duty.ticket(2)).priority == Priority.NORMAL
    assert not any("schrijft" in words for words in to(TEAM, said))


async def test_not_by_the_number_of_somebody_elses(duty: Stage, dm: str) -> None:
    await duty.says(KWAME, HELP, "!hulp Mijn mail doet het niet")
    await duty.says(FATIMA, dm, "!paniek 1")
    assert not await panics(duty)


async def test_without_any_words(duty: Stage, dm: str) -> None:
    said = to(dm, await duty.says(FATIMA, dm, "!paniek"))
    assert "Noodgeval" in (await duty.ticket()).question
    assert "Antwoord met een nummer: 1 account gehackt, 2 gegevens gelekt" in said[1]


async def test_in_a_help_room(duty: Stage) -> None:
    said = await duty.says(KWAME, HELP, "!paniek onze ledenlijst ligt op straat")
    assert any("Ik bel nu Sanne" in words for words in to(HELP, said))
    assert {s.refs["thread"] for s in said if s.room == HELP} == {duty.last}


async def test_in_a_room_of_their_own(duty: Stage) -> None:
    await duty.room(OWN, size=6)
    said = await duty.says(KWAME, OWN, "!paniek alles is weg")
    assert any("Ik bel nu Kim" in words for words in to(OWN, said))  # nobody knows the stadsdeel


async def test_by_a_colleague_in_the_same_thread_it_is_one(duty: Stage) -> None:
    await duty.room(OWN, size=6)
    await duty.says(KWAME, OWN, "!paniek alles is weg")
    root = duty.last
    said = await duty.in_thread(FATIMA, OWN, root, "!paniek en de back-up ook")
    assert len(await panics(duty)) == 1
    assert any("al aan het bellen" in words for words in to(OWN, said))
    assert any("back-up" in words for words in to(CITY, said))


async def test_a_typo(duty: Stage, dm: str) -> None:
    assert "Bedoel je !paniek?" in to(dm, await duty.says(FATIMA, dm, "!panike"))[0]
    assert not await panics(duty)


async def test_again_joins_what_goes_on(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "!paniek we zijn gehackt")
    said = await duty.says(FATIMA, dm, "!paniek nu ook onze mail")
    assert "al aan het bellen voor vraag 1" in to(dm, said)[-1]
    assert any("nu ook onze mail" in words for words in to(TEAM, said))
    assert not to(chat(JORIS), said)
    assert len(await panics(duty)) == 1
    await duty.says(SANNE, chat(SANNE), "ik kom")
    said = await duty.says(FATIMA, dm, "!paniek snel!")
    assert "Er helpt al iemand" in to(dm, said)[-1]


async def test_when_the_helper_gave_it_back_somebody_is_called_again(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "!paniek we zijn gehackt")
    await duty.says(SANNE, chat(SANNE), "ik kom")
    await duty.says(SANNE, TEAM, "!loslaten 1")
    said = await duty.says(FATIMA, dm, "!paniek help")
    assert any("Ik bel nu Sanne" in words for words in to(dm, said))


async def test_from_another_room_it_joins_as_well(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "!paniek we zijn gehackt")
    said = await duty.says(FATIMA, HELP, "!paniek help!")
    assert len(await panics(duty)) == 1
    assert any("al aan het bellen" in words for words in to(HELP, said))


async def test_by_a_helper_for_somebody_else(duty: Stage, asked: str) -> None:
    said = await duty.says(JORIS, TEAM, "!paniek 1")
    assert any("Ik bel nu Sanne" in words for words in to(asked, said))
    assert any("Ik sla alarm voor vraag 1" in words for words in to(TEAM, said))
    assert "al aan het bellen" in to(TEAM, await duty.says(JORIS, TEAM, "!paniek 1"))[0]


async def test_by_a_helper_with_the_first_aid_for_what_was_asked(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "Hoe kan het dat ik gehackt ben?")
    said = to(dm, await duty.says(JORIS, TEAM, "!paniek 1"))
    assert "Eerste hulp: account gehackt" in said[-1]


async def test_by_a_helper_as_often_as_it_takes(stage: Stage, asked: str) -> None:
    await with_duty(stage, NOORD, per_day=1)
    for _ in range(2):
        await stage.says(JORIS, TEAM, "!paniek 1")
        assert await state(stage) == "calling"
        await stage.says(SANNE, chat(SANNE), "ik kom")


async def test_not_in_a_room_of_another_team(duty: Stage, asked: str) -> None:
    await duty.says(WIM, WEST, "!paniek 1")
    assert not await panics(duty)
