"""A step of technicians is one question, however often it is looked at."""

import pytest

from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.playbooks.shelf import Shelf
from tests.conversation.runs.walker import NOOR, OWN, SANNE, TARIK, Walker, inputs_of
from tests.conversation.stage import Said, Stage, to

TEAM, TRAINER_DM, STEP = "!team-noord:test", "!dm-tarik:test", "space-and-groups"
WHY = "de groepen staan er nog niet"


@pytest.fixture
async def said_done(begun: Walker) -> Walker:
    """Sanne has done her step, and Tarik is to look."""
    await begun.stage.join(TEAM, SANNE)
    while (await begun.states())[STEP] is not Step.DONE:
        await begun.something()
    return begun


async def place(walker: Walker) -> str:
    return f"{walker.number}.{(await walker.row(STEP)).place}"


async def not_right(walker: Walker) -> list[Said]:
    return await walker.stage.says(TARIK, TRAINER_DM, f"!kloptniet {await place(walker)} {WHY}")


async def the_question(walker: Walker) -> int:
    """The one question that this step is."""
    name = await place(walker)
    [number] = [one.id for one in await walker.tickets() if f"Stap {name} voor" in one.question]
    return number


async def test_what_is_not_right_is_the_same_question_again(said_done: Walker) -> None:
    stage, number, before = said_done.stage, await the_question(said_done), len(await said_done.tickets())
    said = await not_right(said_done)
    ticket = await stage.ticket(number)
    assert (ticket.status, ticket.assignee) == (Status.CLAIMED, SANNE)
    assert len(await said_done.tickets()) == before
    [told] = [one for one in said if WHY in one.body and one.room == TEAM]
    assert told.refs["thread"] == await stage.card(number)
    assert told.content["m.mentions"] == {"user_ids": [SANNE]}
    assert "Tarik heeft stap" in told.body
    assert not [one for one in said if one.room == OWN and not one.edits], (
        "the card shows it to the organisation"
    )


async def test_done_anew_it_is_looked_at_and_the_technician_hears_that_it_is_right(said_done: Walker) -> None:
    stage, number = said_done.stage, await the_question(said_done)
    await not_right(said_done)
    await stage.says(SANNE, TEAM, f"!opgelost {number}")
    assert (await said_done.states())[STEP] is Step.DONE
    assert (await stage.ticket(number)).status == Status.CLOSED
    said = await stage.says(TARIK, TRAINER_DM, f"!klopt {await place(said_done)}")
    [told] = [one for one in said if one.room == TEAM and not one.edits and "klopt" in one.body]
    assert told.refs["thread"] == await stage.card(number)
    assert "Dank je wel" in told.body
    assert (await stage.ticket(number)).status == Status.CLOSED


async def test_what_is_overruled_while_it_is_open_again_is_over(said_done: Walker) -> None:
    stage, number = said_done.stage, await the_question(said_done)
    await not_right(said_done)
    said = await stage.says(TARIK, TRAINER_DM, f"!klopt {await place(said_done)}")
    assert len([one for one in said if one.room == TEAM and not one.edits]) == 1
    assert (await stage.ticket(number)).status == Status.CLOSED


async def test_when_whoever_did_it_is_gone_others_are_asked(said_done: Walker) -> None:
    stage, number = said_done.stage, await the_question(said_done)
    await stage.join(TEAM, "@joris:test")
    await stage.join(TEAM, SANNE, membership="leave")
    said = await not_right(said_done)
    ticket = await stage.ticket(number)
    assert (ticket.status, ticket.assignee) == (Status.NEW, None)
    assert any(WHY in words and "Wie kijkt ernaar?" in words for words in to(TEAM, said))
    await stage.reacts("@joris:test", TEAM, await stage.card(number), "✋")
    assert (await stage.ticket(number)).assignee == "@joris:test"


async def test_the_organisation_is_not_asked_whether_it_is_solved(said_done: Walker) -> None:
    stage = said_done.stage
    await not_right(said_done)
    said = await stage.says(SANNE, TEAM, f"!opgelost {await the_question(said_done)}")
    assert not [one for one in said if one.room == OWN and not one.edits and "opgelost" in one.body]
    await stage.says(NOOR, OWN, "Fijn!")
    assert (await said_done.states())[STEP] is Step.DONE


async def test_numbers_that_differ_are_told_at_the_same_question(stage: Stage, library: Shelf) -> None:
    walker, name = Walker(stage, library), "make-rooms"
    await walker.set_up()
    await walker.start("slack-to-element", inputs_of(library.playbooks["slack-to-element"].open().inputs, 0))
    await stage.join(TEAM, SANNE)
    while (await walker.states())[name] is not Step.DOING:
        await walker.something()
    number = (await walker.tickets())[-1].id
    await stage.reacts(SANNE, TEAM, await stage.card(number), "✋")
    before = len(await walker.tickets())
    said = await stage.says(SANNE, TEAM, f"!gedaan {walker.number}.{(await walker.row(name)).place} 9999")
    assert (await walker.states())[name] is Step.FAILED
    assert len([one for one in said if one.room == TEAM and "9999" in one.body and not one.edits]) == 1
    assert len(await walker.tickets()) == before
    assert (await stage.ticket(number)).status == Status.CLAIMED
