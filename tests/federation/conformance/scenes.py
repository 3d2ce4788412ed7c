"""What comes before most that is looked at."""

from itertools import count
from typing import Any

from helpdesk_bot.protocol.words import (
    Accept,
    Compared,
    Sync,
)
from tests.federation.conformance.conftest import World
from tests.federation.conformance.lent import Lent
from tests.federation.conformance.partner import Partner

_numbers = count(1)


def marked(words: str) -> str:
    """With something in it by which it is found again."""
    return f"{words} kenmerk{next(_numbers)}x"


async def taken(world: World, partner: Partner, *said: str) -> Lent:
    """The implementation helps with a question of the partner's."""
    lend = Lent.new()
    await partner.says(lend.offer())
    await world.people.does("claim", lend=lend.ref)
    await partner.hears_of(Accept, lend)
    words = [lend.message(text) for text in said]
    lend.state = "confirmed"
    await partner.says(lend.confirm(messages=len(words)), *words)
    for text in said:
        assert (await world.people.does("team_reads", text=text))["times"] == 1
    return lend


async def state_of(partner: Partner, lend: Lent) -> Compared:
    """As the other tells it."""
    before = await partner.mark()
    await partner.says(partner.sync(lend))
    told = await partner.hears(Sync, after=before, answer=False)
    [line] = [line for line in told.lends if line.lend == lend.ref]
    return line


async def asked(world: World, text: str, to: Partner | None) -> Any:
    """A question that is offered to this one, or to all. Returns what its people call it."""
    question = (await world.people.does("ask", text=text))["question"]
    await world.people.does("lend", question=question, to=to.address if to else None)
    return question
