"""Organisations that walk through playbooks at the same time, each with people of its own, on a real homeserver.

Who writes what comes from `tests/support/script`; here it is written by real clients, and time passes by a bot that is
started again with its clock ahead.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from helpdesk_bot.actions.context import Setting
from helpdesk_bot.actions.runs.asks import Asked
from helpdesk_bot.actions.runs.digest import DIGEST
from helpdesk_bot.actions.runs.moves import WAKE
from helpdesk_bot.actions.runs.proposing import DIALOG, Proposal
from helpdesk_bot.app import layout_of
from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo.person import Person
from helpdesk_bot.domain.runs.states import ENDED
from helpdesk_bot.domain.runs.states import Run as State
from helpdesk_bot.playbooks.plan import Answer
from helpdesk_bot.playbooks.shelf import Shelf
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Dialog, InboxEvent, OutboxRow, Run, RunCheck, Timer
from helpdesk_bot.storage.outbox import event_of
from helpdesk_bot.texts.render import Texts
from tests.e2e.world import World
from tests.support.branches import input_of
from tests.support.script import Script

PATIENCE = 40.0
ROUNDS = 150  # before somebody asks whether it ends at all


@dataclass
class Migration:
    """One organisation and its run. `inputs`, `told`: what its trainer answers
    before, and its people on the way, besides what anybody would."""

    playbook: str
    language: str
    walker: Person
    room: str
    link: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    number: int = 0
    phases: set[str] = field(default_factory=set)  # those in which the helpdesk was started again


@dataclass
class Town:
    """A helpdesk, its people by Matrix id, and what organisations do with it. `kills`, `stops`: how it ended before it was
    started again."""

    world: World
    shelf: Shelf
    trainer: Person
    technician: Person
    people: dict[str, Person]
    db: Database = field(init=False)
    setting: Setting = field(init=False)
    said: list[str] = field(default_factory=list)  # the events of people
    stops: int = 0
    kills: int = 0

    def __post_init__(self) -> None:
        config = self.world.config
        self.db = Database(config.database_url)
        texts = Texts.load(config.default_language, config.helpdesk.languages, config.helpdesk.timezone)
        self.setting = Setting(config, layout_of(config), texts, self.shelf)

    @property
    def now(self) -> datetime:
        """What the helpdesk's clock says."""
        return utc_now() + self.world.bot.ahead

    def script(self, run: Migration) -> Script:
        return Script(
            self.db,
            run.number,
            run.language,
            lambda: self.setting,
            lambda: self.now,
            link=run.link,
            told=run.told,
        )

    async def state(self, run: Migration) -> State:
        return (await self.script(run).look()).walk.run.state

    # Beginning

    async def begin(self, run: Migration) -> None:
        """The trainer starts it where it is to be walked, and answers what is asked."""
        walker, trainer = run.walker.user_id, self.trainer
        own = run.room in trainer.rooms
        place = run.room if own else self.world.room("trainers")
        words = f"!start {run.playbook} {walker}"
        self.said.append(await trainer.send(place, words, mentions=[walker]))
        await self.settled()
        while (dialog := await self._proposal()) is not None:
            await self._in_direct_chat(trainer, dialog.room_id)
            text = self._told(run, dialog)
            self.said.append(await trainer.send(dialog.room_id, text))
            await self.settled()
        run.number = await self._latest_run()

    async def _proposal(self) -> Dialog | None:
        async with self.db.reading() as session:
            query = select(Dialog).where(Dialog.kind == DIALOG)
            found: Dialog | None = await session.scalar(query)
            return found

    def _told(self, run: Migration, dialog: Dialog) -> str:
        """What the trainer answers to the question of the dialog."""
        assert dialog.detail is not None
        proposal = Proposal.of(dialog.detail)
        asked = self.shelf.playbooks[proposal.playbook].open().inputs
        wanted = next((one for one in asked if one.key not in proposal.answers[0]), None)
        if wanted is None:
            return "ja"
        return run.inputs.get(wanted.key) or _written(input_of(wanted, 0), [c.value for c in wanted.choices])

    async def _latest_run(self) -> int:
        async with self.db.reading() as session:
            return await session.scalar(select(func.max(Run.id))) or 0

    # Walking

    async def walk(self, runs: list[Migration], until: Callable[[], bool] = lambda: False) -> None:
        """Until all of them have ended, or `until` says so."""
        for _ in range(ROUNDS):
            going_on = [run for run in runs if await self.state(run) not in ENDED]
            if not going_on or until():
                return
            begun = [(run, await self._begun(run)) for run in going_on]
            # Who has come to a new part waits for the others, so that the helpdesk ends once for all of them.
            fresh = [run for run, phases in begun if not phases <= run.phases]
            busy = [await self._something(run) for run in going_on if run not in fresh]
            await self.settled()
            if any(busy):
                continue
            await self._later(idle=not fresh)
            for run, phases in begun:
                run.phases |= phases
        raise AssertionError(f"they have no end:\n{self.world.bot.tail()}")

    async def _something(self, run: Migration) -> bool:
        """Whoever is asked answers; a technician takes the next question. Whether anybody did anything."""
        sight = await self.script(run).look()
        if (asked := sight.next) is not None:
            await self.answer(asked, sight.words(asked))
            return True
        if (turn := sight.technician) is None:
            return False
        room = turn.ticket.team_room or ""
        if turn.says is not None:
            self.said.append(await self.technician.send(room, turn.says))
            return True
        async with self.db.reading() as session:
            card = await event_of(session, turn.ticket.card or 0)
        assert card is not None
        await self.technician.until(lambda: self._sees(self.technician, room, card), "the card", PATIENCE)
        self.said.append(await self.technician.react(room, card, "✋"))
        return True

    async def answer(self, asked: Asked, text: str) -> None:
        """By a real reply of whoever was asked, once their client shows the question."""
        dialog, person = asked.dialog, self.people[asked.dialog.user_id]
        await self._in_direct_chat(person, dialog.room_id)
        async with self.db.reading() as session:
            event = await event_of(session, dialog.asked or 0)
        assert event is not None
        await person.until(
            lambda: self._sees(person, dialog.room_id, event), f"{asked.what} in a room", PATIENCE
        )
        self.said.append(await person.send(dialog.room_id, text, reply_to=event))

    def _sees(self, person: Person, room: str, event: str) -> bool:
        return any(message.event_id == event and not message.undecryptable for message in person.read(room))

    async def _in_direct_chat(self, person: Person, room: str) -> None:
        if room not in person.rooms or person.rooms[room].membership != "join":
            await person.accept_invite(room, PATIENCE)

    # Time, and the helpdesk's end

    async def _later(self, *, idle: bool) -> None:
        """The helpdesk ends, every second time as by a power cut, and is started again when a trainer hears what waits; or,
        when nobody has anything to do, when every time of rest is over: what was due meanwhile is done then as well."""
        async with self.db.reading() as session:
            digest = await session.scalar(select(func.min(Timer.due_at)).where(Timer.kind == DIGEST))
            woken = await session.scalar(select(func.max(Timer.due_at)).where(Timer.kind == WAKE))
        due = (woken or digest) if idle else digest
        assert due is not None or not idle, "nobody has anything to do, and nothing will happen"
        if self.stops > self.kills:
            await self.world.bot.kill()
            self.kills += 1
        else:
            await self.world.bot.stop()
            self.stops += 1
        if due is not None:
            self.world.bot.ahead = max(due - utc_now(), self.world.bot.ahead) + timedelta(minutes=1)
        await self.world.bot.start()
        await self.settled()

    async def _begun(self, run: Migration) -> set[str]:
        """The parts of its playbook that it has come to."""
        walk = (await self.script(run).look()).walk
        states = walk.states
        return {
            phase.id
            for phase in walk.playbook.phases
            for step in phase.steps
            if step.id in states and states[step.id] != "todo"
        }

    async def settled(self) -> None:
        """Until all that people wrote has been worked on, what is due done, and all that the helpdesk says of it sent."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await asyncio.sleep(0.05)
                if not await self._is_busy():
                    return

    async def _is_busy(self) -> bool:
        async with self.db.reading() as session:
            heard = select(func.count()).where(InboxEvent.event_id.in_(self.said[-20:]))
            unworked = select(func.count()).where(InboxEvent.state.in_(("next", "pending")))
            unsent = select(func.count()).where(OutboxRow.state == "pending")
            unseen = select(func.count()).where(RunCheck.due_at <= self.now)
            if (await session.scalar(heard) or 0) < len(self.said[-20:]):
                return True
            undone = select(func.count()).where(Timer.due_at <= self.now)
            return any([await session.scalar(query) for query in (unworked, unsent, unseen, undone)])


def _written(value: Answer, choices: list[str]) -> str:
    """As a trainer types it."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return str(choices.index(str(value)) + 1) if choices else str(value)
