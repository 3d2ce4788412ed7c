"""`helpdesk restore`.

Database and account are replaced as one. Both are made ready beside those in force; then a mark is set with which
nothing starts, both are put in place, and the mark goes. Broken off before the mark nothing has changed; after it,
restoring again finishes it.
"""

import shutil
import tempfile
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from helpdesk_bot.boundaries import passing
from helpdesk_bot.cli.backups import archive, rows
from helpdesk_bot.cli.backups.archive import Manifest
from helpdesk_bot.cli.backups.becoming import becoming
from helpdesk_bot.cli.output import (
    DEFAULT_CONFIG,
    ConfigOption,
    Refusal,
    load_config,
    run_async,
    say,
    speaking,
)
from helpdesk_bot.cli.words import explained
from helpdesk_bot.clock import utc_now
from helpdesk_bot.config import Config
from helpdesk_bot.matrix import half_restored, key_file, starts
from helpdesk_bot.matrix.account import Account, AccountError, locked, put_in_place, staging_folder
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.key_file import KeyFile
from helpdesk_bot.matrix.private_file import sync_file, sync_folder
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import head


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
    if not (manifest.revision.isdecimal() and int(manifest.revision) <= int(head())):
        raise Refusal(
            f"The backup's database is at step {manifest.revision}, which this version does not know.",
            f"Restore it with version {manifest.version} or a later one.",
        )
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if half_restored.under_way(config.account_dir):
        say("A restore was broken off here; this one takes its place.")
    elif not force:
        await _refuse_to_replace(config, manifest)
    with locked(config.account_dir) if config.account_dir.exists() else nullcontext():
        account, keys, count = await _replace(config, folder, manifest)
    say(f"Restored {count} rows of {len(manifest.tables)} tables, and device {manifest.device_id}.")
    await _say_whether_used(config, manifest, account, keys)


async def _refuse_to_replace(config: Config, manifest: Manifest) -> None:
    if Account.exists(config.account_dir):
        raise Refusal(
            f"There is an account in {config.account_dir}.",
            "To replace it and the database by the backup: give --force. The old account is kept beside it.",
        )
    db = Database(config.database_url)
    try:
        if not await rows.is_empty(db, set(manifest.tables)):
            raise Refusal(
                "The database is not empty.", "To replace what is in it by the backup: give --force."
            )
    finally:
        await db.close()


async def _replace(config: Config, folder: Path, manifest: Manifest) -> tuple[Account, KeyFile, int]:
    target = config.account_dir
    name = half_restored.name_of(target)
    staging, keys = _staged_account(target, folder, manifest, name)
    async with becoming(config.database_url, folder, manifest, utc_now()) as count:
        passing("restore.staged")
        half_restored.begin(target, name)
        passing("restore.begun")
        # What this restore put there before it was broken off is not the old account.
        put_in_place(staging, target, keep=not half_restored.came_from(target, name))
        passing("restore.account")
    passing("restore.database")
    half_restored.end(target)
    return Account.load(target), keys, count


def _staged_account(target: Path, folder: Path, manifest: Manifest, name: str) -> tuple[Path, KeyFile]:
    """The account of the backup, looked through, beside the one in force."""
    staging = staging_folder(target)
    for path in sorted((folder / archive.ACCOUNT).iterdir()):
        shutil.copyfile(path, staging / path.name)
        (staging / path.name).chmod(0o600)
        sync_file(staging / path.name)
    try:
        account = Account.read(staging)
        keys = key_file.read(account)
        if (account.user_id, account.device_id) != (manifest.user_id, manifest.device_id):
            raise AccountError("account.store_of_other_device", file=str(account.store_path))
    except AccountError as error:
        shutil.rmtree(staging)
        raise Refusal(
            f"The backup's account can't be used: {explained(error)[0]}", "Use another backup."
        ) from None
    half_restored.mark_restored(staging, name)
    sync_folder(staging)
    return staging, keys


async def _say_whether_used(config: Config, manifest: Manifest, account: Account, keys: KeyFile) -> None:
    """A device whose keys went on after the backup has lost those since. Without a proof that it did not, it did."""
    made_at = datetime.fromisoformat(manifest.made_at)
    try:
        async with aiohttp.ClientSession() as session:
            homeserver = Homeserver(config.homeserver.url, account.access_token, session=session)
            last = await starts.last(homeserver, account.user_id)
    except MatrixError as error:
        if error.signed_out:
            say("The device of the backup was signed out since. Run `helpdesk login` before `helpdesk run`.")
            return
        last = None
    say(f"The backup was made at {made_at:%Y-%m-%d %H:%M} UTC.")
    known = last is not None and keys.start is not None
    if known and last == keys.start and not manifest.running:
        say("The bot was not used after it: `helpdesk run` goes on where it was.")
        return
    if known and last != keys.start:
        use = "The bot was started again after the backup."
    elif manifest.running:
        use = "The bot was running while the backup was made, and went on after it."
    else:
        use = "It is not certain whether the bot was used after the backup; take it that it was."
    say(
        f"{use} What happened since is not in it: messages of that time are worked on again as if they were new (what "
        "was already said is not said again), and keys that came in that time are lost. Run `helpdesk login` to sign "
        "in as a new device, so that nobody goes on writing to lost keys; then `helpdesk run`."
    )
