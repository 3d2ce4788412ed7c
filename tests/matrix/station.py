"""The transport with everything real around it: database, account, keys, homeserver. No helpdesk: tests decide."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import select

from helpdesk_bot.clock import Clock, utc_now
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix.account import Account
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver
from helpdesk_bot.matrix.receive import Receiver
from helpdesk_bot.matrix.send import Sender
from helpdesk_bot.matrix.sign_in import sign_in
from helpdesk_bot.storage import delivery, inbox, outbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import upgrade
from helpdesk_bot.storage.models import InboxEvent, Member, OutboxRow, Room
from helpdesk_bot.storage.outbox import Outgoing


class Station:
    def __init__(
        self, db: Database, account: Account, homeserver: Homeserver, crypto: Crypto, clock: Clock
    ) -> None:
        self.db = db
        self.account = account
        self.homeserver = homeserver
        self.crypto = crypto
        self.clock = clock
        self.staff: set[str] = set()
        self.failed: list[tuple[int, str]] = []
        self.worked = 0
        caught_up = asyncio.Event()
        self.receiver = Receiver(
            db,
            homeserver,
            crypto,
            user_id=account.user_id,
            staff_rooms=self._staff,
            clock=clock,
            on_work=self._work,
            caught_up=caught_up,
        )
        self.sender = Sender(
            db,
            homeserver,
            crypto,
            user_id=account.user_id,
            device_id=account.device_id,
            clock=clock,
            caught_up=caught_up,
            on_failed=self._give_up,
        )

    @classmethod
    @asynccontextmanager
    async def at(
        cls,
        synapse: Synapse,
        folder: Path,
        database_url: str,
        name: str | None = None,
        clock: Clock = utc_now,
    ) -> AsyncIterator["Station"]:
        """With a name: signs in (again) as a new device. Without: goes on with what is in `folder`."""
        await upgrade(database_url)
        db = Database(database_url)
        async with aiohttp.ClientSession() as session:
            homeserver = Homeserver(synapse.url, None, session=session)
            if name:
                account = await sign_in(
                    folder,
                    homeserver,
                    user=name,
                    password="secret",
                    device_name="Bot",
                    reset_signing=True,
                )
            else:
                account = Account.load(folder)
            homeserver = homeserver.signed_in(account.access_token)
            crypto = await Crypto.open(account, homeserver, clock=clock)
            try:
                yield cls(db, account, homeserver, crypto, clock)
            finally:
                await crypto.close()
                await db.close()

    @property
    def user_id(self) -> str:
        return self.account.user_id

    def _staff(self) -> Collection[str]:
        return self.staff

    def _work(self) -> None:
        self.worked += 1

    async def _give_up(self, _: object, row: OutboxRow, error: str) -> None:
        self.failed.append((row.id, error))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Receiver, mender and sender go on by themselves. An error in one of them ends the test."""
        parts = (self.receiver.run(), self.receiver.mender.run(), self.sender.run())
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            yield
            for task in tasks:
                if task.done():
                    await task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def put(self, *out: Outgoing) -> list[int]:
        """Queues these, in one transaction."""
        async with self.db.transaction() as session:
            rows = [await outbox.enqueue(session, each, self.clock()) for each in out]
        self.sender.wake()
        return rows

    async def say(self, room_id: str, *texts: str, **more: Any) -> list[int]:
        return await self.put(
            *(Outgoing(room_id, {"msgtype": "m.text", "body": text}, **more) for text in texts)
        )

    async def row(self, row_id: int) -> OutboxRow:
        async with self.db.reading() as session:
            row = await session.get(OutboxRow, row_id)
            assert row is not None
            return row

    async def drained(self, within: float = 20.0) -> None:
        """Until nothing waits to be sent."""

        async def empty() -> bool:
            async with self.db.reading() as session:
                return (await delivery.backlog(session, self.clock()))[0] == 0

        await self.until(empty, within)

    async def heard(self, room_id: str | None = None) -> list[InboxEvent]:
        async with self.db.reading() as session:
            rows = (await session.scalars(select(InboxEvent).order_by(InboxEvent.id))).all()
            return [row for row in rows if room_id in (None, row.room_id)]

    async def texts(self, room_id: str) -> list[str]:
        """What people said in a room, as far as it is in the inbox and readable."""
        return [
            str(row.content["body"])
            for row in await self.heard(room_id)
            if row.type == "m.room.message" and row.content and row.state != "held"
        ]

    async def has_heard(self, room_id: str, count: int) -> bool:
        return len(await self.texts(room_id)) >= count

    async def hears(self, room_id: str, text: str, steps: int = 20) -> None:
        """Takes in, until somebody has said this."""
        for _ in range(steps):
            if text in await self.texts(room_id):
                return
            await self.receiver.once(1_000)
            await self.receiver.mender.once()  # a key may have to be asked for
        raise AssertionError(f"never heard: {text}; but {await self.texts(room_id)}")

    async def until(self, condition: Callable[[], Awaitable[bool]], within: float = 20.0) -> None:
        async with asyncio.timeout(within):
            while True:
                if await condition():
                    return
                await asyncio.sleep(0.03)

    async def enters(self, room_id: str) -> None:
        """Waits for the invitation, accepts it, and sees itself in the room."""
        for _ in range(20):
            room = await self.room(room_id)
            if room and room.membership == "join":
                return
            if room and room.membership == "invite":
                await self.homeserver.join(room_id)
            await self.receiver.once(1_000)
        raise AssertionError("never got into the room")

    async def room(self, room_id: str) -> Room | None:
        async with self.db.reading() as session:
            return await session.get(Room, room_id)

    async def members(self, room_id: str) -> dict[str, str]:
        async with self.db.reading() as session:
            rows = await session.scalars(select(Member).where(Member.room_id == room_id))
            return {row.user_id: row.membership for row in rows}

    async def position(self) -> str | None:
        async with self.db.reading() as session:
            return await inbox.bookmark(session, "sync")
