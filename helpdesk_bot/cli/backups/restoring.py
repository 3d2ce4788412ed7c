"""`helpdesk restore`."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from helpdesk_bot.cli.backups import archive, rows
from helpdesk_bot.cli.backups.archive import Manifest
from helpdesk_bot.cli.output import (
    DEFAULT_CONFIG,
    ConfigOption,
    Refusal,
    load_config,
    run_async,
    say,
    speaking,
)
from helpdesk_bot.config import Config
from helpdesk_bot.matrix.account import Account, AccountError, mark_restored, put_in_place, staging_folder
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.registration import last_used
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import head, upgrade

_MARGIN = timedelta(minutes=5)  # a homeserver notes the last use of a device now and then only


def restore(
    file: Annotated[Path, typer.Argument(help="The file of a backup.")],
    config: ConfigOption = DEFAULT_CONFIG,
    force: Annotated[bool, typer.Option(help="Replace the database and the account that are there.")] = False,
) -> None:
    """Bring everything back from a backup. Stop the bot first."""
    with speaking(), tempfile.TemporaryDirectory(prefix="helpdesk-") as made:
        folder = Path(made)
        manifest = archive.unpack(file, folder)
        placed = not config.exists()
        if placed:
            _place_config(folder, config)
        try:
            run_async(_restore(load_config(config), folder, manifest, force=force))
        except BaseException:
            if placed:
                config.unlink(missing_ok=True)
            raise
        say(f"The configuration {'came from the backup' if placed else 'stayed as it was'}: {config}")


def _place_config(folder: Path, to: Path) -> None:
    if not (folder / archive.CONFIG).exists():
        raise Refusal("The backup holds no configuration.", f"Write {to} first (`helpdesk init` makes one).")
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / archive.CONFIG, to)


async def _restore(config: Config, folder: Path, manifest: Manifest, *, force: bool) -> None:
    if manifest.user_id != config.homeserver.user_id:
        raise Refusal(
            f"The backup is of {manifest.user_id}, the configuration of {config.homeserver.user_id}.",
            "Use the configuration that belongs to it, or another backup.",
        )
    if not (manifest.revision.isdecimal() and int(manifest.revision) <= int(head() or 0)):
        raise Refusal(
            f"The backup's database is at step {manifest.revision}, which this version does not know.",
            f"Restore it with version {manifest.version} or a later one.",
        )
    with _nobody_uses(config, force=force):
        count = await _fill_database(config, folder, manifest, force=force)
        _put_account(config, folder)
    say(f"Restored {count} rows of {len(manifest.tables)} tables, and device {manifest.device_id}.")
    await _say_whether_used(config, manifest)


@contextmanager
def _nobody_uses(config: Config, *, force: bool) -> Iterator[None]:
    if not Account.exists(config.account_dir):
        yield
        return
    if not force:
        raise Refusal(
            f"There is an account in {config.account_dir}.",
            "To replace it and the database by the backup: give --force. The old account is kept beside it.",
        )
    try:
        held = Account.load(config.account_dir).locked()
    except AccountError:  # damaged, and so not in use
        yield
        return
    with held:
        yield


async def _fill_database(config: Config, folder: Path, manifest: Manifest, *, force: bool) -> int:
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    db = Database(config.database_url)
    try:
        if not await rows.is_empty(db, set(manifest.tables)) and not force:
            raise Refusal(
                "The database is not empty.", "To replace what is in it by the backup: give --force."
            )
        await rows.clear(db, set(manifest.tables))
        await upgrade(config.database_url, manifest.revision)
        count = await rows.load(db, folder / archive.ROWS, manifest.tables)
    finally:
        await db.close()
    if manifest.revision != head():
        await upgrade(config.database_url)
    return count


def _put_account(config: Config, folder: Path) -> None:
    staging = staging_folder(config.account_dir)
    for path in sorted((folder / archive.ACCOUNT).iterdir()):
        shutil.copyfile(path, staging / path.name)
        (staging / path.name).chmod(0o600)
    mark_restored(staging)
    put_in_place(staging, config.account_dir)


async def _say_whether_used(config: Config, manifest: Manifest) -> None:
    """A device whose keys went on after the backup has lost those since."""
    made_at = datetime.fromisoformat(manifest.made_at)
    account = Account.load(config.account_dir)
    try:
        async with aiohttp.ClientSession() as session:
            homeserver = Homeserver(config.homeserver.url, account.access_token, session=session)
            used = await last_used(session, homeserver, account.access_token, account.device_id)
    except MatrixError as error:
        if error.signed_out:
            say("The device of the backup was signed out since. Run `helpdesk login` before `helpdesk run`.")
            return
        used = None
    say(f"The backup was made at {made_at:%Y-%m-%d %H:%M} UTC.")
    if used and used <= made_at + _MARGIN:
        say("The bot was not used after it: `helpdesk run` goes on where it was.")
        return
    when = f"was used until {used:%Y-%m-%d %H:%M} UTC" if used else "may have been used"
    say(
        f"The bot {when}, after the backup. What happened since is not in it: messages of that time are worked on "
        "again as if they were new, and keys that came in that time are lost. Run `helpdesk login` to sign in as a "
        "new device, so that nobody goes on writing to lost keys; then `helpdesk run`."
    )
