"""Makes the looks that runs ask for: one transaction to take a task, the look without any, one to say what was seen."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.runs import checking
from helpdesk_bot.actions.runs.checking import Task
from helpdesk_bot.clock import Clock
from helpdesk_bot.probe.judging import Outcome, Prober, Verdict
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.engine import Database

log = structlog.get_logger(__name__)

LOOK_AGAIN = 2.0  # seconds
DATABASE_PAUSE = 2.0
_GOOD = {Outcome.YES: True, Outcome.NO: False, Outcome.UNKNOWN: None}


class Looker:
    """Looks at what is due. A look that was cut off by a crash is made again: it changes nothing outside."""

    def __init__(
        self, db: Database, setting: Setting, clock: Clock, prober: Prober, on_done: Callable[[], None]
    ) -> None:
        self._db = db
        self._setting = setting
        self._clock = clock
        self._prober = prober
        self._on_done = on_done
        self._busy: set[int] = set()
        self._awake = asyncio.Event()
        self.counts: Counter[str] = Counter()  # yes, no, unknown: for the metrics

    def wake(self) -> None:
        self._awake.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN):
                        await self._awake.wait()
                self._awake.clear()
                try:
                    await self.begin(group)
                except (SQLAlchemyError, OSError) as error:
                    log.warning("database away", error=type(error).__name__)
                    await asyncio.sleep(DATABASE_PAUSE)

    async def begin(self, group: asyncio.TaskGroup) -> int:
        """Begins what is due, each by itself; how much that is."""
        most = self._setting.config.checks.at_once - len(self._busy)
        if most <= 0:
            return 0
        async with self._db.reading() as session:
            found = await checking.due(session, self._clock(), self._busy, most)
        for check_id in found:
            self._busy.add(check_id)
            group.create_task(self._look(check_id))
        return len(found)

    async def _look(self, check_id: int) -> None:
        try:
            async with self._db.transaction() as session:
                task = await checking.task(self._act(session, f"check:{check_id}:taken"), check_id)
            if task is not None:
                await self._note(
                    task, await self._prober.judge(task.verify, task.values, task.link, self._clock())
                )
            self._on_done()
        except (SQLAlchemyError, OSError) as error:  # it is still in its row, and is tried again
            log.warning("look not noted", check=check_id, error=type(error).__name__)
        finally:
            self._busy.discard(check_id)

    async def _note(self, task: Task, verdict: Verdict) -> None:
        async with self._db.transaction() as session:
            await checking.seen(
                self._act(session, f"check:{task.id}:seen"),
                task.id,
                good=_GOOD[verdict.outcome],
                again=verdict.again,
                key=verdict.key,
                params=verdict.params,
            )
        self.counts[verdict.outcome] += 1

    def _act(self, session: AsyncSession, cause: str) -> Act:
        now = self._clock()
        outbox.caused_by(session, f"{cause}:{now.isoformat()}")
        return Act(session, now, self._setting)
