"""What a sync could not say is asked for afterwards, beside the stream, so that nothing new has to wait for it."""

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.clock import Clock
from helpdesk_bot.matrix import rooms
from helpdesk_bot.matrix.batch import Reader, sources
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Json, MatrixError
from helpdesk_bot.matrix.patience import Patience
from helpdesk_bot.matrix.timeline import Missing
from helpdesk_bot.storage import gaps, held, inbox, restored, runs
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.inbox import RawEvent
from helpdesk_bot.storage.models import Gap, Room, Run

log = structlog.get_logger(__name__)

LOOK_AGAIN = 1.0  # seconds, while something is wrong
LOOK_FOR_REPLAYED = 5.0  # seconds; `helpdesk replay` is another process and can't wake us
MOST_UNREAD = 1_000  # sessions whose key is to be asked for; what is left out is asked for at the next start
KEYS_ASKED_AT_ONCE = 20
# A homeserver that refuses to show a gap is asked this often; one that fails at it for about two minutes, in which the
# room stands still, and then now and then for a day.
REFUSALS = 3
FAILURES = 8
LAST = FAILURES + 144
NOW_AND_THEN = timedelta(minutes=10)
LONGEST_FILL = 120.0  # seconds for one room


class Mender:
    """Asks for keys, members and gaps. `taking_in` is held by whoever turns what came in into rows."""

    def __init__(
        self,
        db: Database,
        reader: Reader,
        crypto: Crypto,
        *,
        staff_rooms: Callable[[], Collection[str]],
        clock: Clock,
        on_work: Callable[[], None],
        taking_in: asyncio.Lock,
    ) -> None:
        self._db = db
        self._reader = reader
        self._crypto = crypto
        self._staff_rooms = staff_rooms
        self._clock = clock
        self._on_work = on_work
        self._taking_in = taking_in
        self._patience = Patience(clock)
        self._unread: dict[tuple[str, str, object], Json] = {}
        self._awake = asyncio.Event()
        self._awake.set()

    def keys_missing(self, unread: list[tuple[str, Json]]) -> None:
        """Notes encrypted events whose key nobody has sent; one request per session."""
        for room_id, event in unread:
            key = (room_id, event["sender"], event["content"].get("session_id"))
            if key in self._unread or len(self._unread) < MOST_UNREAD:
                self._unread[key] = event
        if unread:
            self._awake.set()

    def wake(self) -> None:
        """After a sync that left something out."""
        self._awake.set()

    async def run(self) -> None:
        """Goes on until it is cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_FOR_REPLAYED):
                    await self._awake.wait()
            self._awake.clear()
            try:
                if not await self.once():
                    self._awake.set()
                    await asyncio.sleep(LOOK_AGAIN)
            except (SQLAlchemyError, sqlite3.Error, OSError) as error:
                log.warning("mending pauses", error=type(error).__name__)
                self._awake.set()
                await asyncio.sleep(LOOK_AGAIN)

    async def once(self) -> bool:
        """Asks for all that is due now; False when something is left for later."""
        await self._try_replayed()
        whole = await asyncio.gather(self._ask_keys(), self._ask_members(), self._fill_gaps())
        return all(whole)

    # Keys

    async def _ask_keys(self) -> bool:
        for key, event in list(self._unread.items())[:KEYS_ASKED_AT_ONCE]:
            try:
                await self._crypto.request_key(key[0], event)
            except MatrixError as error:
                log.warning("key not asked for", room_id=key[0], error=error.errcode)
                break
            except (SQLAlchemyError, sqlite3.Error, OSError):
                raise  # not the event's doing
            except Exception:  # what one event does to us must stop no other
                log.exception("key not asked for", room_id=key[0])
            self._unread.pop(key, None)
        return not self._unread

    async def _try_replayed(self) -> None:
        """Those that somebody has put back in line: their key may have come meanwhile, or has to be asked for again."""
        async with self._db.reading() as session:
            if not await held.replayed(session):
                return
        async with self._taking_in, self._db.transaction() as session:
            rows = await held.replayed(session)
            readable = self._reader.release(rows)
            await held.release(session, readable)
            still = [row for row in rows if row.id not in readable]
            for row in still:
                row.error = None
        self.keys_missing(sources(still))
        self._on_work()

    # Members

    async def _ask_members(self) -> bool:
        """The members of a staff room have a role; without knowing them, nobody there has one. Of a room where a playbook is
        walked, who left has to be known."""
        async with self._db.reading() as session:
            query = select(Room.room_id).where(
                or_(Room.room_id.in_(self._staff_rooms()), Room.room_id.in_(runs.rooms())),
                Room.membership == "join",
                Room.members_known.is_(False),
            )
            unknown = (await session.scalars(query)).all()
        for room_id in filter(self._patience.over, unknown):
            self._patience.failed(room_id)
            async with self._db.reading() as session:
                before = await rooms.all_members(session, room_id)
            try:
                members = await self._reader.members(room_id, self._clock())
            except Exception:  # what one room does to us must stop no other
                log.exception("members unknown", room_id=room_id)
                continue
            if members is None:
                continue
            self._patience.forget(room_id)
            async with self._taking_in, self._db.transaction() as session:
                await rooms.know_members(session, room_id, members, before)
        return not unknown

    # Gaps

    async def _fill_gaps(self) -> bool:
        async with self._db.reading() as session:
            unfilled = await gaps.unfilled(session)
        now = self._clock()
        await asyncio.gather(*(self._fill(gap) for gap in unfilled if gap.due_at <= now))
        return not unfilled

    async def _fill(self, gap: Gap) -> None:
        try:
            await self._read_and_close(gap)
        except (MatrixError, TimeoutError) as error:
            await self._not_filled(gap, error)
        except (SQLAlchemyError, sqlite3.Error, OSError):
            raise  # not the room's doing
        except Exception as error:  # what one room does to us must stop no other
            log.exception("gap not filled", room_id=gap.room_id)
            await self._not_filled(gap, error)

    async def _read_and_close(self, gap: Gap) -> None:
        async with self._db.reading() as session:
            walked = await session.scalar(runs.rooms().where(Run.room_id == gap.room_id).limit(1))
        watched = walked is not None or gap.room_id in self._staff_rooms()
        async with asyncio.timeout(LONGEST_FILL):
            missing = Missing(gap.start, gap.until)
            found = await self._reader.older(gap.room_id, missing, watched=watched, now=self._clock())
        async with self._taking_in, self._db.transaction() as session:
            now = self._clock()
            if not await gaps.close(session, gap):
                return  # it has grown meanwhile, and is due again
            batch = self._reader.read_older(gap.room_id, found, watched=watched, now=now)
            await restored.hear(session, batch.echoes, now)
            await self._line_up(session, gap.room_id, batch.events, now)
            await held.drop(session, gap.room_id, batch.redacted.get(gap.room_id, []))
        log.info("gap filled", room_id=gap.room_id, events=len(batch.events))
        self.keys_missing(batch.unread)
        self._on_work()

    async def _not_filled(self, gap: Gap, error: Exception) -> None:
        """Tries again later; after a while the gap is said aloud, and what was said since goes on without it."""
        why = error.errcode if isinstance(error, MatrixError) else type(error).__name__
        log.warning("gap not filled", room_id=gap.room_id, why=why)
        refused = isinstance(error, MatrixError) and not error.temporary
        tries = gap.attempts + 1
        tell = not gap.told and tries >= (REFUSALS if refused else FAILURES)
        now = self._clock()
        async with self._taking_in, self._db.transaction() as session:
            if tell:
                aloud = self._reader.gap(gap.room_id, gap.start or "all", why, now)
                await self._line_up(session, gap.room_id, [aloud], now)
            if (tell and refused) or tries >= LAST:
                await gaps.close(session, gap)
            else:
                pause = NOW_AND_THEN if gap.told or tell else timedelta(seconds=_pause(tries, error))
                await gaps.put_off(session, gap, pause, now, told=gap.told or tell)
        if tell:
            self._on_work()

    async def _line_up(
        self, session: AsyncSession, room_id: str, older: Sequence[RawEvent], now: datetime
    ) -> None:
        undecrypted = [row for row in await inbox.behind(session, room_id) if row.session_id]
        await inbox.line_up(session, room_id, older, self._reader.release(undecrypted), now)


def _pause(tries: int, error: Exception) -> float:
    """Seconds: longer with each failure, and at least what the homeserver asks."""
    asked = error.retry_after if isinstance(error, MatrixError) else None
    return max(min(30.0, 2.0 ** (tries - 1)), min(asked or 0.0, 600.0))
