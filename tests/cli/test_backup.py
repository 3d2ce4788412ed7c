import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import JSON, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from helpdesk_bot.cli.backups import rows
from helpdesk_bot.cli.backups.archive import extract
from helpdesk_bot.matrix.account import Account
from helpdesk_bot.storage import inbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import apply, changing, upgrade
from helpdesk_bot.storage.models import Base, Bookmark, InboxEvent, Ticket
from helpdesk_bot.storage.types import UtcDateTime
from tests.cli.conftest import Host

NOW = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
TABLES = set(Base.metadata.tables)


async def filled(db: Database) -> None:
    """Rows of every awkward kind: nothing, moments, unusual text, and a row that points at a later one."""
    events = [
        inbox.RawEvent("$1", "!r", "@a:x", "m.room.message", {"body": "é 🙂 \u2028 'x' \\ \"y\""}, NOW),
        inbox.RawEvent("$2", "!r", "@a:x", "m.room.message", {}, NOW, encrypted=True, session_id="s"),
    ]
    async with db.transaction() as session:
        await inbox.move_bookmark(session, "sync", "s123")
        await inbox.accept(session, events, NOW)
        await inbox.finish(session, 1)
        for number in (1, 2):
            session.add(_ticket(number))
        await session.flush()
        first = await session.get(Ticket, 1)
        assert first is not None
        first.merged_into = 2


def _ticket(number: int) -> Ticket:
    """A ticket of whatever columns there are, with as little in it as is allowed."""
    values: dict[str, object] = {}
    for column in Ticket.__table__.columns:
        if column.nullable or column.default is not None or column.name == "id":
            continue
        if isinstance(column.type, UtcDateTime):
            values[column.name] = NOW
        elif isinstance(column.type, JSON):
            values[column.name] = []
        else:
            values[column.name] = column.type.python_type()
    values |= {"status": "new", "priority": "normal", "subject": f"Vraag {number}"}
    return Ticket(id=number, **values)


@contextmanager
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as made:
        yield Path(made)


async def contents(db: Database) -> dict[str, str]:
    with folder() as to:
        await rows.dump(db, to)
        found = {path.name: path.read_text() for path in sorted(to.iterdir())}
    # That it was restored, and when, is no part of what was.
    lines = [json.loads(line) for line in found["bookmarks.jsonl"].splitlines()]
    kept = [json.dumps(line) for line in lines if line["name"] not in ("restored", "era")]
    found["bookmarks.jsonl"] = "\n".join(kept)
    return found


async def test_every_row_comes_back_also_in_the_other_database(database_url: str, tmp_path: Path) -> None:
    other_url = f"sqlite+aiosqlite:///{tmp_path}/other.db"
    for source_url, target_url in ((database_url, other_url), (other_url, database_url)):
        source, target = Database(source_url), Database(target_url)
        if source_url == database_url:
            await upgrade(source_url)
            await filled(source)
        with folder() as dumped:
            tables = await rows.dump(source, dumped)
            assert set(tables) == TABLES
            async with changing(target) as connection:
                await rows.clear(connection, TABLES)
                await apply(connection)
            assert await rows.is_empty(target, TABLES)
            async with changing(target) as connection:
                assert await rows.load(connection, dumped, tables) == 6
        assert await contents(target) == await contents(source)
        assert not await rows.is_empty(target, TABLES)
        async with target.transaction() as session:
            assert await inbox.bookmark(session, "sync") == "s123"
            merged = await session.get(Ticket, 1)
            assert merged is not None
            assert merged.merged_into == 2
            assert merged.created_at == NOW
            # Nothing is nothing, and not the word 'null'; the numbers go on after the last.
            empty = await session.scalar(select(InboxEvent).where(InboxEvent.content.is_(None)))
            assert empty is not None
            another = _ticket(3)
            another.id = None  # type: ignore[assignment]
            session.add(another)
            await session.flush()
            assert another.id == 3
            await session.rollback()
        await source.close()
        await target.close()


