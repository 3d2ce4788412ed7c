"""A coordinator says that a colleague is away, has to rest, or is back. Nobody else can, and nobody does it to themselves."""

from datetime import timedelta

import pytest

from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage.models import Technician
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, JORIS, SANNE, TEAM
from tests.conversation.stage import BOT, Stage, to

HOUR = timedelta(hours=1)


@pytest.fixture
async def mine(stage: Stage) -> str:
    """Sanne's direct chat."""
    room = await stage.direct(SANNE)
    await stage.says(SANNE, room, "!mijn")
    return room


async def away_until(stage: Stage, user: str) -> str | None:
    """The day, when they are away or will be."""
    async with stage.db.reading() as session:
        technician = await session.get(Technician, user)
    return f"{technician.away_until:%d-%m}" if technician and technician.away_until else None


@pytest.mark.parametrize(
    "words",
    [
        "!weg @sanne tot vrijdag",
        "!weg Sanne tot vrijdag",
        "!weg sanne: tot vrijdag",
        "!weg tot vrijdag @sanne",
        "!weg @sanne:test tot vrijdag",
    ],
)
async def test_a_coordinator_says_it(stage: Stage, helped: str, mine: str, words: str) -> None:
    said = await stage.says(ELS, COORDINATION, words)
    [noted] = to(COORDINATION, said)
    assert "Sanne is weg tot vrijdag 27 november" in noted
    assert "vraag 1" in noted
    assert "om 11:00" in noted
    [told] = to(mine, said)
    assert told.startswith("Els heeft gezegd dat je weg bent tot vrijdag 27 november")
    assert "Hoor ik niets" in told
    assert await away_until(stage, SANNE) == "26-11"  # midnight in Amsterdam
    assert await away_until(stage, ELS) is None
    await stage.passes(HOUR)
    assert (await stage.ticket()).status == Status.NEW


async def test_by_a_mention(stage: Stage) -> None:
    mentions = {"m.mentions": {"user_ids": [SANNE]}}
    await stage.says(ELS, COORDINATION, "!weg Sanne tot vrijdag", **mentions)
    assert await away_until(stage, SANNE) is not None


async def test_for_a_short_time_they_keep_what_they_have(stage: Stage, helped: str, mine: str) -> None:
    [noted] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!weg @sanne tot morgen"))
    assert "!toewijzen 1" in noted
    await stage.passes(2 * HOUR)
    assert (await stage.ticket()).assignee == SANNE


async def test_the_colleague_answers_what_they_keep(stage: Stage, helped: str, mine: str) -> None:
    await stage.says(ELS, COORDINATION, "!weg @sanne tot vrijdag")
    await stage.says(SANNE, mine, "houden")
    await stage.passes(2 * HOUR)
    assert (await stage.ticket()).assignee == SANNE


async def test_the_coordinator_must_say_until_when(stage: Stage) -> None:
    [why] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!weg @sanne"))
    assert "Tot wanneer is Sanne weg?" in why
    assert await away_until(stage, SANNE) is None


async def test_of_oneself_by_name(stage: Stage, mine: str) -> None:
    await stage.says(SANNE, TEAM, "!weg @sanne tot vrijdag")
    assert await away_until(stage, SANNE) is not None


@pytest.mark.parametrize(
    "words", ["!weg @sanne tot vrijdag", "!pauze @sanne", "!pauze Sanne", "!terug @sanne"]
)
async def test_another_technician_changes_nothing(stage: Stage, helped: str, words: str) -> None:
    """And certainly not for themselves: '!pauze @sanne' is no break of Joris."""
    dm = await stage.direct(FATIMA)
    await stage.says(FATIMA, dm, "!nieuw Mijn printer doet niets")
    await stage.says(FATIMA, dm, "Noord")
    await stage.reacts(JORIS, TEAM, await stage.card(2), "✋")
    said = await stage.says(JORIS, TEAM, words)
    [why] = to(TEAM, said)
    assert "coördinator" in why
    assert {s.room for s in said} == {TEAM}
    assert (await stage.ticket(1)).assignee == SANNE
    assert (await stage.ticket(2)).assignee == JORIS
    assert await away_until(stage, JORIS) is None


@pytest.mark.parametrize("words", ["!weg @fatima:test tot vrijdag", "!pauze @fatima:test", f"!terug {BOT}"])
async def test_only_of_who_helps(stage: Stage, helped: str, words: str) -> None:
    said = await stage.says(ELS, COORDINATION, words)
    assert "zit in geen team" in to(COORDINATION, said)[0]
    assert len(said) == 1


async def test_a_break_for_a_colleague(stage: Stage, helped: str, mine: str) -> None:
    said = await stage.says(ELS, COORDINATION, "!pauze @sanne")
    [told] = to(COORDINATION, said)
    assert "Sanne is er voorlopig niet. Eén vraag is weer vrij" in told
    [hers] = to(mine, said)
    assert hers.startswith("Els heeft gezegd dat je er voorlopig niet bent")
    assert (await stage.ticket()).status == Status.NEW


async def test_a_break_of_who_holds_nothing_names_no_questions(stage: Stage) -> None:
    [told] = to(COORDINATION, await stage.says(SANNE, TEAM, "!pauze"))
    assert told == "Sanne is er voorlopig niet."


async def test_back_again(stage: Stage, mine: str) -> None:
    [same] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!terug @sanne"))
    assert "stond niet op weg" in same
    await stage.says(ELS, COORDINATION, "!weg @sanne tot vrijdag")
    said = await stage.says(ELS, COORDINATION, "!terug @sanne")
    assert to(COORDINATION, said) == ["Genoteerd: Sanne is er weer."]
    assert "Els heeft gezegd dat je er weer bent" in to(mine, said)[0]
    assert await away_until(stage, SANNE) is None


async def test_what_does_not_go_ahead_is_no_return(stage: Stage, mine: str) -> None:
    await stage.says(SANNE, mine, "!weg van 1 tot 10 december")
    [answer] = to(mine, await stage.says(SANNE, mine, "!terug"))
    assert "het gaat niet door" in answer
    assert "Welkom terug" not in answer


async def test_a_break_with_an_end_asks_then(stage: Stage, helped: str, mine: str) -> None:
    said = await stage.says(SANNE, mine, "!pauze tot vrijdag")
    assert "tot vrijdag 27 november" in to(mine, said)[0]
    assert (await stage.ticket()).status == Status.NEW
    assert "Ben je er weer?" in to(mine, await stage.passes(timedelta(days=4)))[0]
