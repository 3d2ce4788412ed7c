"""Simulated people who walk through a playbook: each answers only what they read, in the room where they read it.

Nothing here calls an action: everything goes through messages, reactions and time, as it does with real people. Only what
the helpdesk's server would look at outside is told to it, because those sites are made up.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
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
from helpdesk_bot.playbooks.verify import Dns, Http, LinkClosed, Tls
from helpdesk_bot.probe.judging import Check, Prober, Verdict
from helpdesk_bot.probe.target import link_of, name_of, page_of, record_of, site_of
from helpdesk_bot.probe.work import Looker
from helpdesk_bot.storage.models import Member, Person, RunStep, Ticket
from helpdesk_bot.storage.models import Run as Row
from tests.conversation.stage import BOT, LAYOUT, Said, Stage
from tests.support.branches import input_of
from tests.support.script import Script, Sight, Turn

NOOR, TARIK, SANNE = "@noor:test", "@tarik:test", "@sanne:test"
OWN = "!voedselcoop:test"
MOST = 900  # things that happen before somebody asks whether it ends at all


class Eyes(Prober):
    """A server that sees what it is told to see, and else that all is right."""

    def __init__(self, *verdicts: Verdict) -> None:
        self.verdicts = list(verdicts)
        self.asked: list[tuple[Check, Mapping[str, object], str | None]] = []

    @override
    async def judge(
        self, check: Check, values: Mapping[str, Any], link: str | None, now: datetime
    ) -> Verdict:
        self.asked.append((check, values, link))
        return self.verdicts.pop(0) if self.verdicts else right(check, values, link)


def right(check: Check, values: Mapping[str, Any], link: str | None) -> Verdict:
    """That all is as it should be at the very place where the server would look."""
    match check:
        case Http():
            return Verdict.yes("check.http.right", url=str(page_of(check.url, values)))
        case LinkClosed():
            return Verdict.yes("check.link.closed", host=str(link_of(link or "").host))
        case Tls():
            return Verdict.yes("check.tls.right", host=site_of(check.host, values)[0], n=60)
        case Dns():
            assert record_of(check.contains, values, check.type)
            return Verdict.yes("check.dns.right", name=name_of(check.name, values), type=check.type)


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
    def chat(self) -> str:
        """Where the organisation talks with the helpdesk."""
        return self.room if self.room == OWN else "!dm-noor:test"

    @property
    def script(self) -> Script:
        """What its people would write."""
        stage = self.stage
        return Script(stage.db, self.number, self.language, lambda: stage.setting, lambda: stage.now)

    async def walk(self, until: Callable[[Sight], bool] = lambda _: False) -> None:
        """Until it has ended, or `until` says so."""
        for _ in range(MOST):
            sight = await self.look()
            if sight.walk.run.state in ENDED or until(sight):
                return
            await self._goes_on(sight)
            assert not self.stage.worker.counts["failed"], await self._errors()
        waits = {name: state for name, state in (await self.states()).items() if state not in SETTLED}
        raise AssertionError(f"it has no end: {waits}, {await self.open()}")

    async def goes_back(self) -> list[str]:
        """To the beginning, as whoever may decides; returns the steps about which somebody was told how to undo them."""
        trainer = (await self.look()).walk.decides() == "trainer"
        who, chat = (TARIK, "!dm-tarik:test") if trainer else (NOOR, self.chat)
        words = f"{self.script.words['!back']} {self.number} {self.script.words['why']}"
        self.said += await self.stage.says(who, chat, words, **{"m.mentions": {"user_ids": [BOT]}})
        undone = []
        while (sight := await self.look()).walk.run.state is Run.RETURNING:
            assert sight.next is not None
            undone.append(str(sight.next.step))
            await self._goes_on(sight)
        return undone

    async def something(self) -> None:
        """The next thing that somebody does; when nobody has to do anything, time passes."""
        await self._goes_on(await self.look())

    async def _goes_on(self, sight: Sight) -> None:
        if (asked := sight.next) is not None:
            self.said += await self.reply(asked, sight.words(asked))
        elif (turn := sight.technician) is not None:
            await self._technician(turn)
        elif sight.looks:
            await self._server()
        else:
            wait = await self._until_something_is_due()
            self.said += await self.stage.passes(wait + timedelta(minutes=1))

    async def _until_something_is_due(self) -> timedelta:
        return max(await self.script.until_something_is_due() - self.stage.now, timedelta())

    async def _errors(self) -> list[str | None]:
        return [event.error for event in await self.stage.failed()]

    async def look(self) -> Sight:
        return await self.script.look()

    async def open(self) -> Sequence[Asked]:
        return (await self.look()).asked

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
        self.said += await self.reply(asked, (await self.look()).words(asked))

    async def reply(self, asked: Asked, text: str) -> list[Said]:
        """A real reply, as from a phone."""
        dialog = asked.dialog
        return await self.stage.replies(dialog.user_id, dialog.room_id, f"$out{dialog.asked}", text)

    async def tells_in_words(self, name: str) -> bool:
        playbook = self.shelf.playbooks[(await self.run()).playbook].open()
        told = next(step.evidence for step in playbook.steps if step.id == name)
        return told is not None and told.type == "text"

    async def evidence(self, name: str) -> str | None:
        return (await self.look()).evidence(name)

    async def _technician(self, turn: Turn) -> None:
        stage, room = self.stage, turn.ticket.team_room or ""
        if turn.says is None:
            self.said += await stage.reacts(SANNE, room, await stage.card(turn.ticket.id), "✋")
        else:
            self.said += await stage.says(SANNE, room, turn.says)

    async def _server(self) -> None:
        """The helpdesk's server looks at what it was asked to look at."""
        stage = self.stage
        looker = Looker(stage.db, stage.setting, lambda: stage.now, self.eyes, lambda: None)
        async with asyncio.TaskGroup() as group:
            await looker.begin(group)
        self.said += await stage.settle()

    async def row(self, name: str) -> RunStep:
        return (await self.look()).walk.steps[name]

    async def run(self) -> Row:
        return (await self.look()).walk.run

    async def state(self) -> Run:
        return (await self.run()).state

    async def states(self) -> dict[str, Step]:
        return (await self.look()).walk.states

    async def members(self, room: str, *people: str) -> None:
        async with self.stage.db.transaction() as session:
            for user in people:
                await session.merge(Member(room_id=room, user_id=user, membership="join", name=user[1:4]))


def inputs_of(asked: list[Input], turn: int) -> dict[str, Answer]:
    """Answers to what is asked at the start."""
    return {one.key: input_of(one, turn) for one in asked}
