"""A newer version of the playbook loses more: nothing goes on before the organisation takes that on by name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.playbooks.shelf import Shelf
from helpdesk_bot.storage.models import Cohort, RunEvent
from tests.conversation.runs.test_changes import (
    SAM,
    TRAINER_DM,
    edit,
    offer,
    with_a_new_beginning,
    with_more_lost,
)
from tests.conversation.runs.walker import NOOR, OWN, TARIK, Walker
from tests.conversation.stage import BOT, Stage, to
from tests.support.branches import trips

MORE = "Ook de foto's zijn weg."


async def loses_more(walker: Walker) -> list[str]:
    """What the organisation hears when its trainer takes the newer version over."""
    await offer(walker, with_more_lost)
    return to(walker.chat, await walker.stage.says(TARIK, TRAINER_DM, "ja"))


async def says_yes(walker: Walker) -> list[str]:
    [asked] = [one for one in await walker.open() if one.what is Ask.ACCEPT]
    return to(walker.chat, await walker.reply(asked, "akkoord"))


async def test_only_what_is_lost_as_well_is_asked(begun: Walker) -> None:
    [asked] = await loses_more(begun)
    assert f"1. {MORE}" in asked
    assert "2. " not in asked
    assert "Schrijf 'akkoord'" in asked
    assert await begun.state() is Run.RECONSIDERING


async def test_nothing_is_done_meanwhile_and_nothing_that_was_done_is_undone(begun: Walker) -> None:
    await begun.answer(await begun.turn())
    turn = await begun.until(Ask.DO)
    before = await begun.states()
    await loses_more(begun)
    for words in (await begun.evidence(str(turn.step)) or "gedaan", "gedaan", "klaar"):
        [answer] = to(OWN, await begun.reply(turn, words))
        assert "leest eerst wat er nu ook kwijtraakt" in answer
        assert "Schrijf dan 'akkoord'" in answer
    place = (await begun.row(str(turn.step))).place
    await begun.stage.says(NOOR, OWN, f"!gedaan 1.{place} 12", **{"m.mentions": {"user_ids": [BOT]}})
    assert await begun.states() == before
    assert not await begun.tickets()


@pytest.mark.both_databases
async def test_who_says_yes_is_written_down_and_the_step_is_asked_again(begun: Walker) -> None:
    turn = await begun.turn()
    await loses_more(begun)
    said = await says_yes(begun)
    assert "jij ook hiermee akkoord bent" in said[0]
    assert "Stap 1 van" in said[1]
    async with begun.stage.db.reading() as session:
        query = select(RunEvent.actor).where(RunEvent.what == "run_accept_more")
        assert list(await session.scalars(query)) == [NOOR]
    await begun.reply(turn, "12")  # the first message of the step still counts
    assert (await begun.states())[str(turn.step)] is Step.DONE


async def test_who_says_no_stands_still_and_may_stop_or_go_back(begun: Walker) -> None:
    await begun.answer(await begun.turn())
    await loses_more(begun)
    [asked] = [one for one in await begun.open() if one.what is Ask.ACCEPT]
    said = await begun.reply(asked, "nee")
    assert "Er gaat niets verder" in to(OWN, said)[0]
    assert "gaat niet akkoord" in to(TRAINER_DM, said)[0]
    assert await begun.state() is Run.RECONSIDERING
    assert await begun.goes_back() == ["inventory"]
    assert await begun.state() is Run.ROLLED_BACK


async def test_it_can_be_stopped(begun: Walker) -> None:
    await loses_more(begun)
    await begun.stage.says(NOOR, OWN, "!stopplan 1 dat willen we niet", **{"m.mentions": {"user_ids": [BOT]}})
    assert await begun.state() is Run.STOPPED
    assert not [one for one in await begun.open() if one.what is not Ask.LATER]


async def test_who_does_not_answer_is_asked_again_and_of_nothing_else(begun: Walker) -> None:
    await loses_more(begun)
    said = await begun.stage.passes(timedelta(days=30))
    assert to(OWN, said)
    assert all(MORE in words for words in to(OWN, said))
    assert not any("1.1" in words for words in to(TRAINER_DM, said))


async def test_a_pause_is_kept_and_what_is_lost_is_asked_at_its_end(begun: Walker) -> None:
    await begun.stage.says(TARIK, TRAINER_DM, "!stilzetten 1 vakantie")
    assert not await loses_more(begun)
    assert await begun.state() is Run.PAUSED
    said = to(OWN, await begun.stage.says(TARIK, TRAINER_DM, "!hervat 1"))
    assert any(MORE in words for words in said)
    assert not any("Stap 1 van" in words for words in said)
    assert await begun.state() is Run.RECONSIDERING
    await begun.stage.says(TARIK, TRAINER_DM, "!stilzetten 1 weer vakantie")
    await begun.stage.says(TARIK, TRAINER_DM, "!hervat 1")
    assert await begun.state() is Run.RECONSIDERING
    assert any("Stap 1 van" in words for words in await says_yes(begun))


async def test_a_step_that_needs_something_new_waits_also_in_a_pause(begun: Walker) -> None:
    first = str((await begun.turn()).step)
    await begun.stage.says(TARIK, TRAINER_DM, "!stilzetten 1 vakantie")
    await edit(begun, lambda playbook: with_more_lost(with_a_new_beginning(playbook)))
    assert (await begun.states())[first] is Step.TODO
    await begun.stage.says(TARIK, TRAINER_DM, "!hervat 1")
    await says_yes(begun)
    assert {(await begun.states())[name] for name in (first, "look-first")} == {Step.TODO, Step.DOING}


async def test_who_takes_over_is_asked_instead(begun: Walker) -> None:
    await loses_more(begun)
    await begun.stage.join(OWN, SAM)
    said = to(OWN, await begun.stage.says(TARIK, TRAINER_DM, f"!rol 1 initiatief {SAM}"))
    assert any(MORE in words and "Sam" in words for words in said)
    [asked] = [one for one in await begun.open() if one.what is Ask.ACCEPT]
    assert asked.dialog.user_id == SAM
    await begun.stage.replies(NOOR, OWN, f"$out{asked.dialog.asked}", "akkoord")
    assert await begun.state() is Run.RECONSIDERING
    await begun.reply(asked, "akkoord")
    assert await begun.state() is Run.RUNNING


async def test_a_run_of_which_only_the_number_was_kept_goes_on(begun: Walker) -> None:
    """Which losses they said yes to is not known of runs of before; that they said yes to all of them is."""
    async with begun.stage.db.transaction() as session:
        [event] = await session.scalars(select(RunEvent).where(RunEvent.what == "run_accept"))
        event.detail = {"losses": 1}
    await edit(begun, with_more_lost)
    await begun.stage.says(TARIK, TRAINER_DM, "!stilzetten 1 vakantie")
    await begun.stage.says(TARIK, TRAINER_DM, "!hervat 1")
    assert await begun.state() is Run.RUNNING


async def test_the_card_and_the_cohort_say_what_it_waits_for(begun: Walker) -> None:
    async with begun.stage.db.transaction() as session:
        session.add(Cohort(id=1, playbook="x", trainer=TARIK, created_at=begun.stage.now))
        await session.flush()
        (await session.get_one(type(await begun.run()), 1)).cohort_id = 1
    await offer(begun, with_more_lost)
    said = await begun.stage.says(TARIK, TRAINER_DM, "ja")
    card = [one.body for one in said if one.refs.get("edits") == "$out1"]
    assert "Noor leest eerst wat er nu ook kwijtraakt" in card[-1]
    said = await begun.stage.says(TARIK, TRAINER_DM, "!cohort")
    assert "leest eerst wat er nu ook kwijtraakt" in to(TRAINER_DM, said)[0]
    said = await begun.stage.says(TARIK, TRAINER_DM, "!hervat 1")
    assert "aan het wachten op een akkoord" in to(TRAINER_DM, said)[0]


async def test_a_version_that_loses_no_more_after_all_lets_it_go_on(begun: Walker) -> None:
    await loses_more(begun)
    await edit(begun, lambda playbook: {**playbook, "version": "9.9.9"})
    assert await begun.state() is Run.RUNNING
    assert not [one for one in await begun.open() if one.what is Ask.ACCEPT]
    await begun.walk()
    assert await begun.state() is Run.FINISHED


async def test_a_word_that_signed_holds_no_longer(begun: Walker) -> None:
    sign = await begun.until(Ask.SIGN)
    mine = next(one for one in await begun.open() if one.what is Ask.SIGN and one.dialog.user_id == NOOR)
    await begun.reply(mine, "DEFINITIEF")
    await loses_more(begun)
    assert not [one for one in await begun.open() if one.what is Ask.SIGN]
    place = (await begun.row(str(sign.step))).place
    await begun.stage.says(TARIK, TRAINER_DM, f"!teken 1.{place} DEFINITIEF")
    assert await begun.state() is Run.RECONSIDERING
    await says_yes(begun)
    asked = {one.dialog.user_id for one in await begun.open() if one.what is Ask.SIGN}
    assert NOOR in asked
    assert len(asked) > 1
    assert (await begun.states())[str(sign.step)] is Step.DOING
    await begun.walk()
    assert await begun.state() is Run.FINISHED


async def test_a_rest_that_ends_meanwhile_ends_when_it_goes_on(begun: Walker) -> None:
    while Step.WAITING not in (await begun.states()).values():
        await begun.something()
    resting = next(name for name, state in (await begun.states()).items() if state is Step.WAITING)
    await loses_more(begun)
    await begun.stage.passes(timedelta(days=100))
    assert (await begun.states())[resting] is Step.WAITING
    await says_yes(begun)
    await begun.walk()
    assert await begun.state() is Run.FINISHED


async def walked(
    stage: Stage, library: Shelf, name: str, after: int, change: Callable[[dict[str, Any]], Any]
) -> None:
    """Through a playbook that loses more on the way, once so much has happened."""
    walker = Walker(stage, library)
    await walker.set_up()
    trip = trips(library.playbooks[name].open())[0]
    await walker.start(name, trip.branch.answers)
    await walker.answer((await walker.open())[0])
    for _ in range(after):
        await walker.something()
    done = {step for step, state in (await walker.states()).items() if state in (Step.DONE, Step.VERIFIED)}
    await edit(walker, change, name)
    assert await walker.state() is Run.RECONSIDERING
    states = await walker.states()
    assert done == {step for step, state in states.items() if state in (Step.DONE, Step.VERIFIED)}
    await walker.walk()
    assert await walker.state() is Run.FINISHED


@pytest.mark.parametrize("after", [0, 3, 9, 20])
async def test_every_run_comes_to_its_end(stage: Stage, library: Shelf, after: int) -> None:
    await walked(stage, library, "two-factor", after, with_more_lost)
