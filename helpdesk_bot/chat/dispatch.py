"""Takes what came in, one event after the other, and opens the transaction in which everything about it happens.

One at a time and in order: that is what makes 'who claimed first' a fact. Nothing in here waits for the network.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.federation import following
from helpdesk_bot.boundaries import passing
from helpdesk_bot.clock import Clock
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.protocol.words import word_of
from helpdesk_bot.storage import early, inbox, outbox, restored
from helpdesk_bot.storage.access import room_kind
from helpdesk_bot.storage.engine import Database, is_in_trouble
from helpdesk_bot.storage.models import InboxEvent
from helpdesk_bot.storage.restored import Restored

log = structlog.get_logger(__name__)

Handle = Callable[[Act, InboxEvent], Awaitable[None]]
Explain = Callable[[Act, InboxEvent, UserError], Awaitable[None]]

DATABASE_PAUSE = 2.0  # seconds
LOOK_AGAIN = 5.0  # seconds; `helpdesk replay` is another process and can't wake us
# Seconds in which what was just decided leaves, before the next piece of work takes the processor; when nobody else has
# said anything, until the homeserver has it.
BREATH = 0.005
LONGEST_BREATH = 0.1
LONGEST = 30.0  # seconds for one event; far above what any takes


class Worker:
    """Works through the inbox. `wake` after something was added; `on_done` is called after each commit. `serve_people`: waits
    so many seconds at most until what people wait for has left."""

    def __init__(
        self,
        db: Database,
        setting: Setting,
        clock: Clock,
        handle: Handle,
        explain: Explain,
        on_done: Callable[[], None],
        caught_up: asyncio.Event | None = None,
        serve_people: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        self._db = db
        self._setting = setting
        self._clock = clock
        self._handle = handle
        self._explain = explain
        self._on_done = on_done
        self._caught_up = caught_up
        self._serve_people = serve_people
        self._restored: Restored | None = None
        self._awake = asyncio.Event()
        self._awake.set()
        self.counts: Counter[str] = Counter()  # done, explained, retried, failed: for the metrics

    def wake(self) -> None:
        self._awake.set()

    async def run(self) -> None:
        if self._caught_up is not None:
            await self._caught_up.wait()  # who may do what could have changed while nobody was listening
        await self._until_counted()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN):
                    await self._awake.wait()
            self._awake.clear()
            try:
                await self._until_done()
            except (SQLAlchemyError, OSError) as error:
                # The database is away. Everything that came in waits in it; there is nothing to do but wait too.
                log.warning("database away", error=type(error).__name__)
                await asyncio.sleep(DATABASE_PAUSE)
                self._awake.set()

    async def _until_done(self) -> None:
        while True:
            if not await self.step():
                return
            await asyncio.sleep(BREATH)
            if self._serve_people is not None and not self._awake.is_set():
                await self._serve_people(LONGEST_BREATH)

    async def step(self) -> bool:
        """Works on the oldest event; False when there is none."""
        row_id: int | None = None
        word: object = None
        try:
            async with asyncio.timeout(LONGEST), self._db.transaction() as session:
                if self._restored is not None:
                    await early.release(session, self._clock())
                event = await inbox.next_pending(session)
                if event is None:
                    return False
                row_id, word = event.id, word_of(event.type, event.content or {})
                if self._inside_after_restore(event) and await early.hold(session, event, self._clock()):
                    return True
                self._note_cause(session, event, event.event_id)
                act = self._act(session)
                await self._handle(act, event)
                await following.follow(act)
                await session.flush()
                await inbox.finish(session, event.id)
                passing("work.written", word)
            self.counts["done"] += 1
        except UserError as error:
            assert row_id is not None
            await self._answer(row_id, error)
        except SQLAlchemyError as error:
            if row_id is None or is_in_trouble(error):
                raise  # no fault of the event's, which waits until the database is well
            log.exception("event failed", row=row_id)
            await self._set_aside(row_id, error)
        except Exception as error:  # the one place where anything unforeseen is caught, told and kept
            if row_id is None:
                raise
            log.exception("event failed", row=row_id)
            await self._set_aside(row_id, error)
        passing("work.committed", word)
        self._on_done()
        return True

    def _note_cause(self, session: AsyncSession, event: InboxEvent, cause: str) -> None:
        again = self._restored is not None and self._restored.covers(event.sent_at)
        outbox.caused_by(session, cause, again=again)
        inbox.working_on(session, event)

    def _inside_after_restore(self, event: InboxEvent) -> bool:
        return self._restored is not None and event.room_id in self._setting.layout.staff_rooms

    def _act(self, session: AsyncSession) -> Act:
        return Act(session, self._clock(), self._setting)

    async def _answer(self, row_id: int, error: UserError) -> None:
        """Everything was undone; what remains is a clear answer."""
        try:
            async with self._db.transaction() as session:
                # By its id: an older event whose key has just come may stand in front of it by now.
                event = await session.get_one(InboxEvent, row_id)
                number: Any = error.params.get("number") if error.key == "error.no_such_ticket" else None
                waits = number is not None and self._inside_after_restore(event)
                if waits and await early.hold_for(session, event, number, self._clock()):
                    return
                self._note_cause(session, event, event.event_id)
                await self._explain(self._act(session), event, error)
                await inbox.finish(session, row_id)
            self.counts["explained"] += 1
        except Exception as unforeseen:  # an answer that can't be given is no reason to try for ever
            log.exception("explanation failed", row=row_id)
            await self._set_aside(row_id, unforeseen)

    async def _set_aside(self, row_id: int, error: Exception) -> None:
        """Tries three times; then it is recorded, said aloud, and stops nobody else."""
        async with self._db.transaction() as session:
            event = await session.get_one(InboxEvent, row_id)
            if event.attempts + 1 < inbox.MAX_ATTEMPTS:
                await inbox.note_attempt(session, row_id)
                self.counts["retried"] += 1
            else:
                self._note_cause(session, event, f"failed:{event.event_id}")
                await fail(self._act(session), event, type(error).__name__)
                self.counts["failed"] += 1

    async def _until_counted(self) -> None:
        while True:
            try:
                await self._count_unfinished()
                return
            except (SQLAlchemyError, OSError):
                await asyncio.sleep(DATABASE_PAUSE)

    async def _count_unfinished(self) -> None:
        """An event that was in work when the process died counts as tried, so that it can't kill us for ever."""
        async with self._db.transaction() as session:
            self._restored = await restored.caught_up(session, self._clock())
            event = await inbox.next_pending(session)
            if event is None:
                return
            if event.deaths + 1 > inbox.MAX_DEATHS:
                await fail(
                    Act(session, self._clock(), self._setting), event, "the process died while working on it"
                )
            else:
                await inbox.note_death(session, event.id)


async def fail(act: Act, event: InboxEvent, error: str) -> None:
    """Sets an event aside for replay. The coordinators hear of it, never what was in it; so does whoever waits for us."""
    await inbox.fail(act.session, event.id, error)
    await act.tell_coordinators("alert.event_failed", event=event.event_id, room=event.room_id, error=error)
    waits = await room_kind(act.session, act.layout, event.room_id) in (RoomKind.DIRECT, RoomKind.TEAM)
    if event.type == "m.room.message" and waits:
        words = act.words(await act.language_of(event.sender), "error.went_wrong")
        await act.post(event.room_id, words, reply=event.event_id)
