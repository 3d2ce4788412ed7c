"""The helpdesk's server looks whether a step worked, and nothing that goes wrong with that stops anything else."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from typing_extensions import override

from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.playbooks.shelf import Shelf
from helpdesk_bot.probe.judging import Check, Verdict
from helpdesk_bot.probe.work import Looker
from helpdesk_bot.storage.models import RunCheck
from tests.conversation.runs.walker import OWN, TARIK, Eyes, Walker, inputs_of
from tests.conversation.stage import Said, Stage, to

ZOOM, FIRST, TRAINER_DM = "zoom-to-jitsi", "choose-server", "!dm-tarik:test"
RIGHT = Verdict.yes("check.http.right", url="https://jitsi.example.org")
WRONG = Verdict.no("check.http.not_there", url="https://jitsi.example.org")
LATER = Verdict.later("check.not_seen.too_slow", host="jitsi.example.org")
NEVER = Verdict.unknown("check.no_address")


@pytest.fixture
async def said_done(stage: Stage, library: Shelf) -> Walker:
    """The first step is said to be done, and the server is to look."""
    walker = Walker(stage, library)
    await walker.set_up()
    await walker.start(ZOOM, inputs_of(library.playbooks[ZOOM].open().inputs, 0))
    for _ in range(2):
        await walker.answer((await walker.open())[0])
    assert (await walker.states())[FIRST] is Step.DONE
    return walker


async def looks(walker: Walker, eyes: Eyes) -> list[Said]:
    stage = walker.stage
    looker = Looker(stage.db, stage.setting, lambda: stage.now, eyes, lambda: None)
    async with asyncio.TaskGroup() as group:
        await looker.begin(group)
    return await stage.settle()


async def test_what_is_right_is_verified_by_nobody_in_particular(said_done: Walker) -> None:
    eyes = Eyes(RIGHT)
    said = await looks(said_done, eyes)
    assert eyes.asked[0][1]["jitsi_url"] == "https://cloud.example.org"
    assert any("geeft goed antwoord" in words for words in to(OWN, said))
    assert (await said_done.states())[FIRST] is Step.VERIFIED
    assert (await said_done.row(FIRST)).verified_by is None


async def test_what_is_not_right_is_their_turn_again(said_done: Walker) -> None:
    said = await looks(said_done, Eyes(WRONG))
    assert (await said_done.states())[FIRST] is Step.FAILED
    assert any("staat geen pagina" in words for words in to(OWN, said))
    assert "check." not in (await said_done.row(FIRST)).reason  # type: ignore[operator]


async def test_what_is_not_right_is_not_forgotten(said_done: Walker) -> None:
    await looks(said_done, Eyes(WRONG))
    said = to(OWN, await said_done.stage.passes(timedelta(days=8)))
    assert any("gedaan" in words for words in said), "whose turn it is reads so again"


async def test_what_can_not_be_seen_is_tried_thrice_and_then_a_person_looks(said_done: Walker) -> None:
    for wait in (timedelta(), timedelta(minutes=10), timedelta(hours=1)):
        said_done.stage.now += wait
        assert (await said_done.row(FIRST)).looks is None
        said = await looks(said_done, Eyes(LATER))
    assert any("Je trainer kijkt het na" in words for words in to(OWN, said))
    assert (await said_done.row(FIRST)).looks == "trainer"
    assert (await said_done.states())[FIRST] is Step.DONE  # neither passed nor failed


async def test_what_can_never_be_seen_goes_to_a_person_at_once(said_done: Walker) -> None:
    await looks(said_done, Eyes(NEVER))
    assert (await said_done.row(FIRST)).looks == "trainer"


async def test_a_look_that_breaks_stops_nothing_and_ends_with_a_person(said_done: Walker) -> None:
    for _ in range(5):
        await looks(said_done, Blind())
        said_done.stage.now += timedelta(hours=2)
    assert (await said_done.row(FIRST)).looks == "trainer"
    assert not await checks(said_done)


async def test_what_comes_while_the_run_is_on_hold_waits(said_done: Walker) -> None:
    class Slow(Eyes):
        @override
        async def judge(
            self, check: Check, values: Mapping[str, Any], link: str | None, now: datetime
        ) -> Verdict:
            await said_done.stage.says(TARIK, TRAINER_DM, "!stilzetten 1 vakantie")
            return RIGHT

    await looks(said_done, Slow())
    assert (await said_done.states())[FIRST] is Step.DONE
    await said_done.stage.says(TARIK, TRAINER_DM, "!hervat 1")
    said_done.stage.now += timedelta(hours=1)
    await looks(said_done, Eyes(RIGHT))
    assert (await said_done.states())[FIRST] is Step.VERIFIED


async def test_what_is_put_back_meanwhile_is_not_looked_at(said_done: Walker) -> None:
    await said_done.stage.says(TARIK, TRAINER_DM, "!terugzetten 1.1")
    eyes = Eyes(RIGHT)
    await looks(said_done, eyes)
    assert not eyes.asked


async def test_so_often_in_an_hour_and_no_more(said_done: Walker) -> None:
    stage = said_done.stage
    few = stage.setting.config.checks.model_copy(update={"per_run_per_hour": 1})
    said_done.on(said_done.shelf, stage.setting.config.model_copy(update={"checks": few}))
    await looks(said_done, Eyes(WRONG))
    await said_done.answer(next(one for one in await said_done.open() if one.step == FIRST))
    eyes = Eyes(RIGHT)
    await looks(said_done, eyes)
    assert not eyes.asked
    stage.now += timedelta(hours=1, minutes=1)
    await looks(said_done, eyes)
    assert (await said_done.states())[FIRST] is Step.VERIFIED


async def test_when_looking_is_turned_off_a_person_looks(said_done: Walker) -> None:
    config = said_done.stage.setting.config
    off = config.checks.model_copy(update={"enabled": False})
    said_done.on(said_done.shelf, config.model_copy(update={"checks": off}))
    await looks(said_done, Eyes(RIGHT))
    assert (await said_done.row(FIRST)).looks == "trainer"


class Blind(Eyes):
    @override
    async def judge(
        self, check: Check, values: Mapping[str, Any], link: str | None, now: datetime
    ) -> Verdict:
        raise ZeroDivisionError


async def checks(walker: Walker) -> list[RunCheck]:
    async with walker.stage.db.reading() as session:
        return list((await session.scalars(select(RunCheck))).all())


@pytest.mark.parametrize(("verdict", "state"), [(RIGHT, Step.DOING), (WRONG, Step.TODO), (NEVER, Step.DOING)])
async def test_the_next_step_waits_until_the_helpdesk_has_looked(
    said_done: Walker, verdict: Verdict, state: Step
) -> None:
    """Who has to do something over again need not do two things at once; a person's look may take days, and is not waited for."""
    second = list(await said_done.states())[1]
    assert (await said_done.states())[second] is Step.TODO
    await looks(said_done, Eyes(verdict))
    assert (await said_done.states())[second] is state


async def test_a_link_says_that_the_step_is_done_too(begun: Walker) -> None:
    await begun.answer(await begun.turn())
    turn = await begun.turn()
    await begun.reply(turn, "Is dit hem? https://drive.google.com/d/abc")
    assert (await begun.states())[str(turn.step)] is Step.DOING, "that was a question"
    said = await begun.reply(turn, "Hier: https://drive.google.com/d/abc")
    assert any("Ik ga kijken" in words for words in to(OWN, said))
    assert (await begun.states())[str(turn.step)] is Step.DONE
    eyes = Eyes(Verdict.yes("check.link.closed", host="drive.google.com"))
    await looks(begun, eyes)
    assert eyes.asked[0][2] == "https://drive.google.com/d/abc"
    assert (await begun.states())[str(turn.step)] is Step.VERIFIED
