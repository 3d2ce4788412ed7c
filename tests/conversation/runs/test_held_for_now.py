"""A step has begun, and something above it turns out not to be right: whoever does it hears to wait, and its turn comes again."""

from typing import Any

import pytest

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import adopting
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.playbooks.shelf import Shelved
from tests.conversation.runs.small import DM, NOOR, TARIK, playbook, shelf, step, words
from tests.conversation.runs.walker import Walker
from tests.conversation.stage import Said, Stage, to

BACK = {"rollback": {"how": [words("Zet het terug")]}}
FOR_GOOD = {"irreversible": True, "sign_off": ["trainer"]}


def three(*more: dict[str, Any], version: str = "1.0.0", **last: Any) -> Shelved:
    steps = [
        step("one", **BACK),
        step("two", needs=["one"], **BACK),
        *more,
        step("three", needs=["two"], **last),
    ]
    return playbook("drie-stappen", steps, losses=[words("Oude links")], version=version)


async def at_the_last(stage: Stage, **last: Any) -> Walker:
    walker = Walker(stage, shelf(three(**last)))
    await walker.set_up()
    await walker.start("drie-stappen", {})
    await walker.walk(lambda sight: any(one.what is Ask.DO and one.step == "three" for one in sight.asked))
    return walker


async def trainer(walker: Walker, text: str) -> list[Said]:
    return await walker.stage.says(TARIK, DM, text)


async def asked(walker: Walker, user: str = NOOR) -> list[tuple[Ask, str | None]]:
    return [(one.what, one.step) for one in await walker.open() if one.dialog.user_id == user]


@pytest.mark.parametrize("last", [{}, FOR_GOOD], ids=["with a way back", "without"])
async def test_what_it_needs_is_put_back(stage: Stage, last: dict[str, Any]) -> None:
    """Before, the two steps of one person waited for each other for ever."""
    walker = await at_the_last(stage, **last)
    said = to(walker.room, await trainer(walker, "!terugzetten 1.2 er ontbreekt nog een map"))
    assert "Noor, wacht nog met stap 3 (Stap three) van stappenplan 1. Eerst komt stap 2." in said[0]
    assert "Stap 2 van 3" in said[1]
    assert await asked(walker) == [(Ask.DO, "two")]
    await walker.walk()
    assert await walker.state() is Run.FINISHED


async def test_what_was_verified_turns_out_wrong_before_a_step_without_a_way_back(stage: Stage) -> None:
    """Who has signed hears so as well, and signs again."""
    walker = await at_the_last(stage, **FOR_GOOD)
    said = await trainer(walker, "!kloptniet 1.1 de lijst klopt niet")
    assert any("Noor, wacht nog met stap 3" in text for text in to(walker.room, said))
    assert any("Tarik, wacht nog met stap 3" in text for text in to(DM, said))
    assert await asked(walker) == [(Ask.DO, "one")]
    assert (await walker.states())["three"] is Step.TODO
    await walker.until(Ask.SIGN)
    await walker.walk()
    assert await walker.state() is Run.FINISHED


async def test_what_turns_out_wrong_holds_up_nothing_that_can_be_undone(stage: Stage) -> None:
    walker = await at_the_last(stage)
    said = await trainer(walker, "!kloptniet 1.2 de lijst klopt niet")
    assert not any("wacht nog" in text for text in to(walker.room, said))
    assert (await walker.states())["three"] is Step.DOING


async def test_a_newer_version_has_something_before_a_step_without_a_way_back(stage: Stage) -> None:
    walker = await at_the_last(stage, **FOR_GOOD)
    walker.on(shelf(three(step("extra"), version="1.1.0", **FOR_GOOD)))
    async with stage.db.transaction() as session:
        await adopting.offer_all(Act(session, stage.now, stage.setting))
    await stage.settle()
    said = to(walker.room, await trainer(walker, "ja"))
    assert "Noor, wacht nog met stap 4 (Stap three)" in said[0]
    assert await asked(walker) == [(Ask.DO, "extra")]
    await walker.walk()
    assert await walker.state() is Run.FINISHED


async def test_a_run_goes_on_in_the_middle_of_its_way_back(stage: Stage) -> None:
    """What the step rests on was undone meanwhile."""
    walker = await at_the_last(stage)
    await trainer(walker, "!terugdraaien 1 het werkt niet")
    await walker.answer(await walker.until(Ask.UNDO))
    said = to(walker.room, await trainer(walker, "!hervat 1"))
    assert not any("Stap 3 van 3" in text for text in said)
    assert await asked(walker) == [(Ask.DO, "two")]
    await walker.walk()
    assert await walker.state() is Run.FINISHED


async def test_what_it_needs_is_put_back_after_it_turned_out_wrong(stage: Stage) -> None:
    """It is not to be mended before what it rests on is there again."""
    walker = await at_the_last(stage)
    await walker.answer(await walker.turn())
    await trainer(walker, "!kloptniet 1.3 de map is leeg")
    said = to(walker.room, await trainer(walker, "!terugzetten 1.2 er ontbreekt nog een map"))
    assert "Noor, wacht nog met stap 3" in said[0]
    assert await asked(walker) == [(Ask.DO, "two")]
    await walker.walk()
    assert await walker.state() is Run.FINISHED


async def test_what_comes_first_is_put_back_after_something_without_a_way_back_turned_out_wrong(
    stage: Stage,
) -> None:
    """That stays as it is, and holds up nothing."""
    walker = await at_the_last(stage, **FOR_GOOD)
    await walker.answer(await walker.turn())
    await trainer(walker, "!kloptniet 1.3 het staat er nog")
    await trainer(walker, "!terugzetten 1.2 er ontbreekt nog een map")
    [two] = [one for one in await walker.open() if one.step == "two"]
    await walker.answer(two)
    await trainer(walker, "!klopt 1.2")
    assert await asked(walker) == [(Ask.DO, "three")]
    await walker.walk()
    assert await walker.state() is Run.FINISHED
