"""A trainer who uses the helpdesk in English, with an organisation that speaks Dutch."""

from datetime import timedelta

import pytest

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import accepting
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.domain.runs.states import Run as State
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.storage.models import Person, Run
from tests.conversation.runs.small import BAS, DM, NOOR, OWN, TARIK, TRAINERS, playbook, shelf, step, town
from tests.conversation.stage import BOT, Stage, to

USERS = {"nl": "Met hoeveel zijn jullie?", "en": "How many are you?"}
SHARED = {"nl": "Zijn er gedeelde mappen?", "en": "Are there shared folders?"}
HOST = {"nl": "Waar komt het te staan?", "en": "Where will it be?"}
CHOICES = [
    {"value": "own", "label": {"nl": "Eigen server", "en": "Own server"}},
    {"value": "rented", "label": {"nl": "Bij een host", "en": "With a host"}},
]
INPUTS = [
    {"key": "users", "label": USERS, "type": "number", "min": 1, "max": 500},
    {"key": "shared", "label": SHARED, "type": "boolean", "required": False},
    {"key": "host", "label": HOST, "type": "choice", "choices": CHOICES},
    {"key": "day", "label": {"nl": "Wanneer?", "en": "When?"}, "type": "date"},
]


def look(name: str, **more: object) -> dict[str, object]:
    return step(name, title={"nl": f"Stap {name}", "en": f"Step {name}"}, **more)


REST = {"days": 30, "for": {"nl": "een maand", "en": "a month"}}
SHELF = shelf(
    playbook(
        "move-folders",
        [look("count"), look("share", when={"input": "shared", "is": True}), look("wait", wait=REST)],
        inputs=INPUTS,
        title={"nl": "Mappen verhuizen", "en": "Move folders"},
        requires=[{"playbook": "make-vault"}],
    ),
    playbook("make-vault", [look("vault")], title={"nl": "Kluis maken", "en": "Make a vault"}),
)


@pytest.fixture
async def city(stage: Stage) -> Stage:
    """Tarik reads English."""
    city = await town(stage, SHELF)
    async with city.db.transaction() as session:
        for user, language in ((TARIK, "en"), (NOOR, "nl")):
            session.add(
                Person(
                    user_id=user,
                    language=language,
                    language_said=True,
                    direct_room=DM if user == TARIK else None,
                    created_at=city.now,
                )
            )
    return city


@pytest.fixture
async def going_on(city: Stage) -> Stage:
    """Plan 1 of Noor, at its first step."""
    for text in ("!begin move-folders @noor:test", "12", "yes", "2", "1 May 2027", "yes"):
        await city.says(TARIK, OWN if text.startswith("!") else DM, text)
    async with city.db.transaction() as session:
        await accepting.accepted(await Walk.numbered(Act(session, city.now, city.setting), 1), NOOR)
    await city.settle()
    return city


async def run_of(stage: Stage) -> Run:
    async with stage.db.reading() as session:
        return await session.get_one(Run, 1)


async def states(stage: Stage) -> list[Step]:
    async with stage.db.reading() as session:
        walk = await Walk.numbered(Act(session, stage.now, stage.setting), 1)
        return list(walk.states.values())


async def steers(stage: Stage, text: str) -> str:
    """What Tarik reads of it, in the chat of his own."""
    return "\n".join(to(DM, await stage.says(TARIK, DM, text)))


async def test_a_start_from_the_first_question_to_the_last(city: Stage) -> None:
    said = await city.says(TARIK, TRAINERS, "!begin move @noor:test")
    assert to(TRAINERS, said) == ["Good. I'll ask you my questions in our own chat."]
    assert "Noor: How many are you?\n\nAnswer with a number." in to(DM, said)[0]
    assert await steers(city, "many") == "Write a whole number from 1 to 500."
    assert "You may skip this question: write ‘skip’." in await steers(city, "12")
    asked = await steers(city, "skip")
    assert "1. Own server\n2. With a host" in asked
    assert "Answer with the number." in asked
    assert await steers(city, "somewhere") == "That is not among them. Answer with the number of your choice."
    assert "Answer with a day, such as 1-5-2027." in await steers(city, "with a host")
    assert await steers(city, "soon") == "That is no day that I understand. Write it like this: 1-5-2027."
    summary = await steers(city, "1 May 2027")
    assert "This is going to begin: Move folders" in summary
    assert "2 steps" in summary
    assert "Note: Noor has to do this first, and has not finished it:\n- Make a vault" in summary
    assert "Shall I begin? Write yes or no." in summary
    assert (await steers(city, "yes")).startswith("It has begun.\n- Plan 1: Noor")
    assert (await run_of(city)).inputs == {"users": 12, "host": "rented", "day": "2027-05-01"}


