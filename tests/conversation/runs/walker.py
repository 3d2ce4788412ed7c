"""Simulated people who walk through a playbook: each answers only what they read, in the room where they read it.

Nothing here calls an action: everything goes through messages, reactions and time, as it does with real people. Only what
the helpdesk's server would look at outside is told to it, because those sites are made up.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from typing_extensions import override

from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.runs import starting
from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.config import Config
from helpdesk_bot.domain.runs.states import ENDED, SETTLED, Run, Step
from helpdesk_bot.playbooks.format import Input
from helpdesk_bot.playbooks.plan import Answer
from helpdesk_bot.playbooks.shelf import Shelf
from helpdesk_bot.probe.judging import Check, Prober, Verdict
from helpdesk_bot.probe.work import Looker
from helpdesk_bot.storage.models import Member, Person, RunCheck, RunStep, Ticket
from helpdesk_bot.storage.models import Run as Row
from tests.conversation.stage import BOT, LAYOUT, Said, Stage
from tests.support.script import Script, input_of

NOOR, TARIK, SANNE = "@noor:test", "@tarik:test", "@sanne:test"
OWN = "!voedselcoop:test"
MOST = 900  # things that happen before somebody asks whether it ends at all


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

    @property
    def script(self) -> Script:
        """What its people would write."""
        stage = self.stage
        return Script(stage.db, self.number, self.language, lambda: stage.setting, lambda: stage.now)

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
        asked = await self.script.next()
        if asked is not None:
            await self.answer(asked)
        elif await self._technician() or await self._server():
            return
        else:
            wait = await self._until_something_is_due()
            self.said += await self.stage.passes(wait + timedelta(minutes=1))

    async def _until_something_is_due(self) -> timedelta:
        return max(await self.script.until_something_is_due() - self.stage.now, timedelta())

    async def open(self) -> list[Asked]:
        return await self.script.open()

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
        self.said += await self.reply(asked, await self.script.words(asked))

    async def reply(self, asked: Asked, text: str) -> list[Said]:
        """A real reply, as from a phone."""
        dialog = asked.dialog
        return await self.stage.replies(dialog.user_id, dialog.room_id, f"$out{dialog.asked}", text)

    async def tells_in_words(self, name: str) -> bool:
        playbook = self.shelf.playbooks[(await self.run()).playbook].open()
        told = next(step.evidence for step in playbook.steps if step.id == name)
        return told is not None and told.type == "text"

    async def evidence(self, name: str) -> str | None:
        return await self.script.evidence(name)

    async def _technician(self) -> bool:
        turn = await self.script.technician()
        if turn is None:
            return False
        stage, room = self.stage, turn.ticket.team_room or ""
        if turn.says is None:
            self.said += await stage.reacts(SANNE, room, await stage.card(turn.ticket.id), "✋")
        else:
            self.said += await stage.says(SANNE, room, turn.says)
        return True

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
        return await self.script.row(name)

    async def run(self) -> Row:
        return await self.script.run()

    async def state(self) -> Run:
        return await self.script.state()

    async def states(self) -> dict[str, Step]:
        return await self.script.states()

    async def members(self, room: str, *people: str) -> None:
        async with self.stage.db.transaction() as session:
            for user in people:
                await session.merge(Member(room_id=room, user_id=user, membership="join", name=user[1:4]))


def inputs_of(asked: list[Input], turn: int) -> dict[str, Answer]:
    """Answers to what is asked at the start."""
    return {one.key: input_of(one, turn) for one in asked}
