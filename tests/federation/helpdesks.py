"""Two helpdesks on two homeservers, each set up by its own commands and running as a process of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from helpdesk_bot import config as configuration
from helpdesk_bot.demo.bot import Bot
from helpdesk_bot.demo.cast import city
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.setting_up import rooms_of, set_up
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import InboxEvent, Lend, Message, OutboxRow, Peer, Ticket

PATIENCE = 40.0


@dataclass
class Helpdesk:
    """`coordinator` is also a technician."""

    server: Synapse
    folder: Path
    part: str
    bot: Bot
    coordinator: Person
    rooms: dict[str, str] = field(default_factory=dict)

    @property
    def bot_id(self) -> str:
        return self.server.user_id("helpdesk")

    @property
    def team(self) -> str:
        return self.rooms[f"team-{self.part}"]

    @property
    def coordination(self) -> str:
        return self.rooms["coordinatie"]

    @property
    def database(self) -> Database:
        return Database(configuration.load(self.folder / "config" / "helpdesk.yaml").database_url)

    async def peer(self) -> Peer:
        [peer] = await self.peers()
        return peer

    async def peers(self) -> list[Peer]:
        db = self.database
        async with db.reading() as session:
            peers = list((await session.scalars(select(Peer))).all())
        await db.close()
        return peers

    async def lends(self) -> dict[str, Lend]:
        db = self.database
        async with db.reading() as session:
            lends = (await session.scalars(select(Lend))).all()
        await db.close()
        return {lend.ref: lend for lend in lends}

    async def tickets(self) -> list[Ticket]:
        db = self.database
        async with db.reading() as session:
            tickets = list((await session.scalars(select(Ticket).order_by(Ticket.id))).all())
        await db.close()
        return tickets

    async def messages(self, ticket: int) -> list[Message]:
        db = self.database
        async with db.reading() as session:
            query = select(Message).where(Message.ticket_id == ticket).order_by(Message.id)
            messages = list((await session.scalars(query)).all())
        await db.close()
        return messages

    async def work(self) -> int:
        """How much it still has to do."""
        db = self.database
        async with db.reading() as session:
            waits = (
                select(func.count()).select_from(InboxEvent).where(InboxEvent.state.in_(("next", "pending")))
            )
            unsent = select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "pending")
            count = (await session.scalar(waits) or 0) + (await session.scalar(unsent) or 0)
        await db.close()
        return count


@asynccontextmanager
async def helpdesk(
    server: Synapse, folder: Path, part: str, called: str, database: str | None = None
) -> AsyncIterator[Helpdesk]:
    """Set up, not yet started; its coordinator is in all rooms. `database`: a URL, else SQLite."""
    config = folder / "config" / "helpdesk.yaml"
    async with AsyncExitStack() as stack:
        coordinator = await stack.enter_async_context(
            Person.at(server, f"coordinator-{part}", folder / "coordinator")
        )
        named = city(
            "A helpdesk of one stadsdeel.", f"Helpdesk {called}", (part, called, ""), database=database
        )
        await set_up(folder, config, server, host=coordinator.user_id, bot="helpdesk", city=named)
        bot = Bot(config, folder / "helpdesk.log")
        made = Helpdesk(server, folder, part, bot, coordinator)
        made.rooms = await rooms_of(configuration.load(config), coordinator)
        for name in (f"team-{part}", "coordinatie", "team-stad"):
            await coordinator.accept_invite(made.rooms[name])
        stack.push_async_callback(bot.stop)
        yield made


async def become_peers(one: Helpdesk, other: Helpdesk) -> None:
    """As their coordinators do: each adds the other, they compare the number, and both say that it is the same."""
    for here, there in ((one, other), (other, one)):
        await here.coordinator.send(here.coordination, f"!federatie toevoegen {there.bot_id}")
        await here.coordinator.wait_for(here.coordination, "Toegevoegd", within=PATIENCE)
    numbers = [await _number(here) for here in (one, other)]
    assert numbers[0] == numbers[1]
    for here, there in ((one, other), (other, one)):
        await here.coordinator.send(here.coordination, f"!federatie klopt {there.bot_id}")
        await here.coordinator.wait_for(here.coordination, "is nu vertrouwd", within=PATIENCE)
    for here in (one, other):
        await _when(here, lambda peer: peer.trusts)


async def _number(here: Helpdesk) -> str:
    peer = await _when(here, lambda peer: peer.number is not None and peer.heard_at is not None)
    assert peer.number is not None
    return peer.number


async def _when(here: Helpdesk, true: Callable[[Peer], bool]) -> Peer:
    """What is known of the other, as soon as that is true."""
    async with asyncio.timeout(PATIENCE):
        while True:
            peer = await here.peer()
            if true(peer):
                return peer
            await asyncio.sleep(0.3)


async def quiet(*helpdesks: Helpdesk, within: float = 60.0) -> None:
    """Until nobody has anything left to do, for a while."""
    still = 0
    async with asyncio.timeout(within):
        while still < 3:
            await asyncio.sleep(0.5)
            still = still + 1 if not sum([await each.work() for each in helpdesks]) else 0
