"""Simulated people who walk through a playbook: each answers only what they read, in the room where they read it.

Nothing here calls an action: everything goes through messages, reactions and time, as it does with real people. Only what
the helpdesk's server would look at outside is told to it, because those sites are made up.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from typing_extensions import override

from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.runs import asks, signing, starting
from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.actions.runs.walk import TECHNICIAN, Walk
from helpdesk_bot.config import Config
from helpdesk_bot.domain.runs.states import ENDED, SETTLED, Run, Step
from helpdesk_bot.domain.tickets import OPEN, Status
from helpdesk_bot.playbooks.format import Input
from helpdesk_bot.playbooks.plan import Answer
from helpdesk_bot.playbooks.shelf import Shelf
from helpdesk_bot.probe.judging import Check, Prober, Verdict
from helpdesk_bot.probe.work import Looker
from helpdesk_bot.storage import runs, timers
from helpdesk_bot.storage.models import Dialog, Member, Person, RunCheck, RunStep, RunTicket, Ticket
from helpdesk_bot.storage.models import Run as Row
from tests.conversation.stage import BOT, LAYOUT, Said, Stage

NOOR, TARIK, SANNE = "@noor:test", "@tarik:test", "@sanne:test"
OWN = "!voedselcoop:test"
MOST = 900  # things that happen before somebody asks whether it ends at all
WORDS = {
    "nl": {"done": "gedaan", "agree": "akkoord", "right": "klopt", "sign": "DEFINITIEF"},
    "en": {"done": "done", "agree": "agreed", "right": "yes", "sign": "PERMANENT"},
}


class Eyes(Prober):
    """A server that sees what it is told to see."""

    def __init__(self, *verdicts: Verdict) -> None:
        self.verdicts = list(verdicts)
        self.asked: list[tuple[Check, Mapping[str, object], str | None]] = []

    @override
    async def judge(
        self, check: Check, values: Mapping[str, Any], link: str | None, now: datetime
    ) -> Verdict:
        self.asked.append((check, values, link))
        if self.verdicts:
            return self.verdicts.pop(0)
        return Verdict.yes("check.http.right", url="https://example.org")


@dataclass
class Walker:
    """One run on a stage: the organisation (Noor), the trainer (Tarik) and a technician (Sanne)."""

    stage: Stage
    shelf: Shelf
    language: str = "nl"
    room: str = OWN
    eyes: Eyes = field(default_factory=Eyes)
    said: list[Said] = field(default_factory=list)
    number: int = 0

    async def set_up(self) -> None:
        stage = self.stage
        self.on(self.shelf)
        assert LAYOUT.trainers
        await stage.join(LAYOUT.trainers, TARIK, BOT)
        if self.room == OWN:
            await stage.room(OWN, size=5, encrypted=True)
            await stage.join(OWN, NOOR, BOT, "@bas:test")
        else:
            await stage.direct(NOOR)
        await stage.direct(TARIK)
        async with stage.db.transaction() as session:
            for user in (NOOR, TARIK):
                direct = (
                    f"!dm-{user[1:].partition(':')[0]}:test" if self.room != OWN or user == TARIK else None
                )
                session.add(
                    Person(
                        user_id=user,
                        language=self.language,
                        language_said=True,
                        stadsdeel="noord",
                        direct_room=direct,
                        created_at=stage.now,
                    )
                )

    def on(self, shelf: Shelf, config: Config | None = None) -> None:
        """As if the helpdesk had been started with these playbooks, and this configuration."""
        old = self.stage.setting
        self.stage.setting = Setting(config or old.config, LAYOUT, old.texts, shelf)
        self.stage.worker._setting = self.stage.setting

    async def tickets(self) -> list[Ticket]:
        async with self.stage.db.reading() as session:
            return list((await session.scalars(select(Ticket).order_by(Ticket.id))).all())

    async def start(self, playbook: str, inputs: Mapping[str, Answer]) -> None:
        async with self.stage.db.transaction() as session:
            act = Act(session, self.stage.now, self.stage.setting)
            room = self.room if self.room == OWN else None
            party = await starting.party_of(act, NOOR, room)
            run = await starting.start(act, self.shelf.playbooks[playbook], party, inputs, TARIK)
            self.number = run.id
        self.said += await self.stage.settle()

    async def walk(self) -> None:
        """Until it has ended."""
        for _ in range(MOST):
            if await self.state() in ENDED:
                return
            await self.something()
            assert not await self.stage.failed(), [event.error for event in await self.stage.failed()]
        waits = {name: state for name, state in (await self.states()).items() if state not in SETTLED}
        raise AssertionError(f"it has no end: {waits}, {await self.open()}")

    async def something(self) -> None:
        """The next thing that somebody does; when nobody has to do anything, time passes."""
        resting = {name for name, state in (await self.states()).items() if state is Step.WAITING}
        asked = [one for one in await self.open() if one.step not in resting]
        if asked:
            confirming = [one for one in asked if one.what is Ask.CONFIRM]
            await self.answer((confirming or asked)[0])
        elif await self._technician() or await self._server():
            return
        else:
            self.said += await self.stage.passes(await self._until_something_is_due())

    async def _until_something_is_due(self) -> timedelta:
        async with self.stage.db.reading() as session:
            moments = [
                await timers.next_moment(session),
                await session.scalar(select(func.min(RunCheck.due_at))),
            ]
        due = min((moment for moment in moments if moment is not None), default=self.stage.now)
        return max(due - self.stage.now, timedelta()) + timedelta(minutes=1)

    async def open(self) -> list[Asked]:
        async with self.stage.db.reading() as session:
            dialogs = (await session.scalars(select(Dialog).order_by(Dialog.id))).all()
            found = [asked for dialog in dialogs if (asked := asks.read(dialog))]
            return [asked for asked in found if asked.run_id == self.number]

    async def turn(self) -> Asked:
        """What somebody is asked to do now."""
        return next(one for one in await self.open() if one.what is Ask.DO)

    async def until(self, what: Ask) -> Asked:
        """Walks on until somebody is asked this."""
        for _ in range(MOST):
            if found := [one for one in await self.open() if one.what is what]:
                return found[0]
            await self.something()
        raise AssertionError(f"nobody is asked to {what}")

    async def answer(self, asked: Asked) -> None:
        """As whoever was asked would."""
        words = WORDS[self.language]
        match asked.what:
            case Ask.ACCEPT:
                text = words["agree"]
            case Ask.DO:
                text = await self.evidence(str(asked.step)) or words["done"]
            case Ask.CONFIRM:
                text = words["right"]
            case Ask.LINK:
                text = "https://drive.google.com/file/d/abc/view"
            case Ask.SIGN:
                text = words["sign"]
            case Ask.LOOK:
                place = await self._place(str(asked.step))
                text = f"{words['right']} {self.number}.{place}"
            case Ask.UNDO:
                text = words["done"]
            case Ask.LATER:
                text = "Goed te doen"
            case Ask.ADOPT:
                text = "ja"
        self.said += await self.reply(asked, text)

    async def reply(self, asked: Asked, text: str) -> list[Said]:
        """A real reply, as from a phone."""
        dialog = asked.dialog
        return await self.stage.replies(dialog.user_id, dialog.room_id, f"$out{dialog.asked}", text)

    async def tells_in_words(self, name: str) -> bool:
        playbook = self.shelf.playbooks[(await self.run()).playbook].open()
        told = next(step.evidence for step in playbook.steps if step.id == name)
        return told is not None and told.type == "text"

    async def evidence(self, name: str) -> str | None:
        async with self.stage.db.reading() as session:
            walk = await Walk.numbered(Act(session, self.stage.now, self.stage.setting), self.number)
            told = walk.written(name).evidence
            if told is None:
                return None
            if told.type == "number":
                return str(_same_for(walk, told.key))
            if told.type == "choice":
                return told.choices[0].label[self.language]
            return "Dat staat in de map van het bestuur"

    async def _technician(self) -> bool:
        """Takes a question of this run out of the queue, and solves it as its card says."""
        async with self.stage.db.reading() as session:
            query = (
                select(Ticket)
                .join(RunTicket, RunTicket.ticket_id == Ticket.id)
                .where(Ticket.status.in_(OPEN), RunTicket.does, RunTicket.run_id == self.number)
            )
            ticket = await session.scalar(query)
            step = (
                await session.scalar(select(RunTicket.step).where(RunTicket.ticket_id == ticket.id))
                if ticket
                else None
            )
        if ticket is None or ticket.team_room is None:
            return False
        stage = self.stage
        if ticket.status == Status.NEW:
            self.said += await stage.reacts(SANNE, ticket.team_room, await stage.card(ticket.id), "✋")
            return True
        row = await self.row(str(step))
        if row.evidence is None and row.state in (Step.DOING, Step.FAILED):
            told = await self.evidence(str(step))
            if told is not None:
                self.said += await stage.says(
                    SANNE, ticket.team_room, f"!gedaan {self.number}.{row.place} {told}"
                )
                return True
        if await self._must_sign(str(step)):
            place, word = f"{self.number}.{row.place}", WORDS[self.language]["sign"]
            self.said += await stage.says(SANNE, ticket.team_room, f"!teken {place} {word}")
            return True
        self.said += await stage.says(SANNE, ticket.team_room, f"!opgelost {ticket.id}")
        return True

    async def _must_sign(self, name: str) -> bool:
        async with self.stage.db.reading() as session:
            walk = await Walk.numbered(Act(session, self.stage.now, self.stage.setting), self.number)
            signs = await runs.signs_of(session, walk.run, name)
            step = walk.planned(name)
            return step.irreversible and TECHNICIAN in signing.roles_of(step) and TECHNICIAN not in signs

    async def _server(self) -> bool:
        """The helpdesk's server looks at what it was asked to look at."""
        async with self.stage.db.reading() as session:
            waiting = await session.scalar(
                select(RunCheck.id).where(RunCheck.due_at <= self.stage.now).limit(1)
            )
        if waiting is None:
            return False
        stage = self.stage
        looker = Looker(stage.db, stage.setting, lambda: stage.now, self.eyes, lambda: None)
        async with asyncio.TaskGroup() as group:
            await looker.begin(group)
        self.said += await stage.settle()
        return True

    async def row(self, name: str) -> RunStep:
        async with self.stage.db.reading() as session:
            return await session.get_one(RunStep, (self.number, name))

    async def _place(self, name: str) -> int:
        return (await self.row(name)).place

    async def run(self) -> Row:
        async with self.stage.db.reading() as session:
            return await session.get_one(Row, self.number)

    async def state(self) -> Run:
        return (await self.run()).state

    async def states(self) -> dict[str, Step]:
        async with self.stage.db.reading() as session:
            query = select(RunStep).where(RunStep.run_id == self.number).order_by(RunStep.place)
            return {row.step: row.state for row in (await session.scalars(query)).all()}

    async def members(self, room: str, *people: str) -> None:
        async with self.stage.db.transaction() as session:
            for user in people:
                await session.merge(Member(room_id=room, user_id=user, membership="join", name=user[1:4]))


def _same_for(walk: Walk, key: str | None) -> Answer:
    """The number that makes every comparison come out: what was told on the other side, or seven."""
    for step in walk.playbook.steps:
        sides = {getattr(step.verify, "left", None), getattr(step.verify, "right", None)}
        if key in sides:
            other = next(iter(sides - {key}), None)
            if other in walk.values():
                return walk.values()[str(other)]
    return 7


def inputs_of(asked: list[Input], turn: int) -> dict[str, Answer]:
    """Answers to what is asked at the start; `turn` chooses among what there is to choose."""
    found: dict[str, Answer] = {}
    for one in asked:
        match one.type:
            case "number":
                found[one.key] = min(max(7, one.min or 0), one.max or 7)
            case "boolean":
                found[one.key] = turn % 2 == 0
            case "choice":
                found[one.key] = one.choices[turn % len(one.choices)].value
            case "date":
                found[one.key] = "2027-05-01"
            case "url":
                found[one.key] = "https://cloud.example.org"
            case _:
                found[one.key] = "cloud.example.org"
    return found
