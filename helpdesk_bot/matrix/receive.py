"""From the homeserver into the inbox, exactly once.

What came in and the position that says so are one transaction: whatever breaks off before it is asked for again,
whatever breaks off after it is in the inbox. Keys are saved before it, so they come at least once, which does no harm.
"""

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.boundaries import passing
from helpdesk_bot.clock import Clock
from helpdesk_bot.errors import UserError
from helpdesk_bot.matrix import precautions, rooms
from helpdesk_bot.matrix.batch import Batch, Reader, sources
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.matrix.incoming import as_dict
from helpdesk_bot.matrix.mending import Mender
from helpdesk_bot.matrix.timeline import Known
from helpdesk_bot.storage import gaps, held, inbox, restored, runs
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Room

log = structlog.get_logger(__name__)

POSITION = "sync"
LONG_POLL_MS = 30_000
LONGEST_PAUSE = 60.0
_AS_MANY = 500  # SQLite limits the number of parameters


class SignedOut(UserError):
    """The homeserver no longer knows the access token. Nothing works until somebody signs in again."""


class Receiver:
    """Follows the homeserver's stream. `on_work` is called when the inbox may hold something new.

    `caught_up` is set while the tables are as the homeserver last told; `last_sync` is when that was. `staff_rooms`
    are the rooms whose members have a role; who comes and goes is heard there, and where a playbook is walked.
    """

    def __init__(
        self,
        db: Database,
        homeserver: Homeserver,
        crypto: Crypto,
        *,
        user_id: str,
        staff_rooms: Callable[[], Collection[str]],
        clock: Clock,
        on_work: Callable[[], None],
        caught_up: asyncio.Event | None = None,
    ) -> None:
        self._db = db
        self._homeserver = homeserver
        self._crypto = crypto
        self._staff_rooms = staff_rooms
        self._clock = clock
        self._on_work = on_work
        self._reader = Reader(homeserver, crypto, user_id)
        # Sessions whose keys came, while the events that wait are not yet released.
        self._arrived: set[str] = set()
        self._taking_in = (
            asyncio.Lock()
        )  # a key must not come between reading an event and noting it as unread
        self._started = False
        self._position: str | None = None  # as in the database
        self.mender = Mender(
            db,
            self._reader,
            crypto,
            staff_rooms=staff_rooms,
            clock=clock,
            on_work=on_work,
            taking_in=self._taking_in,
        )
        self.caught_up = caught_up or asyncio.Event()
        self.last_sync: datetime | None = None
        self._caught_up_at: datetime | None = None

    @property
    def counts(self) -> Counter[str]:
        """What was skipped: malformed, unreadable, undecryptable, gaps."""
        return self._reader.counts

    @property
    def heard_since(self) -> datetime | None:
        """Since when `caught_up` is set; None while it is not."""
        return self._caught_up_at if self.caught_up.is_set() else None

    async def run(self) -> None:
        """Goes on until it is cancelled. Raises SignedOut when there is no point in going on."""
        failures = 0
        while True:
            try:
                await self.once(LONG_POLL_MS if self._started and not failures else 0)
                failures = 0
                continue
            except MatrixError as error:
                if error.signed_out:
                    raise SignedOut("account.token_refused", homeserver=self._homeserver.base_url) from None
                pause = error.retry_after
                log.warning("sync failed", error=error.errcode, status=error.status)
            except (SQLAlchemyError, sqlite3.Error, OSError) as error:
                pause = None
                log.warning("sync not saved", error=type(error).__name__, why=str(error))
            failures += 1
            self.caught_up.clear()
            await asyncio.sleep(_pause(failures, pause))

    async def once(self, timeout_ms: int = 0) -> None:
        """Takes in what is new. Raises MatrixError or SQLAlchemyError, and has then changed nothing but keys, and what
        could only make sending safer."""
        if self._position is None:
            async with self._db.reading() as session:
                self._position = await inbox.bookmark(session, POSITION)
        since = self._position
        sync = await self._homeserver.sync(since, timeout_ms, _filter(first=since is None))
        position = sync.get("next_batch")
        if not isinstance(position, str) or not position:
            raise MatrixError(200, "BAD_ANSWER", "a sync without a position")
        passing("sync.received")
        async with self._taking_in:
            batch = await self._take_in(sync, since, position)
        self._position = position
        self._started = True
        self.last_sync = self._clock()
        if not self.caught_up.is_set():
            self._caught_up_at = self.last_sync
        self.caught_up.set()
        if batch.events or batch.released:
            self._on_work()
        self.mender.keys_missing(batch.unread)
        if batch.incomplete:
            self.mender.wake()

    async def _take_in(self, sync: Json, since: str | None, position: str) -> Batch:
        now = self._clock()
        await self._take_precautions(sync, now)
        self._arrived |= await self._crypto.receive(sync)
        passing("keys.stored")
        batch = await self._read(sync, since, position, now)
        if position != since or batch.released:
            async with self._db.transaction() as session:
                await _save(session, self._reader, batch, position, now)
                await inbox.move_bookmark(session, POSITION, position)
            passing("inbox.committed")
        self._arrived.clear()
        return batch

    async def _take_precautions(self, sync: Json, now: datetime) -> None:
        """Reading the rest may take seconds, and nothing may go out in the clear in the meantime."""
        found = precautions.precautions(sync, now)
        if found:
            async with self._db.transaction() as session:
                await precautions.take(session, found)

    async def _read(self, sync: Json, since: str | None, position: str, now: datetime) -> Batch:
        async with self._db.reading() as session:
            known = await _known(session, _mentioned(sync))
            walked = frozenset(await session.scalars(runs.rooms()))
        watched = walked.union(self._staff_rooms())
        batch = await self._reader.read(sync, since, position, known, watched, now)
        if self._arrived or not self._started:
            async with self._db.reading() as session:
                await self._try_held(session, batch)
        return batch

    async def _try_held(self, session: AsyncSession, batch: Batch) -> None:
        """Those whose key came now; at the start all, because it may have come just before a crash."""
        async for rows in held.parts(session, list(self._arrived) if self._started else None):
            batch.released |= self._reader.release(rows)
            if not self._started:
                self.mender.keys_missing(sources(row for row in rows if row.id not in batch.released))


