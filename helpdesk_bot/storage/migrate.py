"""Bringing a database to the tables of this version, from any earlier one or from nothing.

A change of `models/` needs a step: `python -m helpdesk_bot.storage.migrate "what changes"` writes one, to be read
before it is kept.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.engine import Database

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 4_715_001  # any number, as long as only migrations of helpdesks use it


async def upgrade(url: str, revision: str = "head") -> None:
    """Applies what is missing, all of it or nothing. Safe when several processes do it at once."""
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
            return await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
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


def head() -> str | None:
    """The last step there is."""
    return ScriptDirectory(str(_FOLDER)).get_current_head()


def steps() -> list[str]:
    """Every step there is, the first one first."""
    return [script.revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions()][::-1]


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection, revision: str) -> None:
    """Raises UserError('database.newer') for a database of a later version."""
    now = MigrationContext.configure(connection).get_current_revision()
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
    return f"{int(head() or 0) + 1:04}"


if __name__ == "__main__":
    asyncio.run(_write_step(" ".join(sys.argv[1:])))
