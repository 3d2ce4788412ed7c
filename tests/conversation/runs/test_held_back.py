"""What waits for somebody's look, or for a time of rest, is never forgotten, whatever comes between."""

from datetime import timedelta
from typing import Any

import pytest

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import adopting
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.domain.runs.states import Run, Step
from tests.conversation.conftest import COORDINATION
from tests.conversation.runs.small import playbook, shelf, step, words
from tests.conversation.runs.walker import OWN, TARIK, Walker
from tests.conversation.stage import Stage, to

TRAINER_DM = "!dm-tarik:test"
DAY = timedelta(days=1)
BY = {
    "trainer": {"check": words("Het is er"), "by": "trainer"},
    "initiative": {"check": words("Het is er"), "by": "initiative"},
    "technician": {"check": words("Het is er"), "by": "technician"},
    "page": {"auto": "http", "url": "https://cloud.example.org"},
    "link": {"auto": "link_closed", "ask": words("Welke link stond open?")},
}


def one(by: str) -> dict[str, Any]:
    """A step that there is something to undo about. What the organisation looks at, a technician did."""
    role = "technician" if by == "initiative" else "initiative"
    return step("one", verify=BY[by], role=role, rollback={"how": [words("Zet het terug")]})


async def walking(stage: Stage, *steps: dict[str, Any]) -> Walker:
    """At the first step of these."""
    walker = Walker(stage, shelf(playbook("twee-dingen", list(steps))))
    await walker.set_up()
    await stage.join("!team-noord:test", "@sanne:test")
    await walker.start("twee-dingen", {})
    await walker.answer((await walker.open())[0])
    return walker


async def until_done(walker: Walker, name: str) -> None:
    while (await walker.states())[name] is not Step.DONE:
        await walker.something()


async def steers(walker: Walker, text: str) -> None:
    await walker.stage.says(TARIK, TRAINER_DM, text)


async def test_what_a_trainer_has_to_look_at_is_said_after_a_pause(stage: Stage) -> None:
    walker = await walking(stage, one("trainer"), step("two"))
    await until_done(walker, "one")
    await steers(walker, "!stilzetten 1 vakantie")
    assert not [words for words in to(TRAINER_DM, await stage.passes(DAY)) if "1.1" in words]
    await steers(walker, "!hervat 1")
    assert [words for words in to(TRAINER_DM, await stage.passes(DAY)) if "1.1" in words]
    await walker.walk()
    assert await walker.state() is Run.FINISHED


@pytest.mark.parametrize("by", ["initiative", "link"])
async def test_whoever_has_to_look_is_reminded_after_a_pause(stage: Stage, by: str) -> None:
    walker = await walking(stage, one(by), step("two"))
    await until_done(walker, "one")
    await steers(walker, "!stilzetten 1 vakantie")
    await stage.passes(DAY)
    await steers(walker, "!hervat 1")
    said = to(OWN, await stage.passes(8 * DAY))
    assert [words for words in said if ("Welke link" if by == "link" else "Het is er") in words]


@pytest.mark.parametrize("by", BY)
async def test_who_thought_of_going_back_can_still_come_to_the_end(stage: Stage, by: str) -> None:
    """What was done and waited for a look still does."""
    walker = await walking(stage, one(by), step("two", needs=["one"]))
    await until_done(walker, "one")
    await steers(walker, "!terugdraaien 1 het bestuur twijfelt")
    assert (await walker.open())[0].what is Ask.UNDO
    await steers(walker, "!hervat 1")
    await walker.walk()
    assert set((await walker.states()).values()) == {Step.VERIFIED}


@pytest.mark.parametrize("words", ["!kloptniet 1.1 de map is leeg", "!terugzetten 1.1"])
async def test_a_rest_does_not_end_before_what_it_needs_is_right_again(stage: Stage, words: str) -> None:
    rest = {"days": 30, "for": {"nl": "een maand", "en": "a month"}}
    walker = await walking(stage, one("trainer"), step("two", needs=["one"], wait=rest))
    await until_done(walker, "one")
    assert (await walker.states())["two"] is Step.WAITING
    await steers(walker, words)
    said = await stage.passes(31 * DAY)
    assert (await walker.states())["two"] is Step.WAITING
    assert not to(COORDINATION, said), "nothing went wrong"
    asked = {one.step: one for one in await walker.open()}
    assert "kan nog niet" in to(OWN, await walker.reply(asked["two"], "gedaan"))[0]
    said = await walker.reply(asked["one"], "gedaan")
    assert (await walker.states())["two"] is Step.DOING
    assert [words for words in to(OWN, said) if "Stap two" in words]
    await walker.walk()
    assert await walker.state() is Run.FINISHED


async def test_what_is_looked_at_otherwise_in_a_newer_version_is_looked_at_so(stage: Stage) -> None:
    walker = await walking(stage, one("page"), step("two", needs=["one"]))
    await until_done(walker, "one")
    walker.on(shelf(playbook("twee-dingen", [one("trainer"), step("two", needs=["one"])])))
    async with stage.db.transaction() as session:
        await adopting.offer_all(Act(session, stage.now, stage.setting))
    await stage.settle()
    await steers(walker, "ja")
    assert (await walker.row("one")).looks == "trainer"
    await walker.walk()
    assert await walker.state() is Run.FINISHED
