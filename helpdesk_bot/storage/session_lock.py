"""The lock of a helpdesk in PostgreSQL's server: a session holds it. See only_one.py for what it is for."""

import asyncio
from typing import Any

import structlog
from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped]
from sqlalchemy import NullPool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from helpdesk_bot.errors import UserError

log = structlog.get_logger(__name__)

LOOK_EVERY = 30.0
PATIENCE_AGAIN = 5
_ANSWER_WITHIN = 10.0
_KEEPALIVES = ("tcp_keepalives_idle = 10", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3")
LOCK = 4_715_002  # any number, as long as only running helpdesks use it
# A connection that fails while it is made gives asyncpg's own errors.
_AWAY = (SQLAlchemyError, OSError, PostgresError, InterfaceError)


class SessionLock:
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
                taken = bool(await connection.scalar(_TRY, {"lock": LOCK}))
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
