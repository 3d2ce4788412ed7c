"""Trainers start a run, and steer it."""

import pytest
from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import accepting, starting
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.domain.runs.states import Run as State
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.playbooks.plan import Answer
from helpdesk_bot.storage.models import Cohort, Run
from tests.conversation.runs.small import (
    BAS,
    DM,
    FATIMA,
    NOOR,
    OWN,
    TARIK,
    TRAINERS,
    playbook,
    shelf,
    step,
    town,
    words,
)
from tests.conversation.runs.walker import Walker
from tests.conversation.stage import Stage, edits_in, to

INPUTS = [
    {"key": "users", "label": words("Met hoeveel zijn jullie?"), "type": "number", "min": 1, "max": 500},
    {"key": "shared", "label": words("Zijn er gedeelde mappen?"), "type": "boolean", "required": False},
]
SHELF = shelf(
    playbook(
        "mappen-verhuizen",
        [
            step("kijken"),
            step("tellen", needs=["kijken"], evidence={"type": "number", "ask": words("Hoeveel?")}),
            step("delen", needs=["tellen"], when={"input": "shared", "is": True}),
            step("helpen", needs=["tellen"], role="technician"),
        ],
        inputs=INPUTS,
        requires=[{"playbook": "kluis-maken"}],
    ),
    playbook("kluis-maken", [step("kluis")]),
)


@pytest.fixture
async def city(stage: Stage) -> Stage:
    return await town(stage, SHELF)


async def begun(stage: Stage, name: str = "mappen-verhuizen", person: str = NOOR) -> int:
    """A run of that person in the room of their own, of which the losses have been accepted."""
    inputs: dict[str, Answer] = {"users": 4} if name == "mappen-verhuizen" else {}
    async with stage.db.transaction() as session:
        act = Act(session, stage.now, stage.setting)
        run = await starting.start(
            act, SHELF.playbooks[name], await starting.party_of(act, person, OWN), inputs, TARIK
        )
        await accepting.accepted(await Walk.of(act, run), person)
    await stage.settle()
    return run.id


async def states(stage: Stage, number: int = 1) -> list[Step]:
    async with stage.db.transaction() as session:
        walk = await Walk.numbered(Act(session, stage.now, stage.setting), number)
        return list(walk.states.values())


async def run_of(stage: Stage, number: int = 1) -> Run:
    async with stage.db.reading() as session:
        return await session.get_one(Run, number)


async def test_a_trainer_starts_a_run_after_a_few_questions(city: Stage) -> None:
    said = to(TRAINERS, await city.says(TARIK, TRAINERS, "!start mappen @noor:test"))
    assert said == ["Goed. Ik stel je mijn vragen in ons eigen gesprek."]
    assert "Met hoeveel zijn jullie?" in city.sent[-1].body
    dm = city.sent[-1].room
    assert "1 tot en met 500" in to(dm, await city.says(TARIK, dm, "veel"))[0]
    assert "Met hoeveel" not in to(dm, await city.says(TARIK, dm, "0"))[0]
    assert "gedeelde mappen" in to(dm, await city.says(TARIK, dm, "12"))[0]
    summary = to(dm, await city.says(TARIK, dm, "ja"))[0]
    assert "4 stappen" in summary
    assert "heeft dat nog niet klaar:\n- Draaiboek kluis-maken" in summary
    said_now = await city.says(TARIK, dm, "ja")
    assert "Stappenplan 1" in to(dm, said_now)[0]
    run = await run_of(city)
    assert (run.state, run.inputs, run.cohort_id) == (State.ACCEPTING, {"users": 12, "shared": True}, None)
    assert len(await states(city)) == 4


async def test_several_organisations_make_a_cohort(city: Stage) -> None:
    await city.says(TARIK, DM, "!start mappen-verhuizen @noor:test @fatima:test")
    await city.says(TARIK, DM, "12")
    assert "Fatima" in to(DM, await city.says(TARIK, DM, "overslaan"))[0]
    await city.says(TARIK, DM, "zelfde")
    await city.says(TARIK, DM, "nee")
    assert "groep 1" in to(DM, await city.says(TARIK, DM, "ja"))[0]
    async with city.db.reading() as session:
        runs = (await session.scalars(select(Run).order_by(Run.id))).all()
        assert [run.inputs for run in runs] == [{"users": 12}, {"users": 12, "shared": False}]
        assert {run.cohort_id for run in runs} == {(await session.scalars(select(Cohort))).one().id}


@pytest.mark.parametrize("word", ["stop", "nee"])
async def test_nothing_begins_when_the_trainer_says_so(city: Stage, word: str) -> None:
    await city.says(TARIK, DM, "!start kluis @noor:test")
    assert to(DM, await city.says(TARIK, DM, word)) == ["Goed, er begint niets."]
    async with city.db.reading() as session:
        assert (await session.scalars(select(Run))).all() == []


