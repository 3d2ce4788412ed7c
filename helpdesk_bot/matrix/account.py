"""The bot's account: the folder that makes this process this device.

Token, device, keys and the store of encryption sessions belong together: a token without its store is a device that
can never again read anything, and a store without its token is rubbish. So they live in one folder, are written as a
unit, are backed up and restored as a unit, and one process at a time may use them.
"""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from typing_extensions import override

from helpdesk_bot.errors import UserError
from helpdesk_bot.matrix.http import Homeserver

CREDENTIALS = "credentials.json"
STORE = "keys.db"
LOCK = "in-use"
RESTORED = "restored"


class AccountError(UserError):
    """The account can not be used as it is; the text says what to do."""


@dataclass(frozen=True)
class Seeds:
    """The private halves of the account's cross-signing keys, 32 bytes each in hexadecimal."""

    master: str
    self_signing: str
    user_signing: str

    @classmethod
    def new(cls) -> Self:
        return cls(secrets.token_hex(32), secrets.token_hex(32), secrets.token_hex(32))


@dataclass(frozen=True)
class Account:
    """What is in `credentials.json`. `identity` is the device's public signing key, as a check on the store."""

    folder: Path
    homeserver: str
    user_id: str
    device_id: str
    access_token: str
    pickle_key: str
    seeds: Seeds
    identity: str

    @override
    def __repr__(self) -> str:  # the generated one would show secrets
        return f"Account({str(self.folder)!r})"

    @property
    def store_path(self) -> Path:
        return self.folder / STORE

    @classmethod
    def new(cls, folder: Path, homeserver: str, user_id: str, device_id: str, access_token: str) -> Self:
        """An account that nothing is known of yet; it is not written."""
        pickle_key = secrets.token_urlsafe(32)
        return cls(folder, homeserver, user_id, device_id, access_token, pickle_key, Seeds.new(), identity="")

    @classmethod
    def exists(cls, folder: Path) -> bool:
        return (folder / CREDENTIALS).exists()

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads the folder; raises when it is not the unit that it must be."""
        path = folder / CREDENTIALS
        try:
            known = json.loads(path.read_text())
            known["seeds"] = Seeds(**known["seeds"])
            account = cls(folder=folder, **known)
        except FileNotFoundError:
            raise AccountError("account.not_signed_in", folder=str(folder)) from None
        except (ValueError, TypeError, KeyError):
            raise AccountError("account.damaged", file=str(path)) from None
        if not account.store_path.exists():
            raise AccountError(
                "account.store_missing", file=str(account.store_path), device=account.device_id
            )
        return account

    def save(self) -> None:
        """Writes the credentials: whole or not at all, for this user's eyes only."""
        known = asdict(self)
        del known["folder"]
        _write_private(self.folder / CREDENTIALS, json.dumps(known, indent=2))

    def with_identity(self, identity: str) -> Self:
        return replace(self, identity=identity)

    def with_seeds(self, seeds: Seeds) -> Self:
        return replace(self, seeds=seeds)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the account: two processes on one store of keys would make both useless. Ends with the process."""
        with (self.folder / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AccountError("account.in_use", folder=str(self.folder)) from None
            yield

    def was_restored(self) -> bool:
        """Whether the folder came out of a backup since the last start."""
        return (self.folder / RESTORED).exists()

    def drop_restored_mark(self) -> None:
        (self.folder / RESTORED).unlink(missing_ok=True)


def mark_restored(folder: Path) -> None:
    """Says that the store is older than what was sent: its one-to-one sessions must not be used for sending."""
    (folder / RESTORED).touch()


def staging_folder(folder: Path) -> Path:
    """An empty private folder beside the real one, to make a new account in."""
    staging = folder.with_name(folder.name + ".new")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True, mode=0o700)
    return staging


def put_in_place(staging: Path, folder: Path) -> None:
    """The finished account becomes the account. One that was there is kept beside it, not thrown away."""
    if folder.exists():
        old = folder.with_name(folder.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    staging.rename(folder)
    _sync_folder(folder.parent)


async def who(homeserver: Homeserver) -> tuple[str, str]:
    """User and device that the token stands for."""
    answer = await homeserver.whoami()
    user_id, device_id = answer.get("user_id"), answer.get("device_id")
    if not isinstance(user_id, str) or not isinstance(device_id, str):
        # Tokens of application services and of an administrator's making have no device.
        raise AccountError("account.token_without_device")
    return user_id, device_id


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(path.name + ".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
