"""Two whole helpdesks on two homeservers, one on SQLite and one on PostgreSQL, and people with real clients on both."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import pytest

from helpdesk_bot.demo.media import picture
from helpdesk_bot.demo.person import Person
from helpdesk_bot.domain.federation.lending import In, Out
from tests.federation.conftest import Pair
from tests.federation.helpdesks import PATIENCE, Helpdesk, become_peers, helpdesk, quiet
from tests.support.postgres import Postgres

Two = tuple[Helpdesk, Helpdesk]
_numbers = count(1)


@pytest.fixture(scope="module")
async def two(
    homeservers: Pair, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Two]:
    folder = tmp_path_factory.mktemp("helpdesks")
    noord, west = homeservers
    async with (
        postgres.database() as url,
        helpdesk(noord, folder / "noord", "noord", "Noord") as one,
        helpdesk(west, folder / "west", "west", "West", url) as other,
    ):
        await asyncio.gather(one.bot.start(), other.bot.start())
        await become_peers(one, other)
        yield one, other


@pytest.fixture
async def people(two: Two, tmp_path: Path) -> AsyncIterator[list[Person]]:
    """Somebody who asks in each."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                Person.at(each.server, f"asks-{next(_numbers)}", tmp_path / each.part)
            )
            for each in two
        ]


async def lent(here: Helpdesk, there: Helpdesk, asks: Person, question: str) -> tuple[str, int, int]:
    """A question that is asked `here` and taken `there`: the chat of whoever asked, and its number on both sides."""
    dm = await asks.create_dm(here.bot_id)
    await asks.send(dm, question)
    await asks.wait_for(dm, "Voor welke|welke organisatie", within=PATIENCE)
    await asks.send(dm, "geen")
    number = (await here.tickets())[-1].id
    await here.coordinator.wait_for(here.team, question, within=PATIENCE)
    await here.coordinator.send(here.team, f"!leen {number}")
    await asks.wait_for(dm, "andere helpdesk", within=PATIENCE)
    before = there.coordinator.mark()
    await asks.send(dm, "ja")
    await there.coordinator.wait_for(there.team, "vraagt of wij vraag", within=PATIENCE, after=before)
    theirs = (await there.tickets())[-1].id
    await there.coordinator.send(there.team, f"!pak {theirs}")
    await asks.wait_for(dm, "helpt je met vraag", within=PATIENCE)
    await there.coordinator.wait_for(there.team, question, within=PATIENCE)
    return dm, number, theirs


@pytest.mark.parametrize("way", [0, 1], ids=["noord-asks", "west-asks"])
async def test_the_whole_story(two: Two, people: list[Person], way: int) -> None:
    here, there = two[way], two[1 - way]
    asks, helps = people[way], there.coordinator
    dm, number, theirs = await lent(here, there, asks, f"Onze mailbox {way} loopt over, wat nu?")

    answer = await helps.send(there.team, f"!antwoord {theirs} Gooi de prullenbak {way} leeg")
    told = await asks.wait_for(dm, f"prullenbak {way}", within=PATIENCE)
    assert told.encrypted
    await helps.edit(there.team, answer, f"!antwoord {theirs} Gooi de hele prullenbak {way} leeg")
    await asks.until(
        lambda: any("hele prullenbak" in m.body for m in asks.read(dm)), "the correction", PATIENCE
    )

    more = await asks.send(dm, f"Mijn wachtwoord is geheim{way}")
    relayed = await helps.wait_for(there.team, f"geheim{way}", within=PATIENCE)
    await asks.redact(dm, more)
    await helps.until(lambda: helps.message(there.team, relayed.event_id).redacted, "the deletion", PATIENCE)

    await asks.send_image(dm, picture(), f"scherm{way}.png")
    photo = await helps.wait_for(
        there.team, lambda m: m.msgtype == "m.image" and f"scherm{way}.png" in m.body, within=PATIENCE
    )
    assert await helps.download(photo) == picture()

    await helps.send(there.team, f"!notitie {theirs} Stil{way}gehouden")
    await helps.send(there.team, f"!opgelost {theirs}")
    await asks.wait_for(dm, "denkt dat vraag", within=PATIENCE)
    await asks.send(dm, "ja, dank je wel")
    await helps.wait_for(there.team, f"zegt dat vraag {theirs} klaar is", within=PATIENCE)
    await quiet(here, there)
    assert not any("gehouden" in m.body for m in asks.read(dm))
    [out] = [lend for lend in (await here.lends()).values() if lend.ticket_id == number and lend.ours]
    in_ = (await there.lends())[out.ref]
    assert (out.state, in_.state, in_.ticket_id) == (Out.CLOSED, In.CLOSED, theirs)


@pytest.mark.parametrize("away", [0, 1], ids=["origin", "helper"])
async def test_a_homeserver_that_stops_in_the_middle(two: Two, people: list[Person], away: int) -> None:
    here, there = two
    dm, _, theirs = await lent(here, there, people[0], f"De printer {away} wil niet meer printen")
    gone = two[away]
    await gone.server.kill()
    if away == 1:
        for at in range(3):
            await people[0].send(dm, f"Nog iets {away}.{at}x")
    else:
        for at in range(3):
            await there.coordinator.send(there.team, f"!antwoord {theirs} Nog iets {away}.{at}x")
    await asyncio.sleep(2)
    await gone.server.start()
    reader, room = (there.coordinator, there.team) if away == 1 else (people[0], dm)
    for at in range(3):
        await reader.wait_for(room, rf"Nog iets {away}\.{at}x", within=90)
    await quiet(here, there)
    for at in range(3):
        bot = (there if away == 1 else here).bot_id
        said = [m.body for m in reader.read(room) if f"Nog iets {away}.{at}x" in m.body and m.sender == bot]
        assert len(said) == 1
