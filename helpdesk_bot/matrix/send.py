"""From the outbox to the homeserver, in order: which row may go when, and what follows when it could not.

`deliver` does one row; here is the queue of all of them, which honours rate limits and lets no room hold up another.
"""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.clock import Clock
from helpdesk_bot.matrix.content import Pointless
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.deliver import Delivery
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.made_room import Unmade
from helpdesk_bot.matrix.refusals import Refusals, Verdict, pause_after, verdict
from helpdesk_bot.matrix.uploads import Draw
from helpdesk_bot.storage import delivery, inbox, outbox, restored
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import OutboxRow, Room
from helpdesk_bot.storage.outbox import Urgency

log = structlog.get_logger(__name__)

OnFailed = Callable[[AsyncSession, OutboxRow, str], Awaitable[None]]

DEVICE = "device"
FAILURES = 20
HEALTHY_WITHIN = timedelta(minutes=10)
LONGEST_DELIVERY = 300.0
LONGEST_PAUSE = 60.0
# Seconds that what people wait for may take before the paperwork of the same moment goes out too, and in which the
# homeserver then passes it on to their clients.
HEAD_START = 1.0
PASSED_ON = 0.05
OTHERS_FIRST = 1.0  # seconds that a row which got no answer stays behind the others
LOOK_AGAIN = 5.0  # seconds; `helpdesk replay` is another process and can't wake us


