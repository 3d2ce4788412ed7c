"""What people in a run would write, out of what the helpdesk's own tables say they were asked."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.runs import asks, signing
from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.actions.runs.walk import TECHNICIAN, Walk
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.domain.tickets import OPEN, Status
from helpdesk_bot.playbooks.format import Input
from helpdesk_bot.playbooks.plan import Answer
from helpdesk_bot.storage import runs, timers
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Dialog, RunCheck, RunStep, RunTicket, Ticket
from helpdesk_bot.storage.models import Run as Row

WORDS = {
    "nl": {"done": "gedaan", "agree": "akkoord", "right": "klopt", "sign": "DEFINITIEF", "yes": "ja"},
    "en": {"done": "done", "agree": "agreed", "right": "yes", "sign": "PERMANENT", "yes": "yes"},
}
LINK = "https://drive.google.com/file/d/abc/view"


@dataclass(frozen=True, slots=True)
class Turn:
    """What a technician does about a question out of the queue. `says` None: takes it, by the card."""

    ticket: Ticket
    says: str | None


@dataclass
class Script:
    """Of one run; `now` and `setting` are asked each time, since a test changes both."""

    db: Database
    number: int
    language: str
    setting: Callable[[], Setting]
    now: Callable[[], datetime]
    link: str = LINK
    told: Mapping[str, str] = field(default_factory=dict)  # by the key of evidence

    @asynccontextmanager
    async def walk(self) -> AsyncIterator[Walk]:
        async with self.db.reading() as session:
            yield await Walk.numbered(Act(session, self.now(), self.setting()), self.number)

    async def open(self) -> list[Asked]:
        """What people are asked."""
        async with self.db.reading() as session:
            mine = Dialog.kind.startswith(f"run:{self.number}/")
            dialogs = (await session.scalars(select(Dialog).where(mine).order_by(Dialog.id))).all()
            return [asked for dialog in dialogs if (asked := asks.read(dialog))]

    async def next(self) -> Asked | None:
        """What whoever is in no hurry answers first."""
        resting = {name for name, state in (await self.states()).items() if state is Step.WAITING}
        asked = [one for one in await self.open() if one.step not in resting]
        confirming = [one for one in asked if one.what is Ask.CONFIRM]
        return next(iter(confirming or asked), None)

    async def words(self, asked: Asked) -> str:
        """As whoever was asked would answer."""
        words = WORDS[self.language]
        match asked.what:
            case Ask.ACCEPT:
                return words["agree"]
            case Ask.DO:
                return await self.evidence(str(asked.step)) or words["done"]
            case Ask.CONFIRM:
                return words["right"]
            case Ask.LINK:
                return self.link
            case Ask.SIGN:
                return words["sign"]
            case Ask.LOOK:
                return f"{words['right']} {self.number}.{(await self.row(str(asked.step))).place}"
            case Ask.UNDO:
                return words["done"]
            case Ask.LATER:
                return "Goed te doen"
            case Ask.DECIDE | Ask.ADOPT:
                return words["yes"]

    async def evidence(self, name: str) -> str | None:
        async with self.walk() as walk:
            told = walk.written(name).evidence
            if told is None:
                return None
            if (known := self.told.get(told.key or "")) is not None:
                return known
            if told.type == "number":
                return str(_same_for(walk, told.key))
            if told.type == "choice":
                return told.choices[0].label[self.language]
            return "Dat staat in de map van het bestuur"

    async def technician(self) -> Turn | None:
        """Takes a question of this run out of the queue, and solves it as its card says."""
        async with self.db.reading() as session:
            query = (
                select(Ticket, RunTicket.step)
                .join(RunTicket, RunTicket.ticket_id == Ticket.id)
                .where(Ticket.status.in_(OPEN), RunTicket.does, RunTicket.run_id == self.number)
            )
            found = (await session.execute(query.order_by(Ticket.id).limit(1))).first()
        if found is None or found[0].team_room is None:
            return None
        ticket, step = found
        if ticket.status == Status.NEW:
            return Turn(ticket, None)
        row = await self.row(step)
        place = f"{self.number}.{row.place}"
        if row.evidence is None and row.state in (Step.DOING, Step.FAILED):
            told = await self.evidence(step)
            if told is not None:
                return Turn(ticket, f"!gedaan {place} {told}")
        if await self._must_sign(step):
            return Turn(ticket, f"!teken {place} {WORDS[self.language]['sign']}")
        return Turn(ticket, f"!opgelost {ticket.id}")

    async def _must_sign(self, name: str) -> bool:
        async with self.walk() as walk:
            signs = await runs.signs_of(walk.act.session, walk.run, name)
            step = walk.planned(name)
            return step.irreversible and TECHNICIAN in signing.roles_of(step) and TECHNICIAN not in signs

    async def until_something_is_due(self) -> datetime:
        """The next moment at which something happens by itself; now, when there is none."""
        async with self.db.reading() as session:
            moments = [
                await timers.next_moment(session),
                await session.scalar(select(func.min(RunCheck.due_at))),
            ]
        return min((moment for moment in moments if moment is not None), default=self.now())

    async def row(self, name: str) -> RunStep:
        async with self.db.reading() as session:
            return await session.get_one(RunStep, (self.number, name))

    async def run(self) -> Row:
        async with self.db.reading() as session:
            return await session.get_one(Row, self.number)

    async def state(self) -> Run:
        return (await self.run()).state

    async def states(self) -> dict[str, Step]:
        async with self.db.reading() as session:
            query = select(RunStep).where(RunStep.run_id == self.number).order_by(RunStep.place)
            return {row.step: row.state for row in (await session.scalars(query)).all()}


def _same_for(walk: Walk, key: str | None) -> Answer:
    """The number that makes every comparison come out: what was told on the other side, or seven."""
    for step in walk.playbook.steps:
        sides = {getattr(step.verify, "left", None), getattr(step.verify, "right", None)}
        if key in sides:
            other = next(iter(sides - {key}), None)
            if other in walk.values():
                return walk.values()[str(other)]
    return 7


def input_of(one: Input, turn: int) -> Answer:
    """An answer to what is asked at the start; `turn` chooses among what there is to choose."""
    match one.type:
        case "number":
            return min(max(7, one.min or 0), one.max or 7)
        case "boolean":
            return turn % 2 == 0
        case "choice":
            return one.choices[turn % len(one.choices)].value
        case "date":
            return "2027-05-01"
        case "url":
            return "https://cloud.example.org"
        case _:
            return "cloud.example.org"
