"""Opening the database, and the transaction.

SQLite is the embedded default: one writer at a time, WAL, and `synchronous=FULL`, because a committed question must
survive a power cut as well as a killed process. PostgreSQL is for production. Callers see no difference.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from helpdesk_bot.storage import sqlite


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


# Out of room, locked, unreadable; see the result codes of SQLite and the error classes of PostgreSQL.
_SQLITE_TROUBLE = ("BUSY", "LOCKED", "FULL", "IOERR", "CANTOPEN", "READONLY", "CORRUPT", "NOTADB")
_POSTGRESQL_TROUBLE = ("08", "53", "57P", "58")


def is_in_trouble(error: SQLAlchemyError) -> bool:
    """Whether the database itself is gone or can't write, rather than a statement wrong: whatever was asked of it, it
    would have failed."""
    if not isinstance(error, DBAPIError):
        return False
    name = str(getattr(error.orig, "sqlite_errorname", "")).removeprefix("SQLITE_")
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return (
        error.connection_invalidated
        or name.startswith(_SQLITE_TROUBLE)
        or state.startswith(_POSTGRESQL_TROUBLE)
    )


def is_damaged(error: SQLAlchemyError) -> bool:
    """Whether SQLite's file is no database (any more): no waiting helps."""
    name = str(getattr(getattr(error, "orig", None), "sqlite_errorname", "")).removeprefix("SQLITE_")
    return name.startswith(("CORRUPT", "NOTADB"))


def _engine(url: str) -> AsyncEngine:
    """`hide_parameters`: an error that is logged must not quote what people wrote."""
    if url.startswith("sqlite"):
        return sqlite.open_engine(url)
    return create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
