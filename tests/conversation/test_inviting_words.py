"""Whoever is invited to write is heard, also in a room where others write."""

from datetime import timedelta

import pytest

from tests.conversation.conftest import FATIMA, HELP, KWAME, SANNE, TEAM
from tests.conversation.stage import BOT, Said, Stage, to

OWN = "!buurtwarmte:test"
HOW = "Gebruik Beantwoorden op dit bericht"


@pytest.fixture
async def own(stage: Stage) -> str:
    """Kwame's question in a room of his organisation's own, which is with the team."""
    await stage.room(OWN, size=12)
    await stage.join(OWN, FATIMA, KWAME, BOT)
    await stage.says(KWAME, OWN, "!hulp onze wiki is traag")
    await stage.says(KWAME, OWN, "Noord")
    return OWN


async def heard(stage: Stage, room: str, text: str) -> bool:
    return any(text in words for words in to(TEAM, await stage.says(KWAME, room, text)))


def shared(said: list[Said], words: str) -> Said:
    """The message with these words; it says how an answer always arrives."""
    [found] = [s for s in said if s.room == OWN and words in s.body]
    assert HOW in found.body
    return found


async def test_when_somebody_helps_hours_later(stage: Stage, own: str) -> None:
    await stage.passes(timedelta(hours=5))
    shared(await stage.reacts(SANNE, TEAM, await stage.card(), "✋"), "Sanne helpt je")
    assert await heard(stage, own, "fijn, het gaat om de pagina met recepten")


async def test_until_somebody_else_writes(stage: Stage, own: str) -> None:
    await stage.passes(timedelta(hours=5))
    said = await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    await stage.says(FATIMA, own, "Wie zet er koffie?")
    assert not await stage.says(KWAME, own, "Ik!")
    told = shared(said, "Sanne helpt je")
    assert to(TEAM, await stage.replies(KWAME, own, told.event_id, "het gaat om de recepten"))


@pytest.mark.parametrize(
    ("days", "words"), [((3,), "herinnering"), ((3, 4), "sluiten we"), ((3, 4, 3), "nu gesloten")]
)
async def test_after_a_reminder_a_warning_and_the_end(
    stage: Stage, own: str, days: tuple[int, ...], words: str
) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
    said: list[Said] = []
    for day in days:
        said = await stage.passes(timedelta(days=day, minutes=1))
    shared(said, words)
    assert await heard(stage, own, "ik was op vakantie, hij is nog steeds traag")


async def test_when_asked_once_more_whether_it_is_solved(stage: Stage, own: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    shared(await stage.passes(timedelta(days=3, minutes=1)), "Is vraag 1 opgelost?")
    await stage.says(KWAME, own, "ja")
    assert (await stage.ticket()).status == "closed"


async def test_no_such_words_in_a_direct_chat(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
    await stage.passes(timedelta(days=3, minutes=1))
    assert not any(HOW in s.body for s in stage.sent)


@pytest.mark.parametrize("room", [HELP, OWN])
async def test_a_call_without_a_question(stage: Stage, own: str, room: str) -> None:
    await stage.passes(timedelta(hours=5))
    [how] = await stage.says(FATIMA, room, "@Helpdesk")
    assert HOW in how.body
    assert "!hulp" in how.body
    assert not await stage.says(FATIMA, room, "Tot morgen allemaal")
    said = await stage.replies(FATIMA, room, how.event_id, "Onze website is weg")
    assert "nummer 2" in to(room, said)[0]


async def test_a_colleague_calls_in_the_thread_of_long_ago(stage: Stage, own: str) -> None:
    root = (await stage.ticket()).root_event or ""
    await stage.in_thread(KWAME, own, root, "!opgelost")
    await stage.passes(timedelta(days=40))
    assert not await stage.in_thread(FATIMA, own, root, "wat was het eigenlijk?")
    said = await stage.in_thread(FATIMA, own, root, "@Helpdesk hij is weer traag!")
    assert "nummer 2" in to(own, said)[0]
    assert (await stage.ticket(2)).requester == FATIMA


async def test_nothing_open_in_a_room_of_many(stage: Stage) -> None:
    [line] = to(HELP, await stage.says(KWAME, HELP, "!status"))
    assert "Begin je bericht dan met `!hulp`" in line or "Begin je bericht dan met !hulp" in line
