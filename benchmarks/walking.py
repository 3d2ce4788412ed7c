"""Many organisations that each walk through a playbook, as far as the real code brings them when people answer."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import and_, func, or_, select, update
from typing_extensions import override

from benchmarks import archive
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import asks, starting
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.digest import DIGEST
from helpdesk_bot.actions.runs.moves import WAKE
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.domain.runs.states import Run as State
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.playbooks.plan import plan_of
from helpdesk_bot.playbooks.shelf import Shelf, Shelved
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Dialog, Member, Person, Room, Run, RunCheck, RunStep, Timer
from tests.conversation.runs.walker import SANNE, Walker, inputs_of
from tests.conversation.stage import BOT, LAYOUT, Stage, in_a_hurry, room_row

TRAINERS = 20
MOST_STEPS = 5
MOST_ANSWERS = (
    12  # of one organisation on its way to a time of rest, or a look: not every playbook has one early
)


class Goal(StrEnum):
    ACCEPT = "accept"  # nobody has said yes yet
    TURN = "turn"  # at one of the first steps
    HOLD = "hold"  # the same, and they said that it has to wait
    REST = "rest"  # a time of rest runs
    LOOK = "look"  # the helpdesk is to look at something outside
    SIGN = "sign"  # what can't be undone waits for signatures: half of the playbook lies behind it


GOALS = (
    *(Goal.SIGN,) * 1,
    *(Goal.ACCEPT,) * 4,
    *(Goal.HOLD,) * 4,
    *(Goal.REST,) * 2,
    *(Goal.LOOK,) * 2,
    *(Goal.TURN,) * 23,
)
_FAR = (Goal.REST, Goal.LOOK)


@dataclass
class Walking(Walker):
    """The people of one run."""

    user: str = ""
    trainer: str = ""

    @override
    async def _until_something_is_due(self) -> timedelta:
        """For everybody else time stands still: of what rests here, the beginning is put back."""
        mine = and_(Timer.kind == WAKE, Timer.about.startswith(f"step:{self.number}/"))
        trainers = and_(Timer.kind == DIGEST, Timer.about == f"trainer:{self.trainer}")
        async with self.stage.db.transaction() as session:
            await session.execute(update(Timer).where(or_(mine, trainers)).values(due_at=self.stage.now))
            walk = await Walk.numbered(Act(session, self.stage.now, self.stage.setting), self.number)
            for name, row in walk.steps.items():
                if row.state is Step.WAITING:
                    row.since = self.stage.now - (walk.planned(name).rest or timedelta())
        return timedelta()

    async def as_far_as(self, goal: Goal, steps: int) -> None:
        if goal is Goal.SIGN:
            await self.until(Ask.SIGN)
            return
        for _ in range(0 if goal is Goal.ACCEPT else MOST_ANSWERS if goal in _FAR else steps):
            asked = [one for one in await self.open() if one.dialog.user_id == self.user]
            if not asked or await self._is_there(goal):
                break
            await self.answer(next((one for one in asked if one.what is Ask.CONFIRM), asked[0]))
        if goal is Goal.HOLD:
            room = (await self.run()).room_id
            await self.stage.says(self.user, room, f"!stilzetten {self.number} vakantie")

    async def _is_there(self, goal: Goal) -> bool:
        if goal is Goal.REST:
            return Step.WAITING in (await self.states()).values()
        async with self.stage.db.reading() as session:
            query = select(RunCheck.id).where(RunCheck.run_id == self.number).limit(1)
            return goal is Goal.LOOK and await session.scalar(query) is not None


def organisation(turn: int) -> str:
    return f"@org-{turn}:test"


def own_room(turn: int) -> str | None:
    """Every second organisation has a room of its own; the others talk in a chat of one person with the helpdesk."""
    return f"!own-{turn}:test" if turn % 2 else None


def direct_room(user: str) -> str:
    return f"!dm-{user[1:].partition(':')[0]}:test"


def trainer(turn: int) -> str:
    return f"@trainer-{turn % TRAINERS}:test"


async def walked(folder: Path, shelf: Shelf, runs: int, tickets: int) -> Stage:
    """A helpdesk with so many runs going on, and so many tickets behind it. The caller closes its database."""
    url = f"sqlite+aiosqlite:///{folder}/runs.db"
    await (await archive.filled(url, LAYOUT, tickets)).close()
    building = in_a_hurry(Database(url))
    stage = Stage(building, archive.NOW)
    stage.configure(stage.setting.config, shelf)
    await _furnish(stage, runs)
    # First those who go far, on whose way the helpdesk looks at all that there is to be looked at.
    for turn in sorted(range(runs), key=lambda turn: _goal(turn) is not Goal.SIGN):
        await _walk(stage, turn)
    assert not await stage.failed()
    async with building.engine.begin() as connection:
        await connection.exec_driver_sql("ANALYZE")
    await building.close()
    stage.db = Database(url)
    stage.configure(stage.setting.config, shelf)
    return stage


def _goal(turn: int) -> Goal:
    return GOALS[turn % len(GOALS)]


async def _walk(stage: Stage, turn: int) -> None:
    shelf, goal = stage.setting.shelf, _goal(turn)
    books = list(shelf.playbooks.values())
    if goal is Goal.SIGN:
        books = [book for book in books if _is_final(book, turn)]
    people = Walking(stage, shelf, user=organisation(turn), trainer=trainer(turn))
    people.number = await _start(stage, books[turn % len(books)], turn)
    await people.as_far_as(goal, 1 + turn // len(GOALS) % MOST_STEPS)
    stage.sent.clear()


def _is_final(shelved: Shelved, turn: int) -> bool:
    """Whether something in it can't be undone."""
    playbook = shelved.open()
    return any(step.irreversible for step in plan_of(playbook, inputs_of(playbook.inputs, turn)))


