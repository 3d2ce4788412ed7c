"""One helpdesk on one database: two would each do, and say, everything. The lock ends with the process that holds it.

SQLite's file is for one machine only, so there a lock of the machine does. With PostgreSQL the other one may be anywhere:
there a session of its own holds a lock in the server, and is looked after, because a session may end before the process.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import structlog
from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped]
from sqlalchemy import NullPool, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from helpdesk_bot.errors import UserError

log = structlog.get_logger(__name__)

LOOK_EVERY = 30.0
# A server needs a moment to see that a process was killed, and with the keepalives below half a minute to see that a
# whole machine went away. A helpdesk that starts again after either must not be stopped by its own former self.
PATIENCE = 30
PATIENCE_AGAIN = 5
_ANSWER_WITHIN = 10.0
_KEEPALIVES = ("tcp_keepalives_idle = 10", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3")
_LOCK = 4_715_002  # any number, as long as only running helpdesks use it
# A connection that fails while it is made gives asyncpg's own errors.
_AWAY = (SQLAlchemyError, OSError, PostgresError, InterfaceError)

Watch = Callable[[], Coroutine[Any, Any, None]]


@asynccontextmanager
async def holding(url: str, patience: int = PATIENCE) -> AsyncIterator[Watch]:
    """Holds the database for this process. What it gives is to be run meanwhile.

    Raises UserError('database.in_use'); the watch does so too, when the lock was lost and somebody else took it.
    """
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        with _file_held(Path(parts.database or "")):
            yield _nothing_to_watch
        return
    session = _Session(url)
    await session.take(patience)
    try:
        yield session.watch
    finally:
        await session.let_go()


@contextmanager
def flocked(file: Path) -> Iterator[None]:
    """Holds a file for this process. Raises BlockingIOError when another one has it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _file_held(database: Path) -> Iterator[None]:
    real = database.resolve()  # its journals are there too
    with ExitStack() as held:
        try:
            held.enter_context(flocked(real.with_name(real.name + ".in-use")))
        except BlockingIOError:
            raise UserError("database.in_use") from None
        except OSError:
            raise UserError("database.folder", folder=str(real.parent)) from None
        yield


async def _nothing_to_watch() -> None:
    """The machine gives a lock of its own back when the process ends, and not before."""


class _Session:
    """The session in PostgreSQL that holds the lock."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True
        )
        self._connection: AsyncConnection | None = None
        self._last: dict[str, Any] | None = None  # the session that held it last, as the server knows it

    async def take(self, patience: int) -> None:
        for _ in range(patience):
            if await self._take():
                return
            log.warning("database in use by another helpdesk")
            await asyncio.sleep(1)
        if not await self._take():
            raise UserError("database.in_use")

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                if not await self._alive():
                    await self.let_go()
                    await self.take(PATIENCE_AGAIN)
                    log.warning("held the database again, after a lost connection")
            except _AWAY as error:  # whoever needs the database says so too
                log.warning("database away", error=type(error).__name__)

    async def let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await _drop(connection)

    async def _take(self) -> bool:
        async with asyncio.timeout(_ANSWER_WITHIN):
            connection = await self._engine.connect()
            taken = False
            try:
                for setting in _KEEPALIVES:
                    await connection.execute(text(f"SET {setting}"))
                if self._last:
                    # Lost here, the session may live on there.
                    await connection.execute(_END, self._last)
                taken = bool(await connection.scalar(_TRY, {"lock": _LOCK}))
                if taken:
                    self._last = dict((await connection.execute(_WHO)).mappings().one())
                    self._connection = connection
            finally:
                if not taken:
                    await _drop(connection)
        return taken

    async def _alive(self) -> bool:
        if self._connection is None:
            return False
        try:
            async with asyncio.timeout(_ANSWER_WITHIN):
                return bool(await self._connection.scalar(text("SELECT 1")))
        except _AWAY:
            return False


_TRY = text("SELECT pg_try_advisory_lock(:lock)")
_WHO = text("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")
_END = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :pid AND backend_start = :backend_start"
)


async def _drop(connection: AsyncConnection) -> None:
    """Without waiting for a server that may be gone."""
    await connection.invalidate()
    await connection.close()