@pytest.mark.parametrize(
    ("who", "room", "text", "answer"),
    [
        (FATIMA, "!dm-fatima:test", "!start kluis @noor:test", "alleen voor trainers"),
        (TARIK, "!help-noord:test", "!start kluis @noor:test", "Dat kan hier niet"),
        (TARIK, DM, "!start kluis", "Voor wie?"),
        (TARIK, DM, "!start @noor:test", "Welk draaiboek?"),
        (TARIK, DM, "!start fiets @noor:test", "geen draaiboek met ‘fiets’"),
        (TARIK, DM, "!start draaiboek @noor:test", "2 draaiboeken"),
        (TARIK, OWN, "!start kluis @noor:test @bas:test", "één persoon"),
    ],
)
async def test_what_a_start_needs(city: Stage, who: str, room: str, text: str, answer: str) -> None:
    assert answer in to(room, await city.says(who, room, text))[0]


async def test_who_is_walking_already_does_not_begin_again(city: Stage) -> None:
    await begun(city, "kluis-maken")
    assert "stappenplan 1" in to(DM, await city.says(TARIK, DM, "!start kluis @noor:test"))[0]


async def test_steps_are_said_to_be_done_and_looked_at(city: Stage) -> None:
    await begun(city)
    assert to(OWN, await city.says(NOOR, OWN, "!gedaan 1"))[-1] == "Stap 1.1: gedaan, nog niet nagekeken."
    assert "!gedaan 1.2 12" in to(OWN, await city.says(NOOR, OWN, "!gedaan 2 alles"))[0]
    assert "1.2: gedaan" in to(OWN, await city.says(NOOR, OWN, "!gedaan 1.2 12"))[-1]
    said = to(TRAINERS, await city.says(TARIK, TRAINERS, "!klopt 1.1 en 1.2"))
    assert said == ["- Stap 1.1: klaar en nagekeken.\n- Stap 1.2: klaar en nagekeken."]
    assert (await states(city))[:2] == [Step.VERIFIED, Step.VERIFIED]


async def test_a_look_is_overruled_by_a_trainer_only(city: Stage) -> None:
    await begun(city)
    await city.says(NOOR, OWN, "!gedaan 1.1")
    assert "reden" in to(DM, await city.says(TARIK, DM, "!kloptniet 1.1"))[0]
    await city.says(TARIK, DM, "!kloptniet 1.1 de map is leeg")
    assert (await states(city))[0] is Step.FAILED
    assert "niet na te kijken" in to(OWN, await city.says(NOOR, OWN, "!klopt 1.1"))[0]
    await city.says(TARIK, DM, "!klopt 1.1")
    assert (await states(city))[0] is Step.VERIFIED


async def test_a_trainer_leaves_a_step_out_and_puts_it_back(city: Stage) -> None:
    await begun(city)
    assert "reden" in to(DM, await city.says(TARIK, DM, "!overslaan 1.1"))[0]
    assert to(DM, await city.says(TARIK, DM, "!overslaan 1.1 er is niets")) == ["Stap 1.1: overgeslagen."]
    await city.says(TARIK, DM, "!terugzetten 1.1")
    assert (await states(city))[:2] == [Step.DOING, Step.TODO]  # which needs it


async def test_whose_turn_it_is_is_prodded(city: Stage) -> None:
    await begun(city)
    said = await city.says(TARIK, DM, "!seintje 1.1")
    assert to(DM, said) == ["Er gaat een berichtje over stap 1.1 naar Noor."]
    assert any("Noor" in words for words in to(OWN, said))
    assert "niet aan de beurt" in to(DM, await city.says(TARIK, DM, "!seintje 1.2"))[0]
    assert "geen wachttijd" in to(DM, await city.says(TARIK, DM, "!wakker 1.1"))[0]


async def test_a_run_stands_still_goes_on_and_stops(city: Stage) -> None:
    await begun(city)
    assert "reden" in to(OWN, await city.says(NOOR, OWN, "!stilzetten 1"))[0]
    await city.says(NOOR, OWN, "!stilzetten vakantie")
    assert ((run := await run_of(city)).state, run.reason) == (State.PAUSED, "vakantie")
    await city.says(NOOR, OWN, "!hervat 1")
    assert (await run_of(city)).state is State.RUNNING
    assert "beslist" in to(OWN, await city.says(BAS, OWN, "!stopplan 1 geen zin"))[0]
    await city.says(TARIK, DM, "!terugdraaien 1 het lukt niet")
    assert (await run_of(city)).state is State.ROLLED_BACK  # nothing had been done
    await begun(city, "kluis-maken")
    await city.says(TARIK, DM, "!stopplan 2 geen tijd")
    assert (await run_of(city, 2)).state is State.STOPPED


