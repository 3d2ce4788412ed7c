"""Bringing a database to the tables of this version, from any earlier one or from nothing.

A change of `models/` needs a step: `python -m helpdesk_bot.storage.migrate "what changes"` writes one, to be read
before it is kept.

Alembic is imported where it works: it and its templates take 8 MB, which a bot whose database is as it should be never
needs.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.engine import Database

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).parent / "migrations"
_APPLIED = Table("alembic_version", MetaData(), Column("version_num", String))
_LOCK = 4_715_001  # any number, as long as only migrations of helpdesks use it


async def upgrade(url: str, revision: str = "head") -> None:
    """Applies what is missing, all of it or nothing. Safe when several processes do it at once."""
    if revision == "head" and await revision_of(url) == head():
        return
    db = Database(url)
    try:
        async with changing(db) as connection:
            await apply(connection, revision)
    finally:
        await db.close()


@asynccontextmanager
async def changing(db: Database) -> AsyncIterator[AsyncConnection]:
    """One transaction in which tables may be made, changed and dropped; one process at a time."""
    async with db.engine.connect() as connection:
        if db.is_sqlite:
            # SQLite changes a table by copying it, which must not touch the rows that point at it.
            await _pragma(connection, "foreign_keys=OFF")
        async with connection.begin():
            if not db.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
        if db.is_sqlite:
            await _pragma(connection, "foreign_keys=ON")


async def apply(connection: AsyncConnection, revision: str = "head") -> None:
    """Applies what is missing, inside `changing`."""
    await connection.run_sync(_upgrade, revision)


async def revision_of(url: str) -> str | None:
    """The last step that was applied to this database; None for an empty one."""
    db = Database(url)
    try:
        async with db.engine.connect() as connection:
            return await connection.run_sync(_revision)
    finally:
        await db.close()


async def damaged(url: str) -> str | None:
    """What SQLite finds wrong with its own file; None when it is whole, and for PostgreSQL."""
    db = Database(url)
    try:
        if not db.is_sqlite:
            return None
        async with db.engine.connect() as connection:
            found = str(await connection.scalar(text("PRAGMA quick_check(1)")))
            return None if found == "ok" else found.splitlines()[0]
    finally:
        await db.close()


def head() -> str:
    """The last step there is."""
    return steps()[-1]


def steps() -> list[str]:
    """Every step there is, the first one first: they follow one another as they are numbered."""
    return sorted(file.name[1:].partition("_")[0] for file in (_FOLDER / "versions").glob("v*.py"))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_APPLIED.name):
        return None
    return connection.scalar(select(_APPLIED.c.version_num))


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection, revision: str) -> None:
    """Raises UserError('database.newer') for a database of a later version."""
    from alembic import command

    now = _revision(connection)
    if now is not None and now not in steps():
        raise UserError("database.newer", step=now)
    command.upgrade(_config(connection), revision)


async def _pragma(connection: AsyncConnection, pragma: str) -> None:
    """Outside any transaction, where alone it has an effect."""
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    await raw.driver_connection.execute(f"PRAGMA {pragma}")


async def _write_step(what: str) -> None:
    """Compares the tables of the last step with `models/` and writes the step between them."""
    from alembic import command

    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/empty.db"
        await upgrade(url)
        db = Database(url)
        try:
            async with db.engine.connect() as connection:
                await connection.run_sync(
                    lambda c: command.revision(_config(c), what, autogenerate=True, rev_id=_next_id())
                )
        finally:
            await db.close()


def _next_id() -> str:
    return f"{int(head()) + 1:04}"


if __name__ == "__main__":
    asyncio.run(_write_step(" ".join(sys.argv[1:])))
