"""The database of a backup: made where nobody sees it, and in force at once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from helpdesk_bot.cli.backups import archive, rows
from helpdesk_bot.cli.backups.archive import Manifest
from helpdesk_bot.cli.output import Refusal
from helpdesk_bot.matrix.private_file import sync_file, sync_folder
from helpdesk_bot.storage import restored
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import apply, changing


@asynccontextmanager
async def becoming(url: str, folder: Path, manifest: Manifest, now: datetime) -> AsyncIterator[int]:
    """The number of rows, when all are there; in force at the end of the block, and not at all when it raises."""
    file = _file_of(url)
    if file is None:
        async with _filled(url, folder, manifest, now) as count:
            yield count  # the commit is the change
        return
    fresh = file.with_name(file.name + ".new")
    _remove(fresh)
    try:
        fresh_url = make_url(url).set(database=str(fresh)).render_as_string(hide_password=False)
        async with _filled(fresh_url, folder, manifest, now) as count:
            pass
        await asyncio.to_thread(_look_through, fresh)
        yield count
        # A journal that is left beside another database than its own would be written into it.
        for journal in _journals(file):
            journal.unlink(missing_ok=True)
        fresh.replace(file)
        sync_folder(file.parent)
    finally:
        _remove(fresh)


def _file_of(url: str) -> Path | None:
    """SQLite's; where it really is, because its journals are there too."""
    database = make_url(url)
    if database.get_backend_name() != "sqlite" or database.database is None:
        return None
    return Path(database.database).resolve()


@asynccontextmanager
async def _filled(url: str, folder: Path, manifest: Manifest, now: datetime) -> AsyncIterator[int]:
    db = Database(url)
    try:
        async with changing(db) as connection:
            yield await _fill(connection, folder, manifest, now)
    finally:
        await db.close()


async def _fill(connection: AsyncConnection, folder: Path, manifest: Manifest, now: datetime) -> int:
    """The tables of the backup's version with its rows, brought to this version's."""
    await rows.clear(connection, set(manifest.tables))
    await apply(connection, manifest.revision)
    count = await rows.load(connection, folder / archive.ROWS, manifest.tables)
    await apply(connection)
    session = AsyncSession(connection)
    await restored.note(session, datetime.fromisoformat(manifest.made_at), now)
    await session.flush()
    return count


def _look_through(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        sound = database.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
        if not sound or database.execute("PRAGMA foreign_key_check").fetchone():
            raise Refusal("The backup's database is not sound.", "Use another backup.")
        database.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    sync_file(file)


def _remove(file: Path) -> None:
    for path in (file, *_journals(file)):
        path.unlink(missing_ok=True)


def _journals(file: Path) -> tuple[Path, ...]:
    return tuple(file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))
