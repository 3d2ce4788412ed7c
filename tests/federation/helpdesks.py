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
from helpdesk_bot.domain.federation.lending import In, Out, agree
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

    async def peer(self, other: "Helpdesk") -> Peer:
        [peer] = [peer for peer in await self.peers() if peer.user_id == other.bot_id]
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


# Here one person asks more in an hour than anybody usually may in a day.
_ASKS_MUCH = """\
asking:
  questions_per_day: 10000
"""


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
        await set_up(
            folder, config, server, host=coordinator.user_id, bot="helpdesk", city=named + _ASKS_MUCH
        )
        bot = Bot(config, folder / "helpdesk.log")
        made = Helpdesk(server, folder, part, bot, coordinator)
        made.rooms = await rooms_of(configuration.load(config), coordinator)
        for name in (f"team-{part}", "coordinatie", "team-stad"):
            await coordinator.accept_invite(made.rooms[name])
        stack.push_async_callback(bot.stop)
        yield made


async def become_peers(one: Helpdesk, other: Helpdesk) -> None:
    """As their coordinators do: each adds the other, they compare the number, and both say that it is the same."""
    both = ((one, other), (other, one))
    for here, there in both:
        await _asks(here, f"!federatie toevoegen {there.bot_id}", "Toegevoegd")
    numbers = [await _number(here, there) for here, there in both]
    assert numbers[0] == numbers[1]
    for here, there in both:
        await _asks(here, f"!federatie klopt {there.bot_id}", "is nu vertrouwd")
    for here, there in both:
        await _when(here, there, lambda peer: peer.trusts)


async def _asks(here: Helpdesk, command: str, answer: str) -> None:
    before = here.coordinator.mark()
    await here.coordinator.send(here.coordination, command)
    await here.coordinator.wait_for(here.coordination, answer, within=PATIENCE, after=before)


async def _number(here: Helpdesk, there: Helpdesk) -> str:
    peer = await _when(here, there, lambda peer: peer.number is not None and peer.heard_at is not None)
    assert peer.number is not None
    return peer.number


async def _when(here: Helpdesk, there: Helpdesk, true: Callable[[Peer], bool]) -> Peer:
    """What is known of the other, as soon as that is true."""
    async with asyncio.timeout(PATIENCE):
        while True:
            peer = await here.peer(there)
            if true(peer):
                return peer
            await asyncio.sleep(0.3)


async def offered(
    here: Helpdesk, there: Helpdesk, asks: Person, question: str, *, to_all: bool = False
) -> tuple[str, int, int]:
    """A question that is asked `here` and offered `there`: the chat of whoever asked, and its number on both sides. `to_all`: and
    to whoever else could take it."""
    dm = await asks.create_dm(here.bot_id)
    await asks.send(dm, question)
    await asks.wait_for(dm, "Voor welke|welke organisatie", within=PATIENCE)
    await asks.send(dm, "geen")
    number = (await here.tickets())[-1].id
    await here.coordinator.wait_for(here.team, question, within=PATIENCE)
    whom = "" if to_all else there.bot_id
    await here.coordinator.send(here.team, f"!leen {number} {whom}")
    await asks.wait_for(dm, "andere helpdesk", within=PATIENCE)
    before = there.coordinator.mark()
    await asks.send(dm, "ja")
    await there.coordinator.wait_for(there.team, "vraagt of wij vraag", within=PATIENCE, after=before)
    return dm, number, (await there.tickets())[-1].id


async def lent(here: Helpdesk, there: Helpdesk, asks: Person, question: str) -> tuple[str, int, int]:
    """The same, and it is taken there."""
    dm, number, theirs = await offered(here, there, asks, question)
    await there.coordinator.send(there.team, f"!pak {theirs}")
    await asks.wait_for(dm, "helpt je met vraag", within=PATIENCE)
    await there.coordinator.wait_for(there.team, question, within=PATIENCE)
    return dm, number, theirs


async def disagreements(origin: Helpdesk, helper: Helpdesk) -> list[str]:
    """What the origin has lent, and both don't mean the same of."""
    theirs, found = await helper.lends(), []
    for ref, out in (await origin.lends()).items():
        if not out.ours or out.peer != helper.bot_id:
            continue
        in_ = In(theirs[ref].state) if ref in theirs else In.RETURNED
        if not agree(Out(out.state), in_):
            found.append(f"lend {ref}: {origin.part} means {out.state}, {helper.part} means {in_}")
    return found


async def quiet(*helpdesks: Helpdesk, within: float = 60.0) -> None:
    """Until nobody has anything left to do, for a while."""
    still = 0
    async with asyncio.timeout(within):
        while still < 3:
            await asyncio.sleep(0.5)
            still = still + 1 if not sum([await each.work() for each in helpdesks]) else 0
