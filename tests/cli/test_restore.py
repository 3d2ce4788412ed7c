"""A restore is one thing: database and account together, whenever it is broken off."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copyfile

import aiohttp
import pytest

from helpdesk_bot.boundaries import RESTORE_BOUNDARIES
from helpdesk_bot.cli.backups import archive
from helpdesk_bot.matrix.account import Account
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver
from helpdesk_bot.storage import inbox
from helpdesk_bot.storage.engine import Database
from tests.cli.conftest import Answer, Host
from tests.cli.test_backup import contents, filled, folder


@dataclass(frozen=True)
class Saved:
    """A helpdesk, a backup of it, and what was in it then."""

    host: Host
    file: Path
    account: Account
    database: dict[str, str]

    async def contents(self) -> dict[str, str]:
        db = Database(self.host.config.database_url)
        try:
            return await contents(db)
        finally:
            await db.close()

    async def goes_on(self) -> Account:
        """Both sides change after the backup: another device, and something new in the database."""
        moved = await self.host.helpdesk(
            "login", "--yes", "--password-file", str(self.host.folder / "password")
        )
        assert moved.status == 0, moved.text
        db = Database(self.host.config.database_url)
        async with db.transaction() as session:
            await inbox.move_bookmark(session, "sync", "s124")
        await db.close()
        return Account.load(self.host.config.account_dir)

    async def restores(self, *words: str) -> Answer:
        return await self.host.helpdesk("restore", *words, str(self.file))

    async def opens(self) -> None:
        """What a start does first."""
        account = Account.load(self.host.config.account_dir)
        async with aiohttp.ClientSession() as http:
            homeserver = Homeserver(self.host.synapse.url, account.access_token, session=http)
            await (await Crypto.open(account, homeserver)).close()

    def repacks(self, change: Callable[[Path], None]) -> None:
        """The backup with something else in it, sums and all."""
        with folder() as inside:
            manifest = archive.unpack(self.file, inside)
            change(inside)
            (inside / archive.MANIFEST).unlink()
            archive.pack(inside, replace(manifest, sums=archive.sums(inside)), self.file)


async def saved_by(host: Host) -> Saved:
    answer = await host.sets_up()
    assert answer.status == 0, answer.text
    db = Database(host.config.database_url)
    await filled(db)
    before = await contents(db)
    await db.close()
    file = host.folder / "backup.tar.gz"
    made = await host.helpdesk("backup", str(file))
    assert made.status == 0, made.text
    return Saved(host, file, Account.load(host.config.account_dir), before)


@pytest.fixture
async def saved(host: Host) -> Saved:
    return await saved_by(host)


@pytest.fixture
async def saved_anywhere(host: Host, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Saved:
    """Once on SQLite, once on PostgreSQL."""
    monkeypatch.setenv("HELPDESK_DATABASE_URL", database_url)
    return await saved_by(host)


async def test_killed_before_it_begins_nothing_has_changed(saved_anywhere: Saved) -> None:
    saved, host = saved_anywhere, saved_anywhere.host
    later = await saved.goes_on()
    killed = await host.process("restore", "--force", str(saved.file), HELPDESK_KILL_AT="restore.staged")
    assert killed.status == -9, killed.text
    assert Account.load(host.config.account_dir) == later
    assert "s124" in (await saved.contents())["bookmarks.jsonl"]
    assert (await saved.restores()).status == 1, "it is not finished unasked"
    done = await saved.restores("--force")
    assert done.status == 0, done.text
    await is_whole(saved, later)


@pytest.mark.parametrize("boundary", [name for name in RESTORE_BOUNDARIES if name != "restore.staged"])
async def test_killed_half_way_all_is_refused_until_it_is_done_again(
    saved_anywhere: Saved, boundary: str
) -> None:
    saved, host = saved_anywhere, saved_anywhere.host
    later = await saved.goes_on()
    for words in (("--force",), ()):  # twice in a row
        killed = await host.process("restore", *words, str(saved.file), HELPDESK_KILL_AT=boundary)
        assert killed.status == -9, killed.text
        password = str(host.folder / "password")
        for refused in (
            await host.starts(),
            await host.helpdesk("init", "--yes"),
            await host.helpdesk("login", "--yes", "--password-file", password),
            await host.helpdesk("backup", str(host.folder / "other.tar.gz")),
            await host.helpdesk("migrate"),
            await host.helpdesk("replay"),
            await host.helpdesk("replay", "--all"),
        ):
            assert refused.status == 78
            assert "broken off" in refused.text
            assert "helpdesk restore" in refused.text
        assert "broken off" in (await host.helpdesk("check")).text
    done = await saved.restores()
    assert done.status == 0, done.text
    await is_whole(saved, later)


async def is_whole(saved: Saved, later: Account) -> None:
    """All is as in the backup, the account that was replaced is kept, and nothing else is left."""
    config = saved.host.config
    assert Account.load(config.account_dir) == saved.account
    assert await saved.contents() == saved.database
    assert Account.read(config.account_dir.with_name("account.old")).device_id == later.device_id
    left = {path.name for path in config.data_dir.iterdir()}
    assert left - {"helpdesk.db"} == {"account", "account.old"}


async def test_what_is_broken_is_replaced(saved: Saved) -> None:
    database = saved.host.config.data_dir / "helpdesk.db"
    database.write_bytes(b"rubbish" * 1000)
    (saved.host.config.account_dir / "credentials.json").write_text("{")
    done = await saved.restores("--force")
    assert done.status == 0, done.text
    assert await saved.contents() == saved.database
    assert Account.load(saved.host.config.account_dir) == saved.account


async def test_a_running_bot_is_not_replaced_however_broken_its_folder(saved: Saved) -> None:
    with saved.account.locked():
        (saved.host.config.account_dir / "credentials.json").write_text("{")
        running = await saved.restores("--force")
    assert running.status == 78
    assert "Stop the running helpdesk" in running.text


async def test_a_journal_of_the_old_database_does_not_get_into_the_new_one(saved: Saved) -> None:
    database = saved.host.config.data_dir / "helpdesk.db"
    journal = database.with_name("helpdesk.db-wal")
    with closing(sqlite3.connect(database)) as dying:
        dying.execute("UPDATE bookmarks SET value = 's999'")
        dying.commit()
        copyfile(journal, saved.host.folder / "wal")
    copyfile(saved.host.folder / "wal", journal)  # as SIGKILL leaves it
    done = await saved.restores("--force")
    assert done.status == 0, done.text
    assert await saved.contents() == saved.database


def _broken_reference(inside: Path) -> None:
    path = inside / "database" / "tickets.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[0]["merged_into"] = 99
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def _broken_keys(inside: Path) -> None:
    (inside / "account" / "keys.db").write_bytes(b"rubbish")


def _no_keys(inside: Path) -> None:
    (inside / "account" / "keys.db").unlink()


@pytest.mark.parametrize("damage", [_broken_reference, _broken_keys, _no_keys])
async def test_what_can_not_be_used_is_not_put_in_place(
    saved_anywhere: Saved, damage: Callable[[Path], None]
) -> None:
    saved = saved_anywhere
    later = await saved.goes_on()
    before = await saved.contents()
    saved.repacks(damage)
    refused = await saved.restores("--force")
    assert refused.status == 1, refused.text
    assert Account.load(saved.host.config.account_dir) == later
    assert await saved.contents() == before


async def test_a_backup_while_it_was_stopped_and_nothing_since(saved: Saved) -> None:
    done = await saved.restores("--force")
    assert "was not used after it" in done.text
    assert "helpdesk login" not in done.text


async def test_a_start_after_the_backup_is_noticed(saved: Saved) -> None:
    await saved.opens()
    done = await saved.restores("--force")
    assert "was started again after the backup" in done.text
    assert "helpdesk login" in done.text


async def test_a_backup_while_it_ran_is_never_taken_for_the_newest(saved: Saved) -> None:
    with Account.load(saved.host.config.account_dir).locked():
        made = await saved.host.helpdesk("backup", "--force", str(saved.file))
    assert made.status == 0
    done = await saved.restores("--force")
    assert "was running while the backup was made" in done.text
    assert "helpdesk login" in done.text


async def test_what_is_not_known_counts_as_used(saved: Saved) -> None:
    async with aiohttp.ClientSession() as http:
        homeserver = Homeserver(saved.host.synapse.url, saved.account.access_token, session=http)
        await homeserver.put_account_data(saved.account.user_id, "nl.helpdesk.start", {})
    done = await saved.restores("--force")
    assert "not certain" in done.text
    assert "helpdesk login" in done.text
