"""Neither homeserver reaches the other for twenty minutes by the clocks of both helpdesks, and people on both sides go on."""

import asyncio
from datetime import timedelta

from helpdesk_bot.demo.person import Person
from helpdesk_bot.domain.federation.lending import Out
from tests.federation.gate import Gated
from tests.federation.helpdesks import PATIENCE, Helpdesk, disagreements, lent, offered, quiet
from tests.federation.whole.conftest import Two

MEANWHILE = timedelta(minutes=20)
HEALED = 60.0  # seconds in which what waited must have come


async def test_a_partition(gated: Gated, two: Two, people: list[Person]) -> None:
    here, there = two
    asks = people[0]
    helps, home = there.coordinator, here.coordinator
    dm, number, theirs = await lent(here, there, asks, "De agenda toont een uur te vroeg")
    answer = await helps.send(there.team, f"!antwoord {theirs} Kijk naar de zomertijd")
    await asks.wait_for(dm, "Kijk naar de zomertijd", within=PATIENCE)
    async with Person.at(here.server, "asks-too", here.folder / "asks-too") as too:
        _, wanted, wanted_there = await offered(here, there, too, "Kan iemand de lettertypen nazien?")

        async with gated.partition():
            await asks.send(dm, "Het staat op wintertijd, eerste")
            await helps.edit(there.team, answer, f"!antwoord {theirs} Kijk naar de tijdzone")
            await helps.send(there.team, f"!antwoord {theirs} Ook op de telefoon, eerste")
            await helps.send(there.team, f"!pak {wanted_there}")
            await helps.wait_for(there.team, f"laten weten dat wij vraag {wanted_there} ", within=PATIENCE)
            await home.send(here.team, f"!opgelost {wanted}")
            await _later(here, there)
            await asks.send(dm, "En op de laptop ook, tweede")
            await helps.send(there.team, f"!opgelost {theirs}")
            await helps.wait_for(there.team, rf"[Vv]raag {theirs}.* opgelost", within=PATIENCE)
            assert not any("eerste" in m.body for m in asks.read(dm) if m.sender == here.bot_id)

    await asks.wait_for(dm, "Ook op de telefoon, eerste", within=HEALED)
    await asks.wait_for(dm, f"denkt dat vraag {number}", within=HEALED)
    await helps.wait_for(there.team, "wintertijd, eerste", within=HEALED)
    await helps.wait_for(there.team, "laptop ook, tweede", within=HEALED)
    await helps.wait_for(there.team, f"Vraag {wanted_there} is al opgelost", within=HEALED)
    await quiet(here, there)
    await asks.send(dm, "ja")
    await helps.wait_for(there.team, f"zegt dat vraag {theirs} klaar is", within=PATIENCE)
    await quiet(here, there)

    assert not await disagreements(here, there)
    states = {lend.ticket_id: lend.state for lend in (await here.lends()).values() if lend.ours}
    assert (states[number], states[wanted]) == (Out.CLOSED, Out.WITHDRAWN)
    assert _times(asks, dm, here, "telefoon, eerste") == 1
    assert _times(asks, dm, here, "Kijk naar de tijdzone") == 1
    assert _times(asks, dm, here, "Kijk naar de zomertijd") == 0
    assert _times(asks, dm, here, f"denkt dat vraag {number}") == 1
    assert _times(helps, there.team, there, "wintertijd, eerste") == 1
    assert _times(helps, there.team, there, "laptop ook, tweede") == 1


async def _later(*helpdesks: Helpdesk) -> None:
    """Their clocks go on, which none does while it runs."""
    await asyncio.gather(*(each.bot.stop() for each in helpdesks))
    for each in helpdesks:
        each.bot.ahead += MEANWHILE
    await asyncio.gather(*(each.bot.start() for each in helpdesks))


def _times(reader: Person, room: str, speaker: Helpdesk, words: str) -> int:
    return sum(words in message.body for message in reader.read(room) if message.sender == speaker.bot_id)
