"""Two whole helpdesks: a question that one of them lends to the other, from begin to end, and a homeserver that is away."""

import asyncio

import pytest

from helpdesk_bot.demo.media import picture
from helpdesk_bot.demo.person import Person
from helpdesk_bot.domain.federation.lending import In, Out
from tests.federation.helpdesks import PATIENCE, lent, quiet
from tests.federation.whole.conftest import Two


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
