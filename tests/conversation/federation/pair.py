"""Two helpdesks on one stage each, and what their bots say to one another carried between them: when a test says so, as
often as it says so, and in the order that it says."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from helpdesk_bot.domain.federation.trust import Trust
from helpdesk_bot.protocol.words import EVENT_TYPE
from helpdesk_bot.schedule.jobs import Jobs
from helpdesk_bot.storage import inbox
from helpdesk_bot.storage.inbox import RawEvent
from helpdesk_bot.storage.models import Lend, Message, Peer
from tests.conversation.conftest import COORDINATION, TEAM, WEST
from tests.conversation.stage import BOT, Said, Stage

ROOM = "!noord-west:test"
NUMBER = "11111 22222 33333 44444 55555 66666"


@dataclass(eq=False)
class Side:
    """One helpdesk. `outbox`: what its bot said to the other and has not been carried yet."""

    stage: Stage
    bot: str
    name: str
    taken: int = 0
    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # all that it ever said to the other

    def collect(self) -> list[tuple[str, dict[str, Any]]]:
        """What it has said to the other since this was asked last."""
        new = [
            (said.event_id, said.content)
            for said in self.stage.sent[self.taken :]
            if said.type == EVENT_TYPE and said.room == ROOM
        ]
        self.taken = len(self.stage.sent)
        self.said += new
        return new

    async def lends(self) -> list[Lend]:
        async with self.stage.db.reading() as session:
            return list((await session.scalars(select(Lend).order_by(Lend.created_at, Lend.ref))).all())

    async def messages(self) -> list[Message]:
        async with self.stage.db.reading() as session:
            return list((await session.scalars(select(Message).order_by(Message.id))).all())

    async def peer(self) -> Peer:
        async with self.stage.db.reading() as session:
            return (await session.scalars(select(Peer))).one()


@dataclass(eq=False)
class Pair:
    noord: Side
    west: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.noord, self.west

    def other(self, side: Side) -> Side:
        return self.west if side is self.noord else self.noord

    async def hears(
        self, side: Side, event_id: str, content: dict[str, Any], *, sender: str = "", encrypted: bool = True
    ) -> list[Said]:
        """What one bot said arrives at the other, as `matrix` would hand it over."""
        sender = sender or self.other(side).bot
        raw = RawEvent(event_id, ROOM, sender, EVENT_TYPE, content, side.stage.now, encrypted=encrypted)
        async with side.stage.db.transaction() as session:
            await inbox.accept(session, [raw], side.stage.now)
        return await side.stage.settle()

    async def carry(self) -> dict[Side, list[Said]]:
        """All that was said goes over, until nobody says anything any more. Returns what each helpdesk sent because of it."""
        because: dict[Side, list[Said]] = {side: [] for side in self.sides}
        for _ in range(50):
            moved = False
            for side in self.sides:
                for event_id, content in side.collect():
                    moved = True
                    because[self.other(side)] += await self.hears(
                        self.other(side), f"{event_id}-{side.name}", content
                    )
            if not moved:
                return because
        raise AssertionError("they never stop talking")

    async def job(self) -> dict[Side, list[Said]]:
        """What is done now and then."""
        said: dict[Side, list[Said]] = {}
        for side in self.sides:
            stage = side.stage
            jobs = Jobs(stage.db, stage.setting, lambda: stage.now, lambda: None, lambda: stage.now)  # noqa: B023
            await jobs.federation_weeks()
            await jobs.federation()
            said[side] = await stage.settle()
        return said

    async def passes(self, time: timedelta) -> dict[Side, list[Said]]:
        """Time goes by on both sides, and what is said because of it is carried."""
        said = {side: await side.stage.passes(time) for side in self.sides}
        for because in (await self.job(), await self.carry()):
            for side, more in because.items():
                said[side] += more
        return said


async def as_peers(noord: Stage, west: Stage) -> Pair:
    """Two helpdesks whose coordinators have compared their numbers."""
    sides = [_side(noord, "noord", "Helpdesk Noord"), _side(west, "west", "Helpdesk West")]
    pair = Pair(*sides)
    for side in sides:
        other = pair.other(side)
        for room in (TEAM, WEST, COORDINATION):
            await side.stage.join(room, BOT, membership="leave")
            await side.stage.join(room, side.bot)
        await side.stage.room(ROOM, encrypted=True, size=2)
        await side.stage.join(ROOM, side.bot, other.bot)
        async with side.stage.db.transaction() as session:
            session.add(
                Peer(
                    user_id=other.bot,
                    trust=Trust.TRUSTED,
                    room_id=ROOM,
                    number=NUMBER,
                    compared=NUMBER,
                    created_at=side.stage.now,
                )
            )
    await pair.job()
    await pair.carry()
    return pair


def _side(stage: Stage, name: str, called: str) -> Side:
    bot = f"@hulp:{name}"
    before = stage.setting.config
    config = before.model_copy(
        update={
            "helpdesk": before.helpdesk.model_copy(update={"name": called}),
            "homeserver": before.homeserver.model_copy(update={"user_id": bot}),
        }
    )
    stage.configure(config, stage.setting.shelf)
    return Side(stage, bot, name)
