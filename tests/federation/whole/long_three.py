"""Takes long, so it runs when it is named: `pytest tests/federation/whole/long_three.py`.

Three whole helpdesks on three homeservers."""

import asyncio
from pathlib import Path

import pytest

from helpdesk_bot.demo.person import Person
from helpdesk_bot.domain.federation.lending import In, Out
from tests.federation.helpdesks import PATIENCE, disagreements, lent, offered, quiet
from tests.federation.whole.conftest import Three


async def test_both_claim_at_once(three: Three, people: list[Person]) -> None:
    here, *both = three
    asks = people[0]
    question, before = "Wie krijgt de kassa weer aan de praat?", both[0].coordinator.mark()
    dm, number, _ = await offered(here, both[1], asks, question, to_all=True)
    await both[0].coordinator.wait_for(both[0].team, "vraagt of wij vraag", within=PATIENCE, after=before)
    theirs = [(await each.tickets())[-1].id for each in both]
    marks = [each.coordinator.mark() for each in both]
    await asyncio.gather(
        *(each.coordinator.send(each.team, f"!pak {n}") for each, n in zip(both, theirs, strict=True))
    )
    await asks.wait_for(dm, "helpt je met vraag", within=PATIENCE)
    await quiet(*three)

    outs = {
        lend.peer: lend for lend in (await here.lends()).values() if lend.ours and lend.ticket_id == number
    }
    assert sorted(lend.state for lend in outs.values()) == [Out.CONFIRMED, Out.WITHDRAWN]
    for each, ticket, mark in zip(both, theirs, marks, strict=True):
        won = outs[each.bot_id].state == Out.CONFIRMED
        in_ = (await each.lends())[outs[each.bot_id].ref]
        assert (in_.state, in_.ticket_id) == (In.WORKING if won else In.ENDED, ticket)
        read = "\n".join(message.body for message in each.coordinator.read(each.team, after=mark))
        assert ("weer aan de praat" in read) == won
        assert (f"Iemand anders heeft vraag {ticket} al gepakt." in read) == (not won)
        assert not await disagreements(here, each)
    assert len([m for m in asks.read(dm) if "helpt je met vraag" in m.body]) == 1


@pytest.mark.parametrize("way", [0, 1], ids=["lends", "borrows"])
async def test_the_third_one(three: Three, tmp_path: Path, way: int) -> None:
    here, there = (three[0], three[2]) if way == 0 else (three[2], three[0])
    async with Person.at(here.server, f"third-{way}", tmp_path / "asks") as asks:
        dm, _, theirs = await lent(here, there, asks, f"De wifi {way} is weg")
        await there.coordinator.send(there.team, f"!antwoord {theirs} Zet hem {way} uit en aan")
        await asks.wait_for(dm, f"Zet hem {way} uit", within=PATIENCE)
        await quiet(*three)
        assert not await disagreements(here, there)


async def test_whoever_is_not_trusted_sees_nothing(three: Three, people: list[Person]) -> None:
    """The third one would like to, and was added by nobody of the second."""
    noord, west, oost = three
    assert west.bot_id in {peer.user_id for peer in await oost.peers()}
    mark, before = oost.coordinator.mark(), [ticket.id for ticket in await oost.tickets()]
    await west.coordinator.wait_for(west.coordination, oost.bot_id, within=PATIENCE)
    await offered(west, noord, people[1], "Hoe zet ik een back-up terug?", to_all=True)
    await quiet(*three)
    assert [lend for lend in (await west.lends()).values() if lend.ours and lend.peer == oost.bot_id] == []
    assert [ticket.id for ticket in await oost.tickets()] == before
    assert oost.coordinator.read(oost.team, after=mark) == []
