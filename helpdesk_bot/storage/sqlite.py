"""The embedded database: how SQLite is opened, and where its statements run."""

import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import aiosqlite
from aiosqlite import Connection
from sqlalchemy import event
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_connection
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import EMPTY_DICT
from sqlalchemy.util.concurrency import await_
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


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """SQLAlchemy's own waits three times for each statement: for a cursor, for what it finds, and for its end. This one does so
    once, without which SQLAlchemy would not believe that anything was done."""

    __slots__ = ()
    _connection: Any
    _cursor: Any

    def __init__(self, adapt_connection: AsyncAdapt_dbapi_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._soft_closed_memoized = EMPTY_DICT
        self._rows = deque()
        try:
            self._cursor = self._connection._conn.cursor()
        except ValueError as closed:
            adapt_connection._handle_exception(closed)

    @override
    def execute(self, operation: Any, parameters: Any = None) -> None:
        self._do(self._execute, operation, () if parameters is None else (parameters,))

    @override
    def executemany(self, operation: Any, seq_of_parameters: Any) -> None:
        self._do(self._execute_many, operation, (seq_of_parameters,))

    def _do(self, how: Callable[..., None], operation: Any, parameters: tuple[Any, ...]) -> None:
        try:
            await_(self._connection._execute(how, operation, *parameters))
        except ValueError as closed:
            self._adapt_connection._handle_exception(closed)

    def _execute(self, operation: Any, *parameters: Any) -> None:
        self._cursor.execute(operation, *parameters)
        if self._cursor.description:
            self._rows = deque(self._cursor.fetchall())

    def _execute_many(self, operation: Any, parameters: Any) -> None:
        self._cursor.executemany(operation, parameters)

    @override
    async def _async_soft_close(self) -> None:
        self._soft_closed_memoized = EMPTY_DICT.union({"description": self._cursor.description})
        self._cursor.close()

    @override
    def close(self) -> None:
        self._rows.clear()
        if not self._soft_closed_memoized and not self._connection._in_thread:
            self._cursor.close()  # else the thread may still be busy with it, and drops it


class _Adapted(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = _Cursor


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    @override
    def connect(self, *args: Any, **kwargs: Any) -> _Adapted:
        return _Adapted(self, await_(kwargs.pop("async_creator_fn")(*args, **kwargs)))


def open_engine(url: str) -> AsyncEngine:
    """`hide_parameters`: an error that is logged must not quote what people wrote."""
    path = make_url(url).database or ":memory:"

    async def connect() -> Connection:
        connector = partial(sqlite3.connect, path, check_same_thread=False)
        connection = DirectConnection(connector, iter_chunk_size=_ITER_CHUNK_SIZE)
        connection._thread.daemon = True
        return await connection

    engine = create_async_engine(
        url, module=_Driver(aiosqlite, sqlite3), async_creator=connect, hide_parameters=True
    )

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