async def _start(stage: Stage, shelved: Shelved, turn: int) -> int:
    async with stage.db.transaction() as session:
        act = Act(session, stage.now, stage.setting)
        party = await starting.party_of(act, organisation(turn), own_room(turn))
        inputs = inputs_of(shelved.open().inputs, turn)
        number = (await starting.start(act, shelved, party, inputs, trainer(turn))).id
    await stage.settle()
    return number


async def _furnish(stage: Stage, runs: int) -> None:
    """Everybody's chat with the helpdesk, and the rooms of organisations; who is in them."""
    trainers = [trainer(turn) for turn in range(TRAINERS)]
    people = [*trainers, *(organisation(turn) for turn in range(runs))]
    own = {room: organisation(turn) for turn in range(runs) if (room := own_room(turn))}
    async with stage.db.transaction() as session:
        session.add_all(room_row(direct_room(user), size=2) for user in people)
        session.add_all(room_row(room, size=5, encrypted=True) for room in own)
        session.add_all(_person(user) for user in people)
        await session.flush()
        inside = [*((direct_room(user), user) for user in people), *own.items()]
        inside += [(room, BOT) for room, _ in inside]
        inside += [(str(LAYOUT.trainers), user) for user in trainers]
        inside += [(room, SANNE) for room in LAYOUT.team_rooms]
        session.add_all(_member(room, user) for room, user in inside)


def _member(room_id: str, user: str) -> Member:
    return Member(room_id=room_id, user_id=user, membership="join", name=user[1:].partition(":")[0])


def _person(user: str) -> Person:
    return Person(
        user_id=user,
        language="nl",
        language_said=True,
        stadsdeel="noord",
        direct_room=direct_room(user),
        created_at=archive.NOW,
    )


async def spread(stage: Stage) -> str:
    """Where they are, in words."""
    async with stage.db.reading() as session:
        runs = Counter((await session.scalars(select(Run.state))).all())
        going_on = select(RunStep.state).join(Run).where(Run.state == State.RUNNING)
        steps = Counter((await session.scalars(going_on)).all())
        looks = await session.scalar(select(func.count()).select_from(RunCheck))
        asked = Counter(
            one.what for dialog in await session.scalars(select(Dialog)) if (one := asks.read(dialog))
        )
        rooms = await session.scalar(select(func.count()).select_from(Room))
    return (
        f"{runs[State.ACCEPTING]} to accept, {runs[State.PAUSED]} on hold, {sum(runs.values())} in all; "
        f"steps: {steps[Step.DOING]} in hand, {steps[Step.WAITING]} at rest, {looks} to be looked at by the helpdesk, "
        f"{asked[Ask.SIGN]} signatures asked; {rooms} rooms"
    )
