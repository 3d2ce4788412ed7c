"""What changes on the way: people, the playbook, the mind of the organisation."""

from datetime import timedelta

import pytest

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import adopting
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.shelf import Shelf, Shelved
from tests.conversation.runs.conftest import DRIVE
from tests.conversation.runs.walker import NOOR, OWN, SANNE, TARIK, Walker, inputs_of
from tests.conversation.stage import Stage, to

SAM, TRAINER_DM = "@sam:test", "!dm-tarik:test"


async def test_who_takes_over_is_told_in_a_chat_of_their_own(alone: Walker) -> None:
    asked = await alone.turn()
    sam = await alone.stage.direct(SAM)
    await alone.stage.says(SAM, sam, "hallo")
    said = await alone.stage.says(TARIK, TRAINER_DM, f"!rol 1 initiatief {SAM}")
    [told] = to("!dm-noor:test", said)
    assert "Jij hoeft daar niets meer voor te doen" in told
    assert any("jij bent nu contactpersoon" in words for words in to(sam, said))
    await alone.stage.says(NOOR, "!dm-noor:test", "12")
    assert (await alone.states())[str(asked.step)] is Step.DOING
    await alone.reply(await alone.turn(), "12")
    assert (await alone.states())[str(asked.step)] is Step.DONE


@pytest.mark.both_databases
async def test_open_questions_go_on_with_who_takes_over(alone: Walker) -> None:
    stage = alone.stage
    await alone.reply(await alone.turn(), "Welke mappen bedoel je?")
    await stage.says("@noor:test", "!dm-noor:test", "!nieuw Onze printer doet het niet")
    of_step, own = await alone.tickets()
    sam = await stage.direct(SAM)
    await stage.says(SAM, sam, "hallo")
    team = str(of_step.team_room)
    said = await stage.says(TARIK, TRAINER_DM, f"!rol 1 initiatief {SAM}")
    assert any("gaat verder met Sam" in words for words in to(team, said))
    assert any(f"een vraag open: {of_step.id}." in words for words in to(sam, said))
    assert not any("Welke mappen" in words for words in to(sam, said))
    await stage.join(team, SANNE)
    said = await stage.says(SANNE, team, f"!antwoord {of_step.id} Alle mappen")
    assert any("Alle mappen" in words for words in to(sam, said))
    assert not to("!dm-noor:test", said)
    said = await stage.says(SANNE, team, f"!antwoord {own.id} Doe hem eens uit")
    assert any("Doe hem eens uit" in words for words in to("!dm-noor:test", said))


async def test_what_was_asked_in_their_room_stays_there(begun: Walker) -> None:
    stage = begun.stage
    await begun.reply(await begun.turn(), "Welke mappen bedoel je?")
    [ticket] = await begun.tickets()
    await stage.join(OWN, SAM)
    await stage.says(TARIK, TRAINER_DM, f"!rol 1 initiatief {SAM}")
    after = await stage.ticket(ticket.id)
    assert (after.requester, after.room_id, after.thread) == (SAM, OWN, ticket.thread)
    await stage.replies(SAM, OWN, "$in3", "Ik bedoel de foto's")
    assert len(await begun.tickets()) == 1


async def test_a_run_that_stops_leaves_no_question_behind(stage: Stage, library: Shelf) -> None:
    walker = await _at_a_technician(stage, library)
    [ticket] = [one for one in await walker.tickets() if one.status in OPEN]
    await stage.says(TARIK, TRAINER_DM, "!stopplan 1 ze zijn verhuisd")
    assert await walker.state() is Run.STOPPED
    assert (await stage.ticket(ticket.id)).status not in OPEN
    assert not [one for one in await walker.open() if one.what is not Ask.LATER]


async def test_signing_is_not_doing(stage: Stage, library: Shelf) -> None:
    """A technician who has to say yes to a step of the organisation is done with that; the step is not."""
    name = next(
        name
        for name, one in library.playbooks.items()
        if any(
            step.irreversible and step.role == "initiative" and "technician" in step.sign_off
            for step in one.open().steps
        )
    )
    walker = Walker(stage, library)
    await walker.set_up()
    await walker.start(name, inputs_of(library.playbooks[name].open().inputs, 0))
    step = str((await walker.until(Ask.SIGN)).step)
    while not [one for one in await walker.tickets() if one.status in OPEN]:
        await walker.something()
    ticket = next(one for one in await walker.tickets() if one.status in OPEN)
    place = (await walker.row(step)).place
    assert ticket.team_room
    await stage.reacts(SANNE, ticket.team_room, await stage.card(ticket.id), "✋")
    await stage.says(SANNE, ticket.team_room, f"!teken 1.{place} DEFINITIEF")
    assert (await walker.states())[step] is Step.DOING
    assert (await stage.ticket(ticket.id)).status not in OPEN


async def test_what_was_signed_is_signed_again_after_it_was_put_back(begun: Walker) -> None:
    sign = await begun.until(Ask.SIGN)
    for one in [one for one in await begun.open() if one.what is Ask.SIGN]:
        await begun.reply(one, "DEFINITIEF")
    place = (await begun.row(str(sign.step))).place
    await begun.stage.says(TARIK, TRAINER_DM, f"!terugzetten 1.{place}")
    await begun.stage.says(TARIK, TRAINER_DM, f"!wakker 1.{place}")
    assert {one.what for one in await begun.open() if one.step == sign.step} == {Ask.SIGN}


