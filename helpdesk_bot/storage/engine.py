"""Opening the database, and the transaction.

SQLite is the embedded default: one writer at a time, WAL, and `synchronous=FULL`, because a committed question must
survive a power cut as well as a killed process. PostgreSQL is for production. Callers see no difference.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
)


class _Keeping(Session):
    """Holds on to every row until its transaction ends. SQLAlchemy by itself forgets a row to which nobody refers at the
    moment, and reads it again for whoever asks next."""


@event.listens_for(_Keeping, "loaded_as_persistent")
@event.listens_for(_Keeping, "pending_to_persistent")
def _keep(session: Session, row: object) -> None:
    session.info.setdefault("kept", []).append(row)


class Database:
    """The database of one helpdesk. `url` is a SQLAlchemy URL with an async driver (aiosqlite or asyncpg)."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._sessions = async_sessionmaker(self.engine, sync_session_class=_Keeping, expire_on_commit=False)
        # One helpdesk is one process, and in it one change at a time: then no rule has to think of another one that
        # changes the same ticket. Waiting here is fair and wakes at once, which SQLite's own busy handler does not.
        self._one_writer = asyncio.Lock()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """All or nothing: commits at the end of the block, rolls back when it raises."""
        async with self._one_writer, self._sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A consistent view for reading; whatever is changed in it is thrown away."""
        async with self._sessions() as session:
            if self.is_sqlite:
                _ = await session.connection(execution_options={"sqlite_begin": "DEFERRED"})
            yield session  # closing it rolls back

    async def close(self) -> None:
        await self.engine.dispose()


def _engine(url: str) -> AsyncEngine:
    """`hide_parameters`: an error that is logged must not quote what people wrote."""
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_async_engine(url, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "invalidate")
    def _let_go(connection: DBAPIConnection, _: ConnectionPoolEntry, __: BaseException | None) -> None:
        # A task that is cancelled in the middle of a query leaves its connection to the garbage collector, which
        # comes when it comes; until then nobody else could write.
        with suppress(sqlite3.Error):  # it is thrown away in any case
            connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        # IMMEDIATE: a transaction that reads first and writes later could otherwise fail half-way with 'locked'.
        mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine
