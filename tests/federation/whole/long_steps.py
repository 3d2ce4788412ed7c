"""Takes long, so it runs when it is named: `pytest tests/federation/whole/long_steps.py`.

Both bots die in the middle of coming to an agreement, at every step of it by name. `make chaos FEDERATION=1` does all steps."""

import asyncio

from benchmarks.chaos.result import Result
from benchmarks.chaos.steps import killed_at_each
from helpdesk_bot.demo.person import Person
from tests.federation.helpdesks import disagreements, lent, quiet
from tests.federation.whole.conftest import Two

AT_THE_ORIGIN = ("work.written@accept", "send.after@confirm")
AT_THE_HELPER = ("send.after@accept", "work.written@confirm")


async def test_a_bot_killed_at_each_step(two: Two, people: list[Person]) -> None:
    here, there = two
    result, question = Result(seed=0), "Waar staat de knop om te delen?"
    (dm, _, _), *_ = await asyncio.gather(
        lent(here, there, people[0], question),
        killed_at_each(result, here, there, AT_THE_ORIGIN),
        killed_at_each(result, there, here, AT_THE_HELPER),
    )
    await quiet(here, there)
    assert sorted(result.kills) == sorted(AT_THE_ORIGIN + AT_THE_HELPER)
    assert not await disagreements(here, there)
    helps = there.coordinator
    said = [m.body for m in helps.read(there.team) if question in m.body and m.sender == there.bot_id]
    assert len([body for body in said if not body.startswith("Vraag ")]) == 1
    assert len([m for m in people[0].read(dm) if "helpt je met vraag" in m.body]) == 1