@pytest.mark.parametrize("word", ["no", "stop", "never mind"])
async def test_nothing_begins_when_they_think_better_of_it(city: Stage, word: str) -> None:
    await city.says(TARIK, DM, "!begin vault @noor:test")
    assert await steers(city, word) == "Good, nothing begins."


async def test_several_organisations_make_a_cohort(city: Stage) -> None:
    assert await steers(city, "!cohort") == (
        "You have no cohort yet. Name more people with !begin, and they begin together."
    )
    for text in ("!begin move-folders @noor:test @fatima:test", "12", "no", "1", "1-5-2027"):
        asked = await steers(city, text)
    assert "Fatima: How many are you?" in asked
    for text in ("same", "same", "same", "same"):
        asked = await steers(city, text)
    assert "Shall I begin?" in asked
    assert "cohort 1" in await steers(city, "yes")
    side_by_side = await steers(city, "!cohort 1")
    assert side_by_side.startswith("Cohort 1")
    assert "1. Noor (Move folders)" in side_by_side
    assert "2. Fatima (Move folders)" in side_by_side
    assert await steers(city, "!cohort 7") == "I know no cohort 7."


async def test_a_step_is_left_out_and_put_back(going_on: Stage) -> None:
    assert await steers(going_on, "!skipstep 1.1") == "Write a reason behind it, in a few words."
    assert await steers(going_on, "!skipstep 1.1 there is nothing") == "Step 1.1: left out."
    assert "there is nothing" in await steers(going_on, "!run 1")
    assert (await steers(going_on, "!putback 1.1")).startswith("Step 1.1: ")
    assert (await states(going_on))[0] is not Step.SKIPPED


async def test_whose_turn_it_is_hears_in_their_own_language(going_on: Stage) -> None:
    said = await going_on.says(TARIK, DM, "!prod 1.1")
    assert to(DM, said) == ["A message about step 1.1 goes to Noor."]
    [theirs] = to("!new-dm-noor:test", said) or to(OWN, said)
    assert "Stap count" in theirs
    assert await steers(going_on, "!prod 1.2") == "It is not the turn of step 1.2 now."


async def test_a_rest_ends_before_its_day(going_on: Stage) -> None:
    assert (await states(going_on))[2] is Step.WAITING
    assert await steers(going_on, "!wake 1.3") == "Step 1.3: its turn now."
    assert await steers(going_on, "!wake 1.1") == "No time of rest runs before step 1.1 now."


async def test_a_run_is_put_on_hold_and_goes_on(going_on: Stage) -> None:
    assert await steers(going_on, "!hold 1") == "Write a reason behind it, in a few words."
    assert "Plan 1: on hold." in await steers(going_on, "!hold 1 summer holidays")
    assert (await run_of(going_on)).reason == "summer holidays"
    assert not await going_on.passes(timedelta(days=20))
    assert "Plan 1: going on." in await steers(going_on, "!resume 1")
    assert (await run_of(going_on)).state is State.RUNNING


async def test_a_run_is_stopped(going_on: Stage) -> None:
    said = await going_on.says(TARIK, DM, "!stopplan 1 they moved away")
    assert "Plan 1: stopped." in "\n".join(to(DM, said))
    assert any("they moved away" in text and "gestopt" in text for text in to(OWN, said)), said
    assert (await run_of(going_on)).state is State.STOPPED


async def test_a_run_goes_back(going_on: Stage) -> None:
    assert "Plan 1: rolled back." in await steers(going_on, "!rollback 1 it does not work")
    assert (await run_of(going_on)).state is State.ROLLED_BACK


async def test_a_look(going_on: Stage) -> None:
    for place in ("1.1", "1.2"):
        await going_on.says(NOOR, OWN, f"!gedaan {place}", **{"m.mentions": {"user_ids": [BOT]}})
    [digest] = to(DM, await going_on.passes(timedelta(minutes=10)))
    assert "Step count" in digest
    assert "Write for instance 'yes 1.1', or 'yes all'." in digest
    assert "checked" in await steers(going_on, "yes all")
    assert (await states(going_on))[:2] == [Step.VERIFIED, Step.VERIFIED]
    assert await steers(going_on, "!notright 1.2 the folder is empty") == "Step 1.2: not right yet."
    assert await steers(going_on, "!verified 1.2") == "Step 1.2: done and checked."


async def test_somebody_else_has_a_role(going_on: Stage) -> None:
    assert "Bas" in await steers(going_on, f"!role 1 contact {BAS}")
    async with going_on.db.reading() as session:
        walk = await Walk.numbered(Act(session, going_on.now, going_on.setting), 1)
        assert walk.who("initiative") == BAS


async def test_what_is_not_for_others_is_said_in_english_too(going_on: Stage) -> None:
    assert await steers(going_on, "!run 9") == "I know no plan 9."
    assert "no playbook" in await steers(going_on, "!begin bicycle @noor:test")
    assert "plan 1" in await steers(going_on, "!begin move-folders @noor:test")