async def test_roles_are_given(city: Stage) -> None:
    await begun(city)
    assert "reserve" in to(OWN, await city.says(NOOR, OWN, "!rol 1 reserve @bas:test"))[0]
    assert "alleen voor trainers" in to(OWN, await city.says(NOOR, OWN, "!rol 1 trainer @bas:test"))[0]
    assert "geen trainer" in to(DM, await city.says(TARIK, DM, "!rol 1 trainer @bas:test"))[0]
    await city.says(TARIK, DM, "!rol 1 initiatief @bas:test")
    async with city.db.transaction() as session:
        role = (await Walk.numbered(Act(session, city.now, city.setting), 1)).roles["initiative"]
        assert (role.user_id, role.deputy) == (BAS, None)


@pytest.mark.parametrize(
    "text", ["!gedaan 1.1", "!klopt 1.1", "!stopplan 1 nee", "!rol 1 reserve @bas:test", "!hervat 1"]
)
async def test_a_stranger_hears_of_no_run(city: Stage, text: str) -> None:
    await begun(city)
    answer = to("!dm-fatima:test", await city.says(FATIMA, "!dm-fatima:test", text))
    assert answer == ["Stappenplan 1 ken ik niet."]
    other = answer[0].replace("1", "9")
    said = await city.says(FATIMA, "!dm-fatima:test", text.replace("1", "9"))
    assert to("!dm-fatima:test", said) == [other]


async def test_a_trainer_reads_more_of_a_run_than_others(city: Stage) -> None:
    await begun(city)
    await city.says(TARIK, DM, "!overslaan 1.1 er is niets")
    whole = to(DM, await city.says(TARIK, DM, "!stappenplan 1"))[0]
    assert "er is niets" in whole
    assert "trainer: Tarik" in whole
    card = to(OWN, await city.says(BAS, OWN, "!stappenplan"))[0]
    assert card.startswith("Stappenplan 1")
    assert "er is niets" not in card
    assert "1. Noor (Draaiboek mappen-verhuizen)" in to(DM, await city.says(TARIK, DM, "!plan"))[0]
    said = to("!dm-fatima:test", await city.says(FATIMA, "!dm-fatima:test", "!stappenplan 1"))
    assert said == ["Stappenplan 1 ken ik niet."]


async def test_a_cohort_is_seen_side_by_side(city: Stage) -> None:
    assert "nog geen groep" in to(DM, await city.says(TARIK, DM, "!cohort"))[0]
    for text in ("!start kluis-maken @noor:test @fatima:test", "ja"):
        await city.says(TARIK, DM, text)
    async with city.db.transaction() as session:
        act = Act(session, city.now, city.setting)
        await accepting.accepted(await Walk.numbered(act, 1), NOOR)
    await city.settle()
    side_by_side = to(DM, await city.says(TARIK, DM, "!cohort"))[0]
    assert "Stap 1.1, Stap kluis: Noor, sinds" in side_by_side
    assert "2. Fatima" in side_by_side
    await city.says(TARIK, DM, "!gedaan 1.1")
    assert "stap 1.1" in to(DM, await city.says(TARIK, DM, "!groep 1"))[0]
    await city.says(TARIK, DM, "!stopplan 1 het bestuur wil niet")
    assert "wacht op de trainer" not in to(DM, await city.says(TARIK, DM, "!groep 1"))[0], "it is over"
    assert to(DM, await city.says(TARIK, DM, "!cohort 7")) == ["Groep 7 ken ik niet."]


async def test_a_run_of_which_every_step_is_left_out_has_stopped(stage: Stage) -> None:
    """Nobody reads that all is done, and the week counts no tool that was left."""
    walker = Walker(stage, shelf(playbook("een-ding", [step("one"), step("two")])))
    await walker.set_up()
    await walker.start("een-ding", {})
    await walker.answer((await walker.open())[0])
    await stage.says(TARIK, DM, "!overslaan 1.1 niet nodig")
    said = await stage.says(TARIK, DM, "!overslaan 1.2 ook niet nodig")
    assert await walker.state() is State.STOPPED
    [told] = [one for one in to(walker.room, said) if "is gestopt" in one]
    assert "is gestopt: alle stappen zijn overgeslagen." in told
    assert "schrijft" not in told, "nobody wrote that"
    card = edits_in(walker.room, said)[-1]
    assert "Overgeslagen." in card
    assert "Klaar" not in card
