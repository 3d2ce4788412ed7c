"""What is new, wrong, in the wrong place, or about what is somebody else's."""

from typing import Any

import pytest

from helpdesk_bot.clock import utc_now
from helpdesk_bot.protocol.words import (
    Accept,
    Message,
    Problem,
    Sync,
    Withdraw,
)
from tests.federation.conformance.conftest import World
from tests.federation.conformance.lent import Lent
from tests.federation.conformance.scenes import marked, state_of, taken


async def test_a_field_that_nobody_knows_changes_nothing(world: World) -> None:
    lend = Lent.new()
    word = lend.offer().model_dump(mode="json", exclude_none=True)
    await world.one.says({**word, "mood": {"of": ["the", "sender"]}, "protocol_minor": 4})
    await world.people.does("claim", lend=lend.ref)
    await world.one.hears_of(Accept, lend)
    await world.one.says(lend.anew(Withdraw, reason="taken"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"protocol": 1, "type": "dance"}, "unknown_type"),
        ({"protocol": 2, "type": "offer"}, "version"),
        ({"type": "offer"}, "version"),
        ({"protocol": 1, "type": "offer", "lend": "nonsense", "version": 1}, "malformed"),
        ({"protocol": 1, "type": "message", "lend": "a" * 32, "n": 10**30, "id": "b" * 32}, "malformed"),
    ],
)
async def test_what_it_does_not_understand(world: World, content: dict[str, Any], code: str) -> None:
    before = await world.one.mark()
    await world.one.says(content)
    problem = await world.one.hears(Problem, after=before)
    assert (problem.code, problem.about) == (code, content["type"])


async def test_a_problem_is_never_answered(world: World) -> None:
    before = await world.one.mark()
    await world.one.says(
        Problem(code="malformed", about="accept"),
        {"protocol": 1, "type": "problem", "code": "of a new kind"},
        {"protocol": 7, "type": "problem"},
    )
    assert await world.one.reaction(after=before) == []


async def test_it_does_not_hear_what_is_in_the_clear_or_elsewhere(world: World) -> None:
    one = world.one
    other_room = next(
        r for r in (world.met[one.address].theirs, world.met[one.address].ours) if r != one.room
    )
    before = await one.mark()
    clear, elsewhere = Lent.new(), Lent.new()
    await one.says_in_the_clear(clear.offer())
    if other_room == world.met[one.address].theirs:
        await one.enters(other_room)
    await one.says(elsewhere.offer(), room=other_room)
    assert await one.reaction(after=before) == []
    for lend in (clear, elsewhere):
        line = await state_of(one, lend)
        assert (line.state, line.seen) == ("offered", 0), "it has never heard of it"
        await one.says(lend.anew(Withdraw, reason="taken"))


async def test_the_lend_of_another_is_nobody_elses(world: World) -> None:
    one, two = world.one, world.two
    lend = await taken(world, one, marked("De deurbel zwijgt"))
    before, here = await two.mark(), await one.mark()
    forged = marked("Vervalst")
    await two.says(Withdraw(lend=lend.ref, version=99, reason="taken"))
    problem = await two.hears(Problem, after=before)
    assert (problem.code, problem.lend) == ("unknown_lend", lend.ref)
    await two.says(Message(lend=lend.ref, n=2, id="e" * 32, text=forged, said_at=utc_now()))
    line = lend.line().model_copy(update={"state": "withdrawn", "version": 99, "seen": 99})
    await two.says(Sync(lends=[line], answer=True))
    told = await two.hears(Sync, after=before, answer=False)
    assert lend.ref not in {line.lend for line in told.lends}
    assert await one.reaction(after=here) == []
    assert (await state_of(one, lend)).state == "working"
    assert (await world.people.does("has_read", text=forged))["times"] == 0
    await one.ends(lend)
