"""Whoever is called says that they come, or that they do not, and the others hear it."""

import pytest

from tests.conversation.conftest import CITY, FATIMA, HELP, JORIS, KWAME, SANNE, TEAM, WIM
from tests.conversation.duty import KIM, chat
from tests.conversation.panic.emergency import HOUR, PATIENCE, call_to, called, state
from tests.conversation.stage import Stage, to


@pytest.mark.parametrize(
    "text", ["ik kom", "Ik kom eraan!", "ok", "ja", "on it", "✋", "!ik-kom", "!ack", "!ik-kom 1"]
)
async def test_by_words(duty: Stage, ringing: str, text: str) -> None:
    said = await duty.says(SANNE, chat(SANNE), text)
    [told] = to(ringing, said)
    assert "Sanne heeft het gezien en helpt je nu." in told
    assert any(word in to(chat(SANNE), said)[-1] for word in ("vraag 1 is van jou", "question 1 is yours"))
    assert (await duty.ticket()).assignee == SANNE
    assert await state(duty) == "answered"
    assert not await duty.passes(HOUR)


@pytest.mark.parametrize(
    "text",
    [
        "Ja ik kom er zo aan",
        "ik ben er over 10 minuten",
        "Ik kom zo!",
        "yes on my way!",
        "be right there",
        "Komt goed",
    ],
)
async def test_in_their_own_words(duty: Stage, ringing: str, text: str) -> None:
    await duty.says(SANNE, chat(SANNE), text)
    assert (await duty.ticket()).assignee == SANNE


@pytest.mark.parametrize(
    "text",
    [
        "ik kan nu niet, ben op mijn werk",
        "Sorry, ik kan even niet",
        "ik slaap",
        "kom niet",
        "Can't come, sorry",
        "bel iemand anders",
    ],
)
async def test_that_they_can_not_in_their_own_words(duty: Stage, ringing: str, text: str) -> None:
    said = await duty.says(SANNE, chat(SANNE), text)
    assert "Ik bel nu Joris" in to(ringing, said)[0]


@pytest.mark.parametrize(
    "text",
    [
        "ik kom er niet uit met mijn agenda",
        "Ik kan niet inloggen in mijn agenda",
        "Kom je morgen?",
        "ik kijk er morgen naar",
    ],
)
async def test_what_is_neither(duty: Stage, ringing: str, text: str) -> None:
    await duty.says(SANNE, chat(SANNE), text)
    assert await called(duty) == [(SANNE, None)]


@pytest.mark.parametrize("key", ["✋", "👍", "✅", "👍🏿"])
async def test_by_a_reaction(duty: Stage, ringing: str, key: str) -> None:
    await duty.reacts(SANNE, chat(SANNE), call_to(SANNE, duty.sent), key)
    assert (await duty.ticket()).assignee == SANNE


async def test_a_reaction_that_says_no(duty: Stage, ringing: str) -> None:
    said = await duty.reacts(SANNE, chat(SANNE), call_to(SANNE, duty.sent), "👎")
    assert "Ik bel nu Joris" in to(ringing, said)[0]


@pytest.mark.both_databases
async def test_two_at_once(duty: Stage, ringing: str) -> None:
    said = await duty.passes(PATIENCE)
    joris = call_to(JORIS, said)
    await duty.says(SANNE, chat(SANNE), "ik kom")  # late, and still the first
    said = await duty.reacts(JORIS, chat(JORIS), joris, "✋")
    assert "al van Sanne" in to(chat(JORIS), said)[0]
    assert not to(ringing, said)
    assert await called(duty) == [(SANNE, "came"), (JORIS, "off")]


async def test_the_others_are_told(duty: Stage, ringing: str) -> None:
    await duty.passes(PATIENCE)
    said = await duty.says(JORIS, chat(JORIS), "ik kom")
    assert "Je hoeft niet meer te komen voor vraag 1: Joris helpt" in to(chat(SANNE), said)[0]


async def test_from_another_team_the_question_goes_where_they_are(duty: Stage, ringing: str) -> None:
    await duty.passes(PATIENCE)
    await duty.passes(PATIENCE)
    said = await duty.says(KIM, chat(KIM), "ik kom")
    ticket = await duty.ticket()
    assert (ticket.assignee, ticket.team_room, ticket.lent_to) == (KIM, CITY, CITY)
    assert "Kim heeft het gezien" in to(ringing, said)[0]
    assert any("we zijn gehackt" in words for words in to(CITY, said))
    answer = await duty.replies(KIM, CITY, await duty.card(), "Ik ben er, wat zie je?")
    assert "wat zie je" in to(ringing, answer)[0]


