"""The database as lines of JSON, the same for SQLite and PostgreSQL, so that one can go on as the other.

The tables are read as they are in the database, not as this version of the program has them: a backup of an older
version comes back as that version's tables and is then migrated.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from helpdesk_bot.storage.engine import Database

_VERSION_TABLE = "alembic_version"
_MADE_WITH_ROWS = {"secrets"}  # tables that have rows before anything happens
_BATCH = 500


async def dump(db: Database, folder: Path) -> list[str]:
    """Writes a file per table, all from the same moment; returns the tables."""
    async with db.engine.connect() as connection:
        if db.is_sqlite:
            connection = await connection.execution_options(sqlite_begin="DEFERRED")
        else:
            connection = await connection.execution_options(isolation_level="REPEATABLE READ")
        tables = await _tables(connection)
        for table in tables:
            with (folder / f"{table.name}.jsonl").open("w", encoding="utf-8") as file:
                keys = list(table.primary_key.columns)
                rows = await connection.stream(select(table).order_by(*keys))
                async for row in rows:
                    file.write(
                        json.dumps({name: _plain(value) for name, value in row._mapping.items()}) + "\n"
                    )
        return [table.name for table in tables]


async def is_empty(db: Database, tables: set[str]) -> bool:
    """None of the named tables is there with a row in it that came after it was made."""
    async with db.engine.connect() as connection:
        for table in await _tables(connection):
            if table.name not in tables - _MADE_WITH_ROWS:
                continue
            if (await connection.execute(select(func.count()).select_from(table))).scalar_one():
                return False
    return True


async def clear(connection: AsyncConnection, tables: set[str]) -> None:
    """Drops the named tables, where they are, and the note of their version."""
    metadata = MetaData()
    await connection.run_sync(metadata.reflect)
    ours = [table for table in metadata.sorted_tables if table.name in tables | {_VERSION_TABLE}]
    await connection.run_sync(lambda sync: metadata.drop_all(sync, tables=ours))


async def load(connection: AsyncConnection, folder: Path, tables: list[str]) -> int:
    """Fills the tables, which have nothing but what they were made with; returns how many rows there are."""
    there = {table.name: table for table in await _tables(connection)}
    missing = sorted(set(tables) - there.keys())
    if missing:
        raise ValueError(f"the database has no table {', '.join(missing)}")
    count = 0
    wanted = [table for name, table in there.items() if name in tables]
    late = {table.name: _late_columns(table, wanted[:at]) for at, table in enumerate(wanted)}
    for table in wanted:
        if table.name in _MADE_WITH_ROWS:
            await connection.execute(delete(table))
        count += await _fill(connection, table, folder, late[table.name])
    for table in wanted:
        await _tie(connection, table, folder, late[table.name])
    if connection.dialect.name == "postgresql":
        for table in wanted:
            await connection.run_sync(_continue_numbers, table)
    return count


async def _tables(connection: AsyncConnection) -> list[Table]:
    """Those that others point at come first."""
    metadata = MetaData()
    await connection.run_sync(metadata.reflect)
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True  # nothing is NULL, and not the word null
    return [table for table in metadata.sorted_tables if table.name != _VERSION_TABLE]


def _late_columns(table: Table, earlier: list[Table]) -> list[Column[Any]]:
    """Columns that point at rows which may not be there yet: of the table itself, or of a later one."""
    names = {known.name for known in earlier}
    return [
        column
        for column in table.columns
        if any(key.column.table.name not in names for key in column.foreign_keys)
    ]


async def _fill(connection: AsyncConnection, table: Table, folder: Path, late: list[Column[Any]]) -> int:
    count = 0
    for rows in _batches(_rows(table, folder)):
        cut = [row | {column.name: None for column in late} for row in rows]
        await connection.execute(insert(table), cut)
        count += len(cut)
    return count


async def _tie(connection: AsyncConnection, table: Table, folder: Path, late: list[Column[Any]]) -> None:
    """Fills in what had to wait for other rows."""
    keys = list(table.primary_key.columns)
    for column in late:
        change = (
            update(table)
            .where(*(key == bindparam(f"key_{key.name}") for key in keys))
            .values({column.name: bindparam("value")})
        )
        tied = (
            {f"key_{key.name}": row[key.name] for key in keys} | {"value": row[column.name]}
            for row in _rows(table, folder)
            if row.get(column.name) is not None
        )
        for changes in _batches(tied):
            await connection.execute(change, changes)


def _continue_numbers(connection: Connection, table: Table) -> None:
    """PostgreSQL counts ids apart from the rows: the next one must follow the last."""
    for column in table.primary_key.columns:
        name = connection.dialect.identifier_preparer.format_table(table)
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": name, "column": column.name}
        )
        if sequence:
            last = connection.scalar(select(func.max(column)))
            connection.execute(
                text("SELECT setval(CAST(:sequence AS regclass), :value, :used)"),
                {"sequence": sequence, "value": last or 1, "used": last is not None},
            )


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _rows(table: Table, folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / f"{table.name}.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield {name: _typed(table.columns[name], value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        # SQLite gives moments back without a zone; ours are all in UTC.
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    return value
