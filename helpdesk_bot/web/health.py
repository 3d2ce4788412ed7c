"""Is it well? What a machine that watches the bot asks every few seconds."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class HealthState:
    """Where the figures come from, filled in by the wiring. Each is asked at the moment of the question.

    `sync_age` is the time since the homeserver's last good answer, None before the first. `outbox` tells how many
    messages wait and for how long the oldest does; `inbox` for how long the oldest event waits to be worked on, and how
    many wait to be replayed.
    """

    sync_age: Callable[[], timedelta | None]
    outbox: Callable[[], Awaitable[tuple[int, timedelta]]]
    inbox: Callable[[], Awaitable[tuple[timedelta, int]]]
    sync_stale_after: timedelta = timedelta(minutes=3)
    outbox_stale_after: timedelta = timedelta(minutes=15)
    inbox_stale_after: timedelta = timedelta(minutes=5)

    async def read(self) -> "Health":
        problems: list[str] = []
        sync_age = self.sync_age()
        if sync_age is None:
            problems.append("no answer from the homeserver yet")
        elif sync_age > self.sync_stale_after:
            problems.append("no good answer from the homeserver for too long")
        waiting, oldest, unworked, failed = None, None, None, None
        try:
            async with asyncio.timeout(PATIENCE):
                waiting, oldest = await self.outbox()
                unworked, failed = await self.inbox()
        except (SQLAlchemyError, OSError):  # TimeoutError is an OSError
            problems.append("the database does not answer")
        if oldest is not None and oldest > self.outbox_stale_after:
            problems.append("a message waits too long to be sent")
        if unworked is not None and unworked > self.inbox_stale_after:
            problems.append("an event waits too long to be worked on")
        return Health(tuple(problems), sync_age, waiting, oldest, unworked, failed)


@dataclass(frozen=True, slots=True)
class Health:
    """Events to be replayed are counted but no reason to be unhealthy: a restart would not help them."""

    problems: tuple[str, ...]
    sync_age: timedelta | None
    outbox_waiting: int | None
    outbox_oldest: timedelta | None
    inbox_oldest: timedelta | None
    inbox_failed: int | None

    @property
    def well(self) -> bool:
        return not self.problems

    def as_json(self) -> dict[str, object]:
        return {
            "status": "ok" if self.well else "failing",
            "problems": list(self.problems),
            "sync_age_seconds": _seconds(self.sync_age),
            "outbox_waiting": self.outbox_waiting,
            "outbox_oldest_seconds": _seconds(self.outbox_oldest),
            "inbox_oldest_seconds": _seconds(self.inbox_oldest),
            "inbox_failed": self.inbox_failed,
        }


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else round(length.total_seconds(), 3)
