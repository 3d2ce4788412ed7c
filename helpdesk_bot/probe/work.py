"""Makes the looks that runs ask for: one transaction to take a task, the look without any, one to say what was seen."""

from collections.abc import Callable, Collection, Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.runs import checking
from helpdesk_bot.actions.runs.checking import Task
from helpdesk_bot.clock import Clock
from helpdesk_bot.errands import Errands
from helpdesk_bot.probe.judging import Outcome, Prober, Verdict
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.engine import Database

log = structlog.get_logger(__name__)

_GOOD = {Outcome.YES: True, Outcome.NO: False, Outcome.UNKNOWN: None}


class Looker(Errands):
    """Looks at what is due, and counts what was seen. A look changes nothing outside, so it may be made again."""

    def __init__(
        self, db: Database, setting: Setting, clock: Clock, prober: Prober, on_done: Callable[[], None]
    ) -> None:
        super().__init__()
        self._db = db
        self._setting = setting
        self._clock = clock
        self._prober = prober
        self._on_done = on_done

    @property
    @override
    def at_once(self) -> int:
        return self._setting.config.checks.at_once

    @override
    async def due(self, busy: Collection[int], most: int) -> Sequence[int]:
        async with self._db.reading() as session:
            return await checking.due(session, self._clock(), busy, most)

    @override
    async def do(self, row_id: int) -> None:
        try:
            await self._look(row_id)
        except (SQLAlchemyError, OSError):
            raise
        except Exception:  # one broken look must not hold up the others, nor the rest of the helpdesk
            log.exception("look failed", check=row_id)
            async with self._db.transaction() as session:
                await checking.put_off(self._act(session, f"check:{row_id}:failed"), row_id)
        self._on_done()

    async def _look(self, row_id: int) -> None:
        async with self._db.transaction() as session:
            task = await checking.task(self._act(session, f"check:{row_id}:taken"), row_id)
        if task is None:
            return
        verdict = await self._prober.judge(task.verify, task.values, task.link, self._clock())
        await self._note(task, verdict)

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
