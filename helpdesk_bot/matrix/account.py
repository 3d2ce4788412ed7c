"""The bot's account: the folder that makes this process this device.

Token, device, keys and the store of encryption sessions belong together: a token without its store is a device that
can never again read anything, and a store without its token is rubbish. So they live in one folder, are written as a
unit, are backed up and restored as a unit, and one process at a time may use them.
"""

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from typing_extensions import override

from helpdesk_bot.errors import UserError
from helpdesk_bot.matrix import half_restored
from helpdesk_bot.matrix.http import Homeserver
from helpdesk_bot.matrix.private_file import sync_folder, write_private
from helpdesk_bot.storage.only_one import flocked

CREDENTIALS = "credentials.json"
STORE = "keys.db"
LOCK = "in-use"


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
        """Reads the folder; raises when it is not the unit that it must be, or when the database may not fit it."""
        refuse_half_restored(folder)
        return cls.read(folder)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The same for a folder that is not the bot's account yet."""
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
        write_private(self.folder / CREDENTIALS, json.dumps(known, indent=2))

    def with_identity(self, identity: str) -> Self:
        return replace(self, identity=identity)

    def with_seeds(self, seeds: Seeds) -> Self:
        return replace(self, seeds=seeds)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the account: two processes on one store of keys would make both useless. Ends with the process."""
        with locked(self.folder):
            refuse_half_restored(self.folder)  # it may have begun since the folder was read
            yield

    def was_restored(self) -> bool:
        """Whether the folder came out of a backup since the last start."""
        return (self.folder / half_restored.RESTORED).exists()

    def drop_restored_mark(self) -> None:
        (self.folder / half_restored.RESTORED).unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds whatever is in the folder, also what is no account any more."""
    with ExitStack() as held:
        try:
            held.enter_context(flocked(folder / LOCK))
        except BlockingIOError:
            raise AccountError("account.in_use", folder=str(folder)) from None
        yield


def refuse_half_restored(folder: Path) -> None:
    if half_restored.under_way(folder):
        raise AccountError("account.half_restored", folder=str(folder))


def staging_folder(folder: Path) -> Path:
    """An empty private folder beside the real one, to make a new account in."""
    staging = folder.with_name(folder.name + ".new")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True, mode=0o700)
    return staging


def put_in_place(staging: Path, folder: Path, *, keep: bool = True) -> None:
    """The finished account becomes the account. With `keep`, one that was there stays beside it."""
    old = folder.with_name(folder.name + (".old" if keep else ".half"))
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    staging.rename(folder)
    sync_folder(folder.parent)
    if not keep:
        shutil.rmtree(old, ignore_errors=True)


async def who(homeserver: Homeserver) -> tuple[str, str]:
    """User and device that the token stands for."""
    answer = await homeserver.whoami()
    user_id, device_id = answer.get("user_id"), answer.get("device_id")
    if not isinstance(user_id, str) or not isinstance(device_id, str):
        # Tokens of application services and of an administrator's making have no device.
        raise AccountError("account.token_without_device")
    return user_id, device_id