async def _save(session: AsyncSession, reader: Reader, batch: Batch, position: str, now: datetime) -> None:
    for news in batch.rooms:
        await rooms.take_in(session, news)
    for room_id, missing in batch.missing.items():
        if await gaps.note(session, room_id, missing.start, missing.until, now):
            batch.events.append(reader.gap(room_id, position, "left before it was filled", now))
    if batch.events:
        await inbox.accept(session, batch.events, now, await gaps.holding_up(session))
    await restored.hear(session, batch.echoes, now)
    await held.release(session, batch.released)
    await session.flush()
    for room_id, event_ids in batch.redacted.items():
        await held.drop(session, room_id, event_ids)


async def _known(session: AsyncSession, room_ids: list[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for start in range(0, len(room_ids), _AS_MANY):
        query = select(Room.room_id, Room.membership, Room.members_known)
        rows = await session.execute(query.where(Room.room_id.in_(room_ids[start : start + _AS_MANY])))
        found |= {row.room_id: Known(row.membership, row.members_known) for row in rows}
    return found


def _mentioned(sync: Json) -> list[str]:
    sections = as_dict(sync.get("rooms"))
    return [room_id for name in ("join", "leave") for room_id in as_dict(sections.get(name))]


def _filter(*, first: bool) -> Json:
    """What the homeserver should leave out. At the very first sync nothing that was said before counts."""
    nothing = {"not_types": ["*"]}
    return {
        "presence": nothing,
        "account_data": nothing,
        "room": {
            "ephemeral": nothing,
            "account_data": nothing,
            "state": {"lazy_load_members": True},
            "timeline": {"limit": 1 if first else 100, "lazy_load_members": True},
        },
    }


def _pause(failures: int, asked: float | None) -> float:
    """Seconds: longer with each failure in a row, never all bots at once, and at least what the homeserver asks."""
    own = min(LONGEST_PAUSE, 2.0 ** min(failures - 1, 6)) * random.uniform(0.75, 1.25)
    return max(own, min(asked or 0.0, 600.0))
