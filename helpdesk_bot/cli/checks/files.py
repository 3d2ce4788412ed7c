"""The files the bot keeps: writable, roomy, and for nobody else to read."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import make_url

from helpdesk_bot.cli.output import Result
from helpdesk_bot.cli.sign_in import kept_password
from helpdesk_bot.config import Config
from helpdesk_bot.config.secrets import UNSAFE_BITS

_ENOUGH_BYTES = 500 * 1024 * 1024


def check_files(config: Config, *, fix: bool = False) -> list[Result]:
    folder = config.data_dir
    if not folder.is_dir():
        return [Result("error", "data folder", f"{folder} does not exist", "Run `helpdesk init`.")]
    results = []
    if os.access(folder, os.W_OK | os.X_OK):
        results.append(Result("ok", "data folder", f"{folder} can be written"))
    else:
        remedy = "Make the user that runs the bot its owner (chown)."
        results.append(Result("error", "data folder", f"{folder} can't be written", remedy))
    free = shutil.disk_usage(folder).free
    if free < _ENOUGH_BYTES:
        what = f"only {free // (1024 * 1024)} MB free"
        results.append(Result("warning", "data folder", what, "Make room: a full disk stops the bot."))
    results += [_private(path, fix=fix) for path in _secret_files(config)]
    return results


def _secret_files(config: Config) -> Iterator[Path]:
    account = config.account_dir
    if account.is_dir():
        yield account
        yield from sorted(path for path in account.iterdir() if path.is_file())
    database = make_url(config.database_url)
    if database.drivername.startswith("sqlite") and database.database:
        yield from sorted(Path(database.database).parent.glob(Path(database.database).name + "*"))
    if kept_password(config).exists():
        yield kept_password(config)


def _private(path: Path, *, fix: bool) -> Result:
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & UNSAFE_BITS:
        return Result("ok", path.name, "only its owner can read it")
    # What is in a folder that nobody else can enter is safe as well.
    parent = stat.S_IMODE(path.parent.stat().st_mode)
    if not parent & 0o007 and not mode & 0o020:
        return Result("ok", path.name, "its folder lets nobody else in")
    wanted = 0o700 if path.is_dir() else 0o600
    if fix:
        path.chmod(wanted)
        return Result("ok", path.name, f"had mode {mode:04o}; now only its owner can read it")
    return Result(
        "error", path.name, f"{path} has mode {mode:04o}: others can read it", f"chmod {wanted:o} {path}"
    )
