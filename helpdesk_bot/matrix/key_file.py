"""A store of keys seen from outside and left as it is: before a start, in a backup, of the device before."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import vodozemac
from nio.crypto import OlmAccount
from nio.crypto.sessions import derive_pickle_key

from helpdesk_bot.matrix.account import Account, AccountError
from helpdesk_bot.matrix.crypto_store import CryptoStore, RoomKey
from helpdesk_bot.matrix.starts import NOTE

# Any other error of SQLite's is the disk's or the moment's, and says nothing about what is in the file.
_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """`keys` are the device's public ones, named as the homeserver names them; `start` see `starts`."""

    keys: dict[str, str]
    start: str | None


def read(account: Account) -> KeyFile:
    """Raises AccountError when the store can't be used, or is not this device's."""
    with _opened(account) as store:
        found = _read(account, store)
    if account.identity and found.keys[f"ed25519:{account.device_id}"] != account.identity:
        raise _of_other_device(account)
    return found


def adopt(account: Account, store: CryptoStore) -> int:
    """Gives `store` the keys to rooms that this one has; returns how many. Inside a transaction. Raises AccountError."""
    key = derive_pickle_key(account.pickle_key)
    count = 0
    with _opened(account) as known:
        rows = known.execute("SELECT room_id, session_id, sender_key, sender, pickle FROM room_keys")
        for room_id, session_id, sender_key, sender, pickle in rows:
            session = vodozemac.InboundGroupSession.from_pickle(pickle, key)
            count += store.add_room_key(RoomKey(room_id, session_id, sender_key, sender, session))
        # A message that was read must not be played back as a new one either.
        for row in known.execute("SELECT session_id, message_index, event_id FROM seen_indexes ORDER BY id"):
            store.index_is_free(*row)
    return count


@contextmanager
def _opened(account: Account) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"file:{account.store_path}?mode=ro", uri=True, timeout=10)) as store:
            yield store
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF not in _DAMAGED:
            raise
        raise _damaged(account) from None
    except (ValueError, TypeError, AttributeError):  # what is in it can't be unlocked
        raise _damaged(account) from None


def _read(account: Account, store: sqlite3.Connection) -> KeyFile:
    if store.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise _damaged(account)
    mine: Any = store.execute(
        "SELECT account FROM accounts WHERE user_id=? AND device_id=?", (account.user_id, account.device_id)
    ).fetchone()
    if mine is None:
        others = store.execute("SELECT 1 FROM accounts").fetchone()
        raise _of_other_device(account) if others else _damaged(account)
    identity = OlmAccount.from_pickle(bytes(mine[0]), account.pickle_key).identity_keys
    start = store.execute("SELECT value FROM notes WHERE name=?", (NOTE,)).fetchone()
    return KeyFile(
        {f"{kind}:{account.device_id}": key for kind, key in identity.items()},
        json.loads(start[0]) if start else None,
    )


def _damaged(account: Account) -> AccountError:
    return AccountError("account.store_damaged", file=str(account.store_path), device=account.device_id)


def _of_other_device(account: Account) -> AccountError:
    return AccountError("account.store_of_other_device", file=str(account.store_path))