async def test_nobody_is_left_waiting_for_a_signature(begun: Walker) -> None:
    sign = await begun.until(Ask.SIGN)
    mine = next(one for one in await begun.open() if one.what is Ask.SIGN and one.dialog.user_id == NOOR)
    await begun.reply(mine, "DEFINITIEF")
    said = await begun.stage.passes(timedelta(days=30))
    assert any("DEFINITIEF" in words for words in to(TRAINER_DM, said))
    assert (await begun.states())[str(sign.step)] is Step.DOING


async def test_who_does_not_answer_to_the_losses_is_asked_again(walker: Walker) -> None:
    said = await walker.stage.passes(timedelta(days=8))
    assert any("Schrijf 'akkoord'" in words for words in to(OWN, said))


async def test_a_step_that_is_gone_takes_along_what_was_asked_about_it(begun: Walker) -> None:
    first = str((await begun.turn()).step)
    await edit(begun, lambda playbook: without(playbook, first))
    assert first not in await begun.states()
    assert first not in {one.step for one in await begun.open()}
    await begun.walk()
    assert await begun.state() is Run.FINISHED


async def test_a_step_waits_when_it_needs_something_new_first(begun: Walker) -> None:
    busy = str((await begun.turn()).step)
    await edit(begun, with_a_new_beginning)
    states = await begun.states()
    assert states["look-first"] is Step.DOING
    assert states[busy] is Step.TODO
    await begun.walk()
    assert await begun.state() is Run.FINISHED


async def test_an_edit_is_offered_once_and_changes_nothing_by_itself(begun: Walker) -> None:
    before = await begun.run()
    said = await offer(begun, with_a_new_beginning)
    assert any("is veranderd" in words for words in to(TRAINER_DM, said))
    assert not await offer(begun, with_a_new_beginning)
    await begun.stage.says(TARIK, TRAINER_DM, "nee")
    assert (await begun.run()).sha256 == before.sha256


async def test_what_a_newer_version_loses_is_accepted_anew(walker: Walker) -> None:
    before = (await walker.open())[0]
    said = await offer(walker, with_more_lost)
    assert "- Wat ze ook kwijtraken: 1" in to(TRAINER_DM, said)[0]
    said = await walker.stage.says(TARIK, TRAINER_DM, "ja")
    assert any("Ook de foto's zijn weg." in words and "'akkoord'" in words for words in to(OWN, said))
    assert await walker.state() is Run.ACCEPTING
    await walker.reply(before, "akkoord")  # to what they read before that
    assert await walker.state() is Run.ACCEPTING
    await walker.answer((await walker.open())[0])
    assert await walker.state() is Run.RUNNING


async def test_an_edit_that_loses_nothing_more_tells_them_nothing(begun: Walker) -> None:
    await offer(begun, lambda playbook: {**playbook, "losses": playbook["losses"][1:]})
    assert not to(OWN, await begun.stage.says(TARIK, TRAINER_DM, "ja"))
    assert await begun.state() is Run.RUNNING


async def _at_a_technician(stage: Stage, library: Shelf) -> Walker:
    walker = Walker(stage, library)
    await walker.set_up()
    name = "whatsapp-to-element"
    await walker.start(name, inputs_of(library.playbooks[name].open().inputs, 0))
    while not [one for one in await walker.tickets() if one.status in OPEN]:
        await walker.something()
    return walker


async def edit(walker: Walker, change, name: str = DRIVE) -> None:  # type: ignore[no-untyped-def]
    await offer(walker, change, name)
    await walker.stage.says(TARIK, TRAINER_DM, "ja")


async def offer(walker: Walker, change, name: str = DRIVE) -> list:  # type: ignore[no-untyped-def, type-arg]
    """As at a start after somebody edited the playbook."""
    stage = walker.stage
    edited = Playbook.model_validate(change(walker.shelf.playbooks[name].open().model_dump(by_alias=True)))
    shelf = Shelf({**walker.shelf.playbooks, name: Shelved.of(edited)}, walker.shelf.tools)
    walker.on(shelf)
    async with stage.db.transaction() as session:
        await adopting.offer_all(Act(session, stage.now, stage.setting))
    return await stage.settle()


def without(playbook: dict, name: str) -> dict:  # type: ignore[type-arg]
    for phase in playbook["phases"]:
        phase["steps"] = [step for step in phase["steps"] if step["id"] != name]
        for step in phase["steps"]:
            step["needs"] = [need for need in step["needs"] if need != name]
    return playbook


def with_a_new_beginning(playbook: dict) -> dict:  # type: ignore[type-arg]
    first = playbook["phases"][0]["steps"][0]
    new = {
        **first,
        "id": "look-first",
        "evidence": None,
        "verify": {"check": first["title"], "by": "trainer"},
        "due": None,
    }
    playbook["phases"][0]["steps"] = [new, *playbook["phases"][0]["steps"]]
    first["needs"] = ["look-first"]
    return playbook


def with_more_lost(playbook: dict) -> dict:  # type: ignore[type-arg]
    more = {"nl": "Ook de foto's zijn weg.", "en": "The photos are gone too."}
    return {**playbook, "losses": [*playbook["losses"], more]}
