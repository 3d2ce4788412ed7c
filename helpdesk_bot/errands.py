"""What leaves this process by itself, or looks outside: rows that are due, each done by itself, beside the others."""

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress

import structlog
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger(__name__)

LOOK_AGAIN = 2.0  # seconds
DATABASE_PAUSE = 2.0


class Errands(ABC):
    """One that fails or is slow holds up no other. What was cut off by a crash is still in its row, and is done again."""

    def __init__(self) -> None:
        self._busy: set[int] = set()
        self._awake = asyncio.Event()
        self.counts: Counter[str] = Counter()  # what became of them, for the metrics

    @property
    @abstractmethod
    def at_once(self) -> int:
        """So many are done at the same time."""

    @abstractmethod
    async def due(self, busy: Collection[int], most: int) -> Sequence[int]:
        """The rows that are due, the oldest first, but for those that are being done."""

    @abstractmethod
    async def do(self, row_id: int) -> None:
        """Raises SQLAlchemyError or OSError when the database is away: then it is done again."""

    def wake(self) -> None:
        """Something was added."""
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
        most = self.at_once - len(self._busy)
        rows = await self.due(self._busy, most) if most > 0 else []
        for row in rows:
            self._busy.add(row)
            group.create_task(self._one(row))
        return len(rows)

    async def _one(self, row_id: int) -> None:
        try:
            await self.do(row_id)
        except (SQLAlchemyError, OSError) as error:
            log.warning("not noted", errand=type(self).__name__, row=row_id, error=type(error).__name__)
        finally:
            self._busy.discard(row_id)
