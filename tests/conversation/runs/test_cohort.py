"""Three organisations begin together, one of them in English: one finishes, one stops, one goes back, and their trainer sees
them side by side all the while."""

import pytest

from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.playbooks.shelf import Shelf
from helpdesk_bot.storage.models import Organisation, Person, Room
from tests.conversation.runs.test_answers import TRAINER_DM
from tests.conversation.runs.walker import NOOR, OWN, TARIK, Walker
from tests.conversation.stage import BOT, Said, Stage, to

FATIMA, GRACE = "@fatima:test", "@grace:test"
FATIMAS, GRACES = "!dm-fatima:test", "!dm-grace:test"
PLAYBOOK = "doodle-to-framadate"
TO_US = {"m.mentions": {"user_ids": [BOT]}}
ROOMS = {OWN, FATIMAS, GRACES}


@pytest.fixture
async def cohort(stage: Stage, library: Shelf) -> list[Walker]:
    """Noor in the room of her organisation, Fatima and Grace each in a chat of their own; started by their trainer in words."""
    noor = Walker(stage, library)
    await noor.set_up()
    for user, language in ((FATIMA, "nl"), (GRACE, "en")):
        room = await stage.direct(user)
        async with stage.db.transaction() as session:
            known = {
                "language": language,
                "language_said": True,
                "direct_room": room,
                "created_at": stage.now,
            }
            await session.merge(Person(user_id=user, stadsdeel="noord", **known))
    async with stage.db.transaction() as session:
        session.add(
            Organisation(
                id=1, name="Voedselcoop", name_key="voedselcoop", stadsdeel="noord", created_at=stage.now
            )
        )
        await session.flush()
        (await session.get_one(Person, NOOR)).organisation_id = 1
        (await session.get_one(Room, OWN)).organisation_id = 1
    said = await stage.says(TARIK, TRAINER_DM, f"!start {PLAYBOOK} {NOOR} {FATIMA} {GRACE}")
    answers = iter(["https://framadate.org", "12", "ja", "69", *["zelfde"] * 8])
    while "Klopt" not in (asked := to(TRAINER_DM, said)[-1]) and not asked.startswith("Dit wordt"):
        said = await stage.says(TARIK, TRAINER_DM, next(answers, "ja"))
        if any("groep 1" in words for words in to(TRAINER_DM, said)):
            break
    else:
        said = await stage.says(TARIK, TRAINER_DM, "ja")
    assert any("groep 1" in words for words in to(TRAINER_DM, said))
    read = {room: "\n".join(to(room, said)) for room in ROOMS}
    assert "Dit raken jullie kwijt" in read[OWN]
    assert "Dit raken jullie kwijt" in read[FATIMAS]
    assert "kwijt" not in read[GRACES]
    assert "agreed" in read[GRACES]
    noor.number, noor.said = 1, said
    others = [
        Walker(stage, library, language=language, room=room, number=number)
        for number, (room, language) in enumerate([(FATIMAS, "nl"), (GRACES, "en")], 2)
    ]
    return [noor, *others]


async def side_by_side(stage: Stage) -> str:
    [seen] = to(TRAINER_DM, await stage.says(TARIK, TRAINER_DM, "!cohort"))
    return seen


def heard_elsewhere(said: list[Said], *rooms: str) -> set[str]:
    """Rooms of other organisations in which something was said."""
    return {one.room for one in said} & (ROOMS - set(rooms))


async def test_one_finishes_one_stops_and_one_goes_back(cohort: list[Walker]) -> None:
    noor, fatima, grace = cohort
    stage = noor.stage
    assert (await side_by_side(stage)).count("Nog niet begonnen") == 3

    # Each accepts in their own words and language; it begins for nobody else.
    said = await stage.says(GRACE, GRACES, "agreed")
    assert not heard_elsewhere(said, GRACES)
    assert any("it is your turn" in words or "Step 1 of" in words for words in to(GRACES, said))
    assert [await one.state() for one in cohort] == [Run.ACCEPTING, Run.ACCEPTING, Run.RUNNING]
    await stage.says(NOOR, OWN, "akkoord", **TO_US)
    await stage.says(FATIMA, FATIMAS, "akkoord")
    seen = await side_by_side(stage)
    assert [f"Stap {number}.1," in seen for number in (1, 2, 3)] == [True] * 3
    assert "Step" not in seen, "the trainer reads Dutch"

    # Somebody else's 'gedaan' is none of theirs.
    turn = await grace.turn()
    said = await stage.says(
        FATIMA, FATIMAS, await fatima.evidence(str((await fatima.turn()).step)) or "gedaan"
    )
    assert not heard_elsewhere(said, FATIMAS)
    assert (await grace.states())[str(turn.step)] is Step.DOING

    # Noor's stands still, and the others go on.
    await stage.says(TARIK, TRAINER_DM, "!stilzetten 1 vakantie")
    await grace.something()
    await grace.something()
    assert "Staat stil: vakantie" in await side_by_side(stage)
    await stage.says(TARIK, TRAINER_DM, "!hervat 1")

    # Fatima stops; her chat hears why, the others nothing.
    said = await stage.says(FATIMA, FATIMAS, "!stopplan 2 we blijven bij Doodle")
    assert not heard_elsewhere(said, FATIMAS)
    assert await fatima.state() is Run.STOPPED
    assert "Gestopt: we blijven bij Doodle" in await side_by_side(stage)
    said = await stage.says(FATIMA, FATIMAS, "gedaan")
    assert "is gestopt op " in to(FATIMAS, said)[0]

    # Noor goes back after some steps; Grace finishes, in English to the end.
    await noor.walk(until=lambda sight: sum(s is Step.VERIFIED for s in sight.walk.states.values()) >= 2)
    done = {name for name, state in (await noor.states()).items() if state in (Step.DONE, Step.VERIFIED)}
    undone = await noor.goes_back()
    assert set(undone) <= done
    assert await noor.state() is Run.ROLLED_BACK
    grace.said.clear()
    await grace.walk()
    assert await grace.state() is Run.FINISHED
    english = to(GRACES, grace.said)
    assert any("finished" in words or "it is done" in words for words in english)
    assert not [words for words in english if "Stap " in words or "jij bent aan de beurt" in words]

    seen = await side_by_side(stage)
    assert "Teruggedraaid" in seen
    assert "Gestopt: we blijven bij Doodle" in seen
    assert "Klaar! Alles is gedaan en nagekeken." in seen
    assert not await noor.tickets()
    assert {one.what for walker in cohort for one in await walker.open()} <= {Ask.LATER}
