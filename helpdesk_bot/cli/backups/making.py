"""`helpdesk backup`. The bot may go on running."""

import asyncio
import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, closing
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from helpdesk_bot.cli.backups import archive, rows
from helpdesk_bot.cli.output import (
    DEFAULT_CONFIG,
    ConfigOption,
    Refusal,
    load_config,
    run_async,
    say,
    speaking,
)
from helpdesk_bot.clock import utc_now
from helpdesk_bot.config import Config
from helpdesk_bot.matrix.account import CREDENTIALS, Account, AccountError
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import revision_of


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it, such as helpdesk.tar.gz.")],
    config: ConfigOption = DEFAULT_CONFIG,
    force: Annotated[bool, typer.Option(help="Replace the file when it is there.")] = False,
) -> None:
    """Write everything to one file: database, account with its keys, configuration. The bot may be running."""
    loaded = load_config(config)
    to = file.absolute()
    with speaking():
        if to.exists() and not force:
            raise Refusal(f"{to} is there already.", "Choose another name, or give --force.")
        if not to.parent.is_dir():
            raise Refusal(f"There is no folder {to.parent}.", "Make it first.")
    run_async(make(loaded, to, utc_now()))
    say(f"Everything is in {file}, {to.stat().st_size / 1024:.0f} KB, readable by you only.")
    say("It holds the bot's keys and what people wrote: keep it as safe as the helpdesk itself.")
    say("Not in it: secrets that come from the environment or from files named there.")


async def make(config: Config, to: Path, now: datetime) -> None:
    account = Account.load(config.account_dir)
    revision = await revision_of(config.database_url)
    if revision is None:
        raise Refusal("The database is empty.", "There is nothing to back up yet.")
    # Beside the result: it has the room, and no other folder need hold the secrets.
    with tempfile.TemporaryDirectory(prefix=".helpdesk-", dir=to.parent) as made:
        folder = Path(made)
        (folder / archive.ROWS).mkdir()
        db = Database(config.database_url)
        try:
            # The database first: keys that are newer than the position in the stream do no harm, older ones would.
            tables = await rows.dump(db, folder / archive.ROWS)
            kind = db.engine.dialect.name
        finally:
            await db.close()
        running = await asyncio.to_thread(copy_account, account, folder / archive.ACCOUNT)
        if config.source:
            shutil.copyfile(config.source, folder / archive.CONFIG)
        manifest = archive.Manifest(
            format=archive.FORMAT,
            version=version("helpdesk-bot"),
            made_at=now.isoformat(),
            revision=revision,
            user_id=account.user_id,
            device_id=account.device_id,
            database=kind,
            tables=tables,
            sums=archive.sums(folder),
            running=running,
        )
        await asyncio.to_thread(archive.pack, folder, manifest, to)


def copy_account(account: Account, to: Path) -> bool:
    """Credentials and keys; returns whether the bot runs. While they are copied nobody starts it."""
    to.mkdir(mode=0o700)
    shutil.copyfile(account.folder / CREDENTIALS, to / CREDENTIALS)
    with ExitStack() as held:
        try:
            held.enter_context(account.locked())
            running = False
        except AccountError as error:
            if error.key != "account.in_use":
                raise
            running = True
        _copy_keys(account.store_path, to / account.store_path.name)
    return running


def _copy_keys(store: Path, to: Path) -> None:
    """SQLite's own backup gives a whole copy of a store that is being written to."""
    with (
        closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as known,
        closing(sqlite3.connect(to)) as copy,
    ):
        known.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
