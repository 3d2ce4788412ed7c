"""Takes what came in, one event after the other, and opens the transaction in which everything about it happens.

One at a time and in order: that is what makes 'who claimed first' a fact. Nothing in here waits for the network.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.boundaries import passing
from helpdesk_bot.clock import Clock
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import inbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import InboxEvent

log = structlog.get_logger(__name__)

Handle = Callable[[Act, InboxEvent], Awaitable[None]]
Explain = Callable[[Act, InboxEvent, UserError], Awaitable[None]]

LONGEST = 30.0  # seconds for one event; far above what any takes


class Worker:
    """Works through the inbox. `wake` after something was added; `on_done` is called after each commit."""

    def __init__(
        self,
        db: Database,
        setting: Setting,
        clock: Clock,
        handle: Handle,
        explain: Explain,
        on_done: Callable[[], None],
        caught_up: asyncio.Event | None = None,
    ) -> None:
        self._db = db
        self._setting = setting
        self._clock = clock
        self._handle = handle
        self._explain = explain
        self._on_done = on_done
        self._caught_up = caught_up
        self._awake = asyncio.Event()
        self._awake.set()

    def wake(self) -> None:
        self._awake.set()

    async def run(self) -> None:
        await self._count_unfinished()
        if self._caught_up is not None:
            await self._caught_up.wait()  # who may do what could have changed while nobody was listening
        while True:
            await self._awake.wait()
            self._awake.clear()
            while await self.step():
                pass

    async def step(self) -> bool:
        """Works on the oldest event; False when there is none."""
        event_id: str | None = None
        try:
            async with asyncio.timeout(LONGEST), self._db.transaction() as session:
                event = await inbox.next_pending(session)
                if event is None:
                    return False
                event_id = event.event_id
                await self._handle(Act(session, self._clock(), self._setting), event)
                await session.flush()
                await inbox.finish(session, event.id)
                passing("work.written")
        except UserError as error:
            await self._answer(error)
        except Exception as error:  # the one place where anything unforeseen is caught, told and kept
            log.exception("event failed", event_id=event_id)
            await self._set_aside(error)
        passing("work.committed")
        self._on_done()
        return True

    async def _answer(self, error: UserError) -> None:
        """Everything was undone; what remains is a clear answer."""
        async with self._db.transaction() as session:
            event = await inbox.next_pending(session)
            if event is not None:
                await self._explain(Act(session, self._clock(), self._setting), event, error)
                await inbox.finish(session, event.id)

    async def _set_aside(self, error: Exception) -> None:
        """Tries three times; then it is recorded, said aloud, and stops nobody else."""
        async with self._db.transaction() as session:
            event = await inbox.next_pending(session)
            if event is None:
                return
            if event.attempts + 1 < inbox.MAX_ATTEMPTS:
                await inbox.note_attempt(session, event.id)
                return
            await fail(Act(session, self._clock(), self._setting), event, type(error).__name__)

    async def _count_unfinished(self) -> None:
        """An event that was in work when the process died counts as tried, so that it can't kill us for ever."""
        async with self._db.transaction() as session:
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
    """Sets an event aside for replay and tells the coordinators; never what was in it."""
    await inbox.fail(act.session, event.id, error)
    await act.tell_coordinators("alert.event_failed", event=event.event_id, room=event.room_id, error=error)
