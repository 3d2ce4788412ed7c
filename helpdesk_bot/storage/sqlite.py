"""The embedded database: how SQLite is opened, and where its statements run."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from aiosqlite import Connection
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from typing_extensions import override

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
    # KiB for each connection, a quarter of SQLite's own: the operating system keeps the file's pages as well.
    "PRAGMA cache_size=-500",
)
# These wait for a disk or for another process, so they wait in a thread of their own.
_MAY_WAIT = frozenset({"commit", "close"})
_TAKES_THE_LOCK = "BEGIN IMMEDIATE"
_ITER_CHUNK_SIZE = 64  # aiosqlite's own


class DirectConnection(Connection):
    """Runs a statement where it is asked for. A statement takes a tenth of a millisecond, and handing it to another
    thread and back, four times over, takes several: with dozens for each message that is what people would wait for.
    Only what may have to wait for something else goes to the thread.
    """

    waits_aside = True  # not where nobody else has the file, and nobody minds to wait for the disk
    _in_thread = 0  # what the thread has been given and not given back

    @override
    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        may_wait = fn.__name__ in _MAY_WAIT or (bool(args) and args[0] == _TAKES_THE_LOCK)
        if not (may_wait and self.waits_aside) and not self._in_thread and self._connection is not None:
            return fn(*args, **kwargs)
        self._in_thread += 1
        try:
            result = await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        except Exception:
            self._in_thread -= 1
            raise
        # After a cancellation nobody knows when the thread is done: then all that follows goes behind it.
        self._in_thread -= 1
        return result


def open_engine(url: str) -> AsyncEngine:
    """`hide_parameters`: an error that is logged must not quote what people wrote."""
    path = make_url(url).database or ":memory:"

    async def connect() -> Connection:
        connector = partial(sqlite3.connect, path, check_same_thread=False)
        connection = DirectConnection(connector, iter_chunk_size=_ITER_CHUNK_SIZE)
        connection._thread.daemon = True
        return await connection

    engine = create_async_engine(url, async_creator=connect, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        cursor = connection.cursor()
        for pragma in PRAGMAS:
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
