"""A helper who would rather not be named: requesters read words of ours instead, the team reads the name."""

from datetime import timedelta

import pytest

from tests.conversation.conftest import FATIMA, HELP, KWAME, SANNE, TEAM
from tests.conversation.duty import with_duty
from tests.conversation.stage import LAYOUT, Said, Stage, edits_in, to


@pytest.fixture
async def nameless(stage: Stage) -> Stage:
    dm = await stage.direct(SANNE)
    await stage.says(SANNE, dm, "!profiel naam nee")
    return stage


def outside(stage: Stage) -> list[Said]:
    """What was said to requesters."""
    own = LAYOUT.staff_rooms | {f"!dm-{name}:test" for name in ("sanne", "joris", "kim", "wim")}
    return [said for said in stage.sent if said.room not in own]


async def a_whole_question(stage: Stage, dm: str) -> None:
    """Everything that a helper does of which a requester hears."""
    await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(FATIMA, dm, "geen")
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    await stage.replies(SANNE, TEAM, await stage.card(), "Ik kijk even mee")
    await stage.edits(SANNE, TEAM, stage.last, "Ik kijk zo mee")
    await stage.says(SANNE, TEAM, "!antwoord 1 Kun je een foto sturen?")
    await stage.says(FATIMA, dm, "!status")
    await stage.says(FATIMA, dm, "!mijn")
    await stage.says(SANNE, TEAM, "!wacht 1")
    await stage.passes(timedelta(days=3))
    await stage.says(FATIMA, dm, "Hier is hij")
    await stage.says(SANNE, TEAM, "!opgelost 1")
    await stage.says(FATIMA, dm, "nee, nog niet")
    await stage.says(SANNE, TEAM, "!opgelost 1")
    await stage.says(FATIMA, dm, "ja")
    await stage.says(FATIMA, dm, "!bedankt voor alles")
    await stage.says(FATIMA, dm, "!heropen 1")
    await stage.says(SANNE, TEAM, "!ticket @fatima:test Haar printer doet het ook niet")


async def test_no_requester_reads_the_name(nameless: Stage, dm: str) -> None:
    await a_whole_question(nameless, dm)
    assert len(outside(nameless)) > 15
    assert not [said.content for said in outside(nameless) if "sanne" in str(said.content).casefold()]


async def test_it_would_be_there_otherwise(stage: Stage, dm: str) -> None:
    await a_whole_question(stage, dm)
    assert sum("Sanne" in said.body for said in outside(stage)) > 8


async def test_in_an_emergency_neither(nameless: Stage, asked: str) -> None:
    await with_duty(nameless)
    said = await nameless.says(FATIMA, asked, "!paniek Alles ligt plat")
    assert "Ik bel nu iemand van de helpdesk" in "".join(to(asked, said))
    await nameless.says(SANNE, "!dm-sanne:test", "!ikkom")
    assert not [said.content for said in outside(nameless) if "sanne" in str(said.content).casefold()]


async def test_in_words_of_ours(nameless: Stage, asked: str) -> None:
    said = await nameless.reacts(SANNE, TEAM, await nameless.card(), "✋")
    [told] = to(asked, said)
    assert told.startswith("Iemand van de helpdesk helpt je met vraag 1")
    assert "schrijf hier gewoon verder: iemand van de helpdesk leest het" in told.casefold()
    assert "Sanne" in "".join([*to(TEAM, said), *edits_in(TEAM, said)])
    [answer] = to(asked, await nameless.replies(SANNE, TEAM, await nameless.card(), "Ik kijk even"))
    assert answer.startswith("Een helper (helpdesk)")


async def test_in_the_readers_language(nameless: Stage, dm: str) -> None:
    await nameless.says(FATIMA, dm, "!language en")
    await nameless.says(FATIMA, dm, "Our shared calendar is suddenly empty")
    await nameless.says(FATIMA, dm, "Noord")
    [told] = to(dm, await nameless.reacts(SANNE, TEAM, await nameless.card(), "✋"))
    assert told.startswith("Someone at the helpdesk")


async def test_strangers_in_a_help_room_neither(nameless: Stage) -> None:
    await nameless.says(KWAME, HELP, "!hulp Mijn printer doet het niet")
    root = nameless.last
    await nameless.reacts(SANNE, TEAM, await nameless.card(), "✋")
    await nameless.in_thread(KWAME, HELP, root, "!status")
    assert not [said.body for said in outside(nameless) if "sanne" in said.body.casefold()]


async def test_the_name_comes_back_with_the_consent(nameless: Stage, asked: str) -> None:
    await nameless.says(SANNE, "!dm-sanne:test", "!profiel naam ja")
    [told] = to(asked, await nameless.reacts(SANNE, TEAM, await nameless.card(), "✋"))
    assert told.startswith("Sanne")
