"""A question to the others in a help room: one gentle offer, and a hand or a word makes the question of it."""

from datetime import timedelta
from typing import Any

import pytest

from helpdesk_bot.actions.context import Setting
from helpdesk_bot.chat.dispatch import Worker
from helpdesk_bot.chat.router import explain, handle
from helpdesk_bot.storage import inbox, offers
from tests.conversation.conftest import FATIMA, HELP, KWAME, SANNE, TEAM
from tests.conversation.stage import BOT, CONFIG, LAYOUT, TEXTS, Said, Stage, to

QUESTION = "Weet iemand waarom mijn scherm zwart blijft?"
OWN = "!buurtwarmte:test"


async def offered(stage: Stage, text: str = QUESTION) -> tuple[str, Said]:
    """Kwame asks the others; returns his message and the offer."""
    [offer] = await stage.says(KWAME, HELP, text)
    assert "Wil je dat een helper" in offer.body
    return stage.last, offer


async def test_below_the_message_and_without_noise(stage: Stage) -> None:
    asked, offer = await offered(stage)
    assert offer.refs["thread"] == asked
    assert offer.content["msgtype"] == "m.notice"
    assert not offer.content["m.mentions"]


@pytest.mark.both_databases
@pytest.mark.parametrize("key", ["✋", "🙋‍♀️", "👍"])
async def test_a_hand(stage: Stage, key: str) -> None:
    asked, offer = await offered(stage)
    said = await stage.reacts(KWAME, HELP, offer.event_id, key)
    [welcome] = [s for s in said if s.room == HELP]
    assert "nummer 1" in welcome.body
    assert welcome.refs["thread"] == asked
    assert QUESTION in to(TEAM, said)[0]
    ticket = await stage.ticket()
    assert (ticket.requester, ticket.root_event, ticket.question) == (KWAME, asked, QUESTION)
    assert not await stage.reacts(KWAME, HELP, offer.event_id, "🖐")


@pytest.mark.parametrize("text", ["!hulp", "!help", "ja graag", "ja", "graag!"])
async def test_words_in_the_thread(stage: Stage, text: str) -> None:
    asked, _ = await offered(stage)
    said = await stage.in_thread(KWAME, HELP, asked, text)
    assert "nummer 1" in to(HELP, said)[0]
    assert (await stage.ticket()).question == QUESTION
    assert [QUESTION in words for words in to(TEAM, said)] == [True, False]  # the card, and who is asked


@pytest.mark.parametrize("text", ["!hulp", "! hulp"])
async def test_the_command_in_the_room(stage: Stage, text: str) -> None:
    await offered(stage)
    assert "nummer 1" in to(HELP, await stage.says(KWAME, HELP, text))[0]
    assert (await stage.ticket()).question == QUESTION


async def test_more_words_go_along(stage: Stage) -> None:
    _, offer = await offered(stage)
    said = await stage.replies(KWAME, HELP, offer.event_id, "Graag, het is een oude Samsung")
    assert "nummer 1" in to(HELP, said)[0]
    card, more, _ = to(TEAM, said)
    assert QUESTION in card
    assert "oude Samsung" in more


async def test_more_words_behind_the_command(stage: Stage) -> None:
    asked, _ = await offered(stage)
    said = await stage.in_thread(KWAME, HELP, asked, "!hulp het is een oude Samsung")
    card, more, _ = to(TEAM, said)
    assert QUESTION in card
    assert "oude Samsung" in more


async def test_the_command_with_something_else_is_something_else(stage: Stage) -> None:
    await offered(stage)
    await stage.says(KWAME, HELP, "!hulp mijn muis is weg")
    assert (await stage.ticket()).question == "mijn muis is weg"


async def test_a_question_to_the_helpdesk_is_one_of_its_own(stage: Stage) -> None:
    await offered(stage)
    await stage.says(KWAME, HELP, "@Helpdesk mijn muis is weg")
    assert (await stage.ticket()).question == "mijn muis is weg"


async def test_no(stage: Stage) -> None:
    asked, _ = await offered(stage)
    assert not await stage.in_thread(KWAME, HELP, asked, "nee")
    assert "In deze kamer" in to(HELP, await stage.says(KWAME, HELP, "!hulp"))[0]


