"""Whether enough people are in a room, as the helpdesk sees it by itself."""

import pytest

from helpdesk_bot.domain.runs.states import Step
from tests.conversation.runs.small import playbook, shelf, step, words
from tests.conversation.runs.walker import NOOR, OWN, Walker
from tests.conversation.stage import BOT, Stage, to

ELSEWHERE = "!ergens:test"


async def at_the_count(stage: Stage, room: str) -> Walker:
    """Three people should be in this room."""
    asked = [{"key": "room", "label": words("Welke kamer?"), "type": "text"}]
    looks = {"auto": "matrix_members", "room": "{room}", "min": 3}
    walker = Walker(stage, shelf(playbook("een-ding", [step("one", verify=looks)], inputs=asked)))
    await walker.set_up()
    await walker.start("een-ding", {"room": room})
    await walker.answer((await walker.open())[0])
    return walker


async def test_too_few_is_their_turn_again_and_enough_is_verified(stage: Stage) -> None:
    walker = await at_the_count(stage, OWN)  # Noor, Bas, and the helpdesk, which is no member
    said = to(OWN, await walker.reply(await walker.turn(), "gedaan"))
    assert (await walker.row("one")).state is Step.FAILED
    assert any("2" in words and "3" in words for words in said)
    await stage.join(OWN, "@kees:test")
    await walker.reply(await walker.turn(), "gedaan")
    assert (await walker.row("one")).state is Step.VERIFIED


@pytest.mark.parametrize("there", [(), ("@kees:test", "@mo:test", "@lena:test", BOT)])
async def test_of_a_room_that_is_not_theirs_nothing_is_told(stage: Stage, there: tuple[str, ...]) -> None:
    await stage.room(ELSEWHERE, size=4)
    if there:
        await stage.join(ELSEWHERE, *there)
    walker = await at_the_count(stage, ELSEWHERE)
    await walker.reply(await walker.turn(), "gedaan")
    row = await walker.row("one")
    assert (row.state, row.looks) == (Step.DONE, "trainer")


async def test_they_may_count_another_room_of_theirs(stage: Stage) -> None:
    await stage.room(ELSEWHERE, size=4)
    await stage.join(ELSEWHERE, "@kees:test", "@mo:test", NOOR, BOT)
    walker = await at_the_count(stage, ELSEWHERE)
    await walker.reply(await walker.turn(), "gedaan")
    assert (await walker.row("one")).state is Step.VERIFIED