async def test_a_dump_is_of_one_moment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is committed while it is read belongs to the next backup, in every table alike."""
    db = Database(database_url)
    await upgrade(database_url)
    await filled(db)
    before = await contents(db)
    tables_of = rows._tables

    async def and_meanwhile(connection: AsyncConnection) -> list[Table]:
        tables = await tables_of(connection)
        async with db.transaction() as session:
            session.add(Bookmark(name="later", value="1"))
        return tables

    monkeypatch.setattr(rows, "_tables", and_meanwhile)
    assert await contents(db) == before
    monkeypatch.undo()
    assert await contents(db) != before
    await db.close()


@pytest.fixture
async def ready(host: Host) -> Host:
    answer = await host.sets_up()
    assert answer.status == 0, answer.text
    db = Database(host.config.database_url)
    await filled(db)
    await db.close()
    return host


async def test_the_drill(ready: Host) -> None:
    """Everything is lost but the file; afterwards everything is as it was."""
    file = ready.folder / "backup.tar.gz"
    config, account, text = ready.config, Account.load(ready.config.account_dir), ready.file.read_text()
    db = Database(config.database_url)
    before = await contents(db)
    await db.close()
    with account.locked():  # as a running helpdesk does
        made = await ready.helpdesk("backup", str(file))
    assert made.status == 0, made.text
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in ready.folder.iterdir() if path.name.startswith(".")) == []
    assert (await ready.helpdesk("backup", str(file))).status == 1, "a backup is not overwritten by mistake"

    rmtree(config.data_dir)
    ready.file.unlink()
    restored = await ready.helpdesk("restore", str(file))
    assert restored.status == 0, restored.text
    assert "was running while the backup was made" in restored.text
    assert "helpdesk login" in restored.text
    assert ready.file.read_text() == text
    assert Account.load(config.account_dir) == account
    db = Database(config.database_url)
    assert await contents(db) == before
    await db.close()
    checked = await ready.helpdesk("check", "--quiet")
    assert checked.status == 0, checked.text


async def test_nothing_is_overwritten_unasked(ready: Host) -> None:
    file = ready.folder / "backup.tar.gz"
    assert (await ready.helpdesk("backup", str(file))).status == 0
    refused = await ready.helpdesk("restore", str(file))
    assert refused.status == 1
    assert "--force" in refused.text
    with Account.load(ready.config.account_dir).locked():
        running = await ready.helpdesk("restore", "--force", str(file))
        assert running.status == 78
        assert "Stop the running helpdesk" in running.text
    rmtree(ready.config.account_dir)
    refused = await ready.helpdesk("restore", str(file))
    assert "The database is not empty" in refused.text
    assert (await ready.helpdesk("restore", "--force", str(file))).status == 0


@pytest.mark.parametrize("damage", ["cut", "changed", "no backup", "missing", "smuggled", "outside"])
async def test_a_broken_file_changes_nothing(ready: Host, damage: str) -> None:
    file = ready.folder / "backup.tar.gz"
    assert (await ready.helpdesk("backup", str(file))).status == 0
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-200])
    elif damage == "no backup":
        file.write_text("hello")
    elif damage == "missing":
        file.unlink()
    else:
        with folder() as inside:
            extract(file, inside)
            if damage == "changed":
                (inside / "database" / "bookmarks.jsonl").write_text('{"name": "sync", "value": "s9"}\n')
            elif damage == "smuggled":
                (inside / "account" / "more.txt").write_text("x")
            with tarfile.open(file, "w:gz") as archive:
                if damage == "outside":
                    archive.add(inside / "manifest.json", "../manifest.json")
                for path in sorted(path for path in inside.rglob("*") if path.is_file()):
                    archive.add(path, path.relative_to(inside).as_posix())
    account = Account.load(ready.config.account_dir)
    answer = await ready.helpdesk("restore", "--force", str(file))
    assert answer.status == 1
    assert "backup" in answer.text
    assert Account.load(ready.config.account_dir) == account