async def test_people_talk_on(stage: Stage) -> None:
    asked, offer = await offered(stage)
    assert not await stage.in_thread(FATIMA, HELP, asked, "heb je de stekker bekeken?")
    assert not await stage.in_thread(KWAME, HELP, asked, "o wacht, die was los")
    assert not await stage.says(KWAME, HELP, "ja")
    assert not await stage.reacts(FATIMA, HELP, offer.event_id, "✋")


async def test_once_a_month(stage: Stage) -> None:
    await offered(stage)
    await stage.passes(timedelta(days=29))
    assert not await stage.says(KWAME, HELP, QUESTION)
    await stage.passes(timedelta(days=2))
    await offered(stage)


async def test_forgotten_after_a_day(stage: Stage) -> None:
    asked, offer = await offered(stage)
    stage.now += timedelta(days=1, minutes=1)
    async with stage.db.transaction() as session:
        await offers.end_old(session, stage.now)
    async with stage.db.reading() as session:
        event = await inbox.event(session, asked)
        assert event is not None
        assert event.content is None
    [late] = to(HELP, await stage.reacts(KWAME, HELP, offer.event_id, "✋"))
    assert late.startswith("kwame: ")
    assert "Schrijf !hulp" in late


async def test_deleted(stage: Stage) -> None:
    asked, _ = await offered(stage)
    assert not await stage.deletes(KWAME, HELP, asked)
    assert "In deze kamer" in to(HELP, await stage.says(KWAME, HELP, "!hulp"))[0]


async def test_corrected(stage: Stage) -> None:
    asked, offer = await offered(stage)
    assert not await stage.edits(KWAME, HELP, asked, "Weet iemand waarom mijn scherm wit blijft?")
    assert not await stage.edits(FATIMA, HELP, asked, "Weet iemand waarom mijn scherm roze blijft?")
    await stage.reacts(KWAME, HELP, offer.event_id, "✋")
    assert "wit" in (await stage.ticket()).question


async def test_corrected_into_a_question_for_the_helpdesk(stage: Stage) -> None:
    asked, offer = await offered(stage)
    said = await stage.edits(KWAME, HELP, asked, f"@Helpdesk {QUESTION}")
    assert "nummer 1" in to(HELP, said)[0]
    assert not await stage.reacts(KWAME, HELP, offer.event_id, "✋")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mijn wifi doet raar. Wat kan ik doen?", "Wil je dat een helper"),
        ("Hoi, onze website werkt niet meer", "Wil je dat een helper"),
        ("Kan iemand mij helpen met de nieuwsbrief?", "Wil je dat een helper"),
        ("Hello, my printer doesn't work anymore", "Would you like a helper"),
    ],
)
async def test_below_what_asks_for_help_in_their_language(stage: Stage, text: str, words: str) -> None:
    assert words in to(HELP, await stage.says(KWAME, HELP, text))[0]


@pytest.mark.parametrize(
    "text",
    [
        "Goedemorgen allemaal",
        "Wie gaat er mee naar de markt?",
        "Ik kom morgen wat later.",
        "Alles goed?",
        "Kijk hier eens: https://voorbeeld.nl/?q=mijn",
    ],
)
async def test_not_below_what_asks_nothing(stage: Stage, text: str) -> None:
    assert not await stage.says(KWAME, HELP, text)


@pytest.mark.parametrize(
    "content",
    [
        {"m.mentions": {"user_ids": [FATIMA]}},
        {"m.relates_to": {"m.in_reply_to": {"event_id": "$iets"}}},
        {"m.relates_to": {"rel_type": "m.thread", "event_id": "$iets"}},
    ],
)
async def test_not_between_people(stage: Stage, content: dict[str, Any]) -> None:
    assert not await stage.says(KWAME, HELP, QUESTION, **content)


async def test_not_to_helpers_and_not_elsewhere(stage: Stage) -> None:
    assert not await stage.says(SANNE, HELP, QUESTION)
    await stage.room(OWN, size=9)
    await stage.join(OWN, KWAME, BOT)
    assert not await stage.says(KWAME, OWN, QUESTION)


async def test_not_when_a_helpdesk_does_not_want_it(stage: Stage) -> None:
    asking = CONFIG.asking.model_copy(update={"offer_help": False})
    stage.setting = Setting(CONFIG.model_copy(update={"asking": asking}), LAYOUT, TEXTS)
    stage.worker = Worker(stage.db, stage.setting, lambda: stage.now, handle, explain, lambda: None)
    assert not await stage.says(KWAME, HELP, QUESTION)