async def test_in_the_rota_and_no_helper_any_more(duty: Stage, ringing: str) -> None:
    await duty.join(TEAM, SANNE, membership="leave")
    said = await duty.says(SANNE, chat(SANNE), "ik kom")
    assert not to(ringing, said)
    assert (await duty.ticket()).assignee is None
    assert "Alleen" in to(chat(SANNE), said)[0]


async def test_after_everybody_was_called_it_can_still_be_answered(duty: Stage, ringing: str) -> None:
    for _ in range(6):
        await duty.passes(PATIENCE)
    said = await duty.says(SANNE, chat(SANNE), "!ik-kom")
    assert "Sanne heeft het gezien" in to(ringing, said)[0]


async def test_a_question_of_their_own_is_not_lost(duty: Stage, ringing: str) -> None:
    said = await duty.says(SANNE, chat(SANNE), "Hoe zet ik mijn eigen agenda over?")
    assert "nummer 2" in to(chat(SANNE), said)[0] or "vraag 2" in to(chat(SANNE), said)[0]
    assert (await duty.ticket()).assignee is None


async def test_too_late_is_said_and_is_no_question(duty: Stage, ringing: str) -> None:
    await duty.reacts(JORIS, TEAM, await duty.card(), "✋")
    said = await duty.says(SANNE, chat(SANNE), "ik kom")
    assert "al van Joris" in to(chat(SANNE), said)[0]
    for polite in ("ok", "Top, bedankt!", "👍"):
        assert not await duty.says(SANNE, chat(SANNE), polite)
    said = await duty.says(SANNE, chat(SANNE), "Mijn agenda is leeg, kan iemand kijken?")
    assert "vraag 2" in to(chat(SANNE), said)[0] or "nummer 2" in to(chat(SANNE), said)[0]


async def test_an_answer_to_who_waits_is_coming_too(duty: Stage, helped: str) -> None:
    await duty.says(FATIMA, helped, "!paniek het wordt erger")
    await duty.passes(PATIENCE)
    said = await duty.replies(SANNE, TEAM, await duty.card(), "Ik ben er, blijf rustig")
    assert "Je hoeft niet meer te komen" in to(chat(JORIS), said)[0]
    assert await state(duty) == "answered"


async def test_a_reply_that_is_not_clear(duty: Stage, ringing: str) -> None:
    call = call_to(SANNE, duty.sent)
    said = await duty.replies(SANNE, chat(SANNE), call, "Wat is er aan de hand?")
    assert "Kom je?" in to(chat(SANNE), said)[0]


@pytest.mark.parametrize("who", [KWAME, WIM])
async def test_not_by_others(duty: Stage, ringing: str, who: str) -> None:
    room = await duty.direct(who)
    await duty.says(who, room, "!ik-kom 1")
    assert (await duty.ticket()).assignee is None


async def test_a_helper_of_the_team_who_was_not_called(duty: Stage, ringing: str) -> None:
    await duty.says(JORIS, TEAM, "!ik-kom 1")
    assert (await duty.ticket()).assignee == JORIS


async def test_nothing_to_come_for(duty: Stage) -> None:
    assert "geen noodgeval" in to(TEAM, await duty.says(SANNE, TEAM, "!ik-kom"))[0]


async def test_of_two_emergencies_the_one_that_is_replied_to(duty: Stage, ringing: str) -> None:
    first = call_to(SANNE, duty.sent)
    await duty.says(KWAME, HELP, "!paniek alles is weg")
    await duty.replies(SANNE, chat(SANNE), first, "ik kom")
    assert [(await duty.ticket(n)).assignee for n in (1, 2)] == [SANNE, None]
    await duty.says(SANNE, chat(SANNE), "ik kom")
    assert (await duty.ticket(2)).assignee == SANNE


async def test_whoever_helps_already_says_that_they_come(duty: Stage, helped: str) -> None:
    await duty.says(FATIMA, helped, "!paniek het wordt erger")
    said = await duty.says(SANNE, chat(SANNE), "ik kom")
    assert "Sanne heeft het gezien" in to(helped, said)[0]
    assert await state(duty) == "answered"