class Sender:
    """Drains the outbox. `wake` after something was added.

    `on_failed` is called inside the transaction that gives a row up. Nothing is sent while the receiver's `caught_up`
    is not set: a room may have become encrypted, or somebody may have left it, while nobody was listening. `draw`: what
    makes the files that are kept as a recipe.
    """

    def __init__(
        self,
        db: Database,
        homeserver: Homeserver,
        crypto: Crypto,
        *,
        user_id: str,
        device_id: str,
        clock: Clock,
        on_failed: OnFailed,
        caught_up: asyncio.Event,
        max_in_flight: int = 4,
        draw: Draw | None = None,
    ) -> None:
        self._db = db
        self._device_id = device_id
        self._clock = clock
        self._caught_up = caught_up
        self._on_failed = on_failed
        self._max_in_flight = max_in_flight
        self._delivery = Delivery(db, homeserver, crypto, user_id=user_id, clock=clock, draw=draw)
        self._awake = asyncio.Event()
        self._people: set[asyncio.Task[None]] = set()  # of these, what somebody waits for
        self._served = asyncio.Event()
        self._served.set()
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        # Of these, the rooms whose row failed before. If it hangs again, others must still find a place.
        self._failed_before: set[str] = set()
        self._places_for_failed = max(1, max_in_flight // 2)
        self._unanswered: dict[int, datetime] = {}  # rows, and when that was last
        # On the event loop's clock: the wall clock may step back, and the bot would be silent for as long as that.
        self._paused_until = 0.0
        self._failures = 0  # of the connection, in a row
        self._refusals = Refusals()
        self.counts: Counter[str] = Counter()
        self.last_sent: datetime | None = None

    def wake(self) -> None:
        self._awake.set()
        self._served.clear()

    async def serve_people(self, most: float) -> None:
        """Waits until what people wait for has left, `most` seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(most):
                await self._served.wait()

    async def run(self) -> None:
        """Goes on until it is cancelled. What is under way then is broken off, and repeated at the next start."""
        try:
            while True:
                try:
                    await self._note_device()
                    break
                except (SQLAlchemyError, OSError) as error:
                    await self._sleep(self._pause_for_trouble(error))
            while True:
                await self._caught_up.wait()
                self._awake.clear()
                try:
                    pause = await self._start_due()
                except (SQLAlchemyError, OSError) as error:
                    pause = self._pause_for_trouble(error)
                self._note_served()
                await self._sleep(pause)
        finally:
            tasks = list(self._in_flight.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _note_device(self) -> None:
        """On another device than before, the homeserver does not know what was already sent."""
        async with self._db.transaction() as session:
            self._delivery.restored = await restored.recently(session, self._clock())
            before = await inbox.bookmark(session, DEVICE)
            if before == self._device_id:
                return
            if before is not None:
                await delivery.suspect_all(session)
            await inbox.move_bookmark(session, DEVICE, self._device_id)

    async def _start_due(self) -> float | None:
        """Starts what may go now; returns in how many seconds to look again, if nothing lands before."""
        pause = self._paused_until - asyncio.get_running_loop().time()
        if pause > 0:
            return pause
        now = self._clock()
        free = self._max_in_flight - len(self._in_flight)
        if free <= 0:
            return None
        async with self._db.reading() as session:
            full = len(self._failed_before) >= self._places_for_failed
            rows = await delivery.heads(session, now, list(self._in_flight), free, untried=full)
            if not rows:
                moment = await delivery.next_moment(session, now)
                return (moment - now).total_seconds() if moment else None
        for row in rows:
            if row.attempts and len(self._failed_before) >= self._places_for_failed:
                self._awake.set()  # its place is for what stands behind it
                continue
            paperwork = row.priority > Urgency.PERSON
            task = asyncio.create_task(self._deliver(row, after=set(self._people) if paperwork else set()))
            if not paperwork:
                self._people.add(task)
            self._in_flight[row.room_id] = task
            if row.attempts:
                self._failed_before.add(row.room_id)
            task.add_done_callback(partial(self._landed, row.room_id))
        return None

    def _landed(self, room_id: str, task: asyncio.Task[None]) -> None:
        del self._in_flight[room_id]
        self._failed_before.discard(room_id)
        self._people.discard(task)
        self._note_served()
        self._awake.set()

    def _note_served(self) -> None:
        if not self._people:
            self._served.set()

    async def _sleep(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(LOOK_AGAIN if seconds is None else min(seconds, LOOK_AGAIN)):
                await self._awake.wait()
        except TimeoutError:
            pass

    # One row

    async def _deliver(self, row: OutboxRow, after: Collection[asyncio.Task[None]]) -> None:
        if after:  # the homeserver does one thing at a time, and first what somebody waits for
            await asyncio.wait(after, timeout=HEAD_START)
            await asyncio.sleep(PASSED_ON)
        try:
            await self._try(row)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            self._pause_for_trouble(error)
        except Exception as error:  # giving up failed as well: without a pause this would go round and round
            log.exception("sending failed twice", row=row.id, room_id=row.room_id)
            self._pause_for_trouble(error)

    async def _try(self, row: OutboxRow) -> None:
        try:
            async with asyncio.timeout(LONGEST_DELIVERY):
                await self._delivery.do(row)
        except MatrixError as error:
            await self._judge(row, error)
        except TimeoutError:
            await self._broken(row, "TIMEOUT")
        except Pointless as error:
            await self._give_up(row, "dropped", str(error))
        except Unmade as error:
            await self._give_up(row, "failed", str(error))
        except (SQLAlchemyError, sqlite3.Error, OSError):
            raise
        except Exception as error:  # a row that we choke on must not hold up the others; it is said aloud
            log.exception("sending failed", row=row.id, room_id=row.room_id)
            await self._refused(row, type(error).__name__)
        else:
            self._failures = 0
            self._refusals.accepted(row)
            self._unanswered.pop(row.id, None)
            self.counts["done"] += 1
            self.last_sent = self._clock()

    # What goes wrong

    async def _judge(self, row: OutboxRow, error: MatrixError) -> None:
        log.warning("not sent", row=row.id, room_id=row.room_id, error=error.errcode, status=error.status)
        match verdict(row.kind, error, invited="after" not in row.content):
            case Verdict.UNREACHABLE:
                await self._no_answer(row, error)
            case Verdict.PAUSE_ALL:
                self.counts["limited"] += 1
                self._pause(error.retry_after if error.retry_after is not None else LONGEST_PAUSE)
            case Verdict.PAUSE_THIS:
                self.counts["limited"] += 1
                await self._put_off(row, error.retry_after or LONGEST_PAUSE, error.errcode, counts=False)
            case Verdict.LATER:
                await self._broken(row, error.errcode, error.retry_after)
            case Verdict.REFUSED:
                await self._refused(row, error.errcode)
            case Verdict.NOT_LET_IN:
                await self._not_let_in(row, error.errcode)
            case Verdict.FAILED:
                await self._give_up(row, "failed", error.errcode)
            case Verdict.DROPPED:
                await self._give_up(row, "dropped", error.errcode)

    async def _no_answer(self, row: OutboxRow, error: MatrixError) -> None:
        """An outage costs no attempt; but when others got through since the last time, it is this row's room."""
        before = self._unanswered.get(row.id)
        self._unanswered[row.id] = self._clock()
        if before is not None and self.last_sent is not None and self.last_sent > before:
            await self._broken(row, error.errcode)
            return
        pause = self._pause_for_trouble(error)
        await self._put_off(row, pause + OTHERS_FIRST, error.errcode, counts=False)

    async def _broken(self, row: OutboxRow, error: str, retry_after: float | None = None) -> None:
        """The homeserver fails at it. While it fails at everything that is an outage, which passes."""
        healthy = self.last_sent is not None and self._clock() - self.last_sent < HEALTHY_WITHIN
        if healthy and row.attempts + 1 >= FAILURES:
            await self._give_up(row, "failed", error)
        else:
            await self._put_off(row, retry_after or pause_after(row.attempts), error)

    async def _refused(self, row: OutboxRow, error: str) -> None:
        pause = self._refusals.pause(row)
        if pause is None:
            await self._give_up(row, "failed", error)
        else:
            await self._put_off(row, pause, error)

    async def _not_let_in(self, row: OutboxRow, error: str) -> None:
        """A homeserver that invites tells ours before it has written that down itself, and until then it refuses us. So it is
        asked again, unless the invitation was taken back."""
        async with self._db.reading() as session:
            room = await session.get(Room, row.room_id)
        stands = room is not None and room.membership == "invite"
        pause = self._refusals.pause_at_the_door(row) if stands else None
        if pause is None:
            await self._give_up(row, "dropped", error)
        else:
            await self._put_off(row, pause, error)

    async def _put_off(self, row: OutboxRow, seconds: float, error: str, *, counts: bool = True) -> None:
        until = self._clock() + min(timedelta(seconds=seconds), delivery.LONGEST_PUT_OFF)
        async with self._db.transaction() as session:
            await delivery.put_off(session, row.id, until, error, counts=counts)

    async def _give_up(self, row: OutboxRow, state: str, error: str) -> None:
        self._refusals.forget(row)
        self._unanswered.pop(row.id, None)
        self.counts[state] += 1
        async with self._db.transaction() as session:
            if await delivery.give_up(session, row.id, state, error) and state == "failed":
                await self._on_failed(session, row, error)
            if row.kind == "join":
                await outbox.drop_room(session, row.room_id)  # what should be said there

    def _pause(self, seconds: float) -> float:
        """Seconds from now on; what was asked for before may be longer."""
        now = asyncio.get_running_loop().time()
        self._paused_until = max(self._paused_until, now + seconds)
        return self._paused_until - now

    def _pause_for_trouble(self, error: Exception) -> float:
        """No homeserver or no database: nothing can be sent, and nothing is lost by waiting."""
        log.warning("sending pauses", error=type(error).__name__)
        self._failures += 1
        return self._pause(pause_after(self._failures - 1))
