"""Where keys are kept: nio's SQLite store, made safe against a crash, with tables of our own in the same file.

One file and one connection, so that what belongs together (a one-to-one session that moved on and the room key that
its message brought) is committed together or not at all. nio commits each of these alone, and a crash in between
loses the room key for good.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vodozemac
from cachetools import LRUCache
from nio.crypto import DeviceStore, GroupSessionStore, OlmDevice, Session, SessionStore
from nio.crypto.sessions import derive_pickle_key
from nio.store import SqliteStore
from nio.store.models import OlmSessions
from peewee import PeeweeException, SqliteDatabase  # type: ignore[import-untyped]
from typing_extensions import override

from helpdesk_bot.matrix import idle_keys, owed_keys, strangers
from helpdesk_bot.matrix.idle_keys import IdleKeys, KeyName
from helpdesk_bot.matrix.owed_keys import OwedKeys
from helpdesk_bot.matrix.strangers import SessionMakers

_TABLES = (
    """CREATE TABLE IF NOT EXISTS room_keys (
        room_id TEXT NOT NULL, session_id TEXT NOT NULL, sender_key TEXT NOT NULL, sender TEXT NOT NULL,
        first_index INTEGER NOT NULL, pickle TEXT NOT NULL,
        PRIMARY KEY (room_id, session_id, sender_key, sender)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS seen_messages (
        id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, session_id TEXT)""",
    """CREATE TABLE IF NOT EXISTS seen_indexes (
        id INTEGER PRIMARY KEY, session_id TEXT NOT NULL, message_index INTEGER NOT NULL, event_id TEXT NOT NULL,
        UNIQUE (session_id, message_index))""",
    "CREATE TABLE IF NOT EXISTS tracked (user_id TEXT PRIMARY KEY, outdated INTEGER NOT NULL) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS asked_keys (
        id INTEGER PRIMARY KEY, room_id TEXT NOT NULL, session_id TEXT NOT NULL, sender TEXT NOT NULL,
        sender_key TEXT, times INTEGER NOT NULL, UNIQUE (room_id, session_id, sender))""",
    "CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    idle_keys.TABLE,
    owed_keys.TABLE,
    strangers.TABLE,
)
_PRAGMAS = {
    "journal_mode": "wal",
    # FULL: what the homeserver has deleted after the next sync exists nowhere else.
    "synchronous": "full",
    "foreign_keys": 1,
    "secure_delete": 1,
    "busy_timeout": 10_000,
}
_SEEN_MESSAGES = 20_000
_SEEN_INDEXES = 500_000
_ASKED = 10_000
_IN_MEMORY = 2_000


@dataclass(frozen=True)
class RoomKey:
    """A key for one sender's messages in one room, and who gave it."""

    room_id: str
    session_id: str
    sender_key: str
    sender: str
    session: Any  # vodozemac.InboundGroupSession


@dataclass(frozen=True)
class MissingKey:
    """A key that somebody should give us. `sender_key` is what the event says of it, if anything."""

    room_id: str
    session_id: str
    sender: str
    sender_key: str | None = None


class CryptoStore(SqliteStore):  # type: ignore[misc]
    """Everything about encryption that outlives the process."""

    def __init__(self, path: Path, user_id: str, device_id: str, pickle_key: str) -> None:
        self._key = derive_pickle_key(pickle_key)
        self._keys_in_memory: LRUCache[tuple[str, str, str], RoomKey] = LRUCache(_IN_MEMORY)
        self._indexes: dict[tuple[str, int], str] = {}
        self.idle = IdleKeys(self._sql)
        self.owed = OwedKeys(self._sql)
        self.makers = SessionMakers(self._sql)
        super().__init__(user_id, device_id, str(path.parent), pickle_key, path.name)
        for table in _TABLES:
            self._sql(table)

    def _create_database(self) -> SqliteDatabase:
        return SqliteDatabase(self.database_path, pragmas=_PRAGMAS)

    def close(self) -> None:
        with self.transaction():
            self._write_indexes()
            self.idle.write()
        self.database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside it nothing may wait. Raises sqlite3.Error, and not peewee's own kind."""
        try:
            with self.database.atomic():
                yield
        except PeeweeException as error:
            raise sqlite3.OperationalError(str(error)) from error

    def _sql(self, statement: str, *values: object) -> Any:
        try:
            return self.database.execute_sql(statement, values)
        except PeeweeException as error:
            # So that nobody takes a full disk for the fault of the event in hand.
            raise sqlite3.OperationalError(str(error)) from error

    # What nio loads in full at the start, and with a query a row.

    @override
    def load_sessions(self) -> Any:
        """nio takes the moment at which a session was made for its last use, and would speak in an older one."""
        store = SessionStore()
        with self.database.bind_ctx([OlmSessions]):
            for row in OlmSessions.select():
                made, used = row.creation_time, row.last_usage_date
                store.add(row.sender_key, Session.from_pickle(row.session, made, self.pickle_key, used))
        return store

    @override
    def load_inbound_group_sessions(self) -> Any:
        return GroupSessionStore()  # ours are in `room_keys`, read when they are needed

    @override
    def load_device_keys(self) -> Any:
        store = DeviceStore()
        rows = self._sql(
            "SELECT d.user_id, d.device_id, d.display_name, d.deleted, k.key_type, k.key"
            " FROM devicekeys d JOIN keys k ON k.device_id = d.id ORDER BY d.id"
        )
        for user_id, device_id, name, deleted, kind, key in rows:
            devices = store[user_id]
            device = devices.get(device_id)
            if device is None:
                device = OlmDevice(user_id, device_id, {}, display_name=name, deleted=bool(deleted))
                devices[device_id] = device
            device.keys[kind] = key
        for user_id in list(store.users):
            for device_id in [id_ for id_, device in store[user_id].items() if len(device.keys) < 2]:
                del store[user_id][device_id]
        return store

    # Room keys

    def add_room_key(self, key: RoomKey) -> bool:
        """Keeps a key, unless the same one is there that reaches as far back. Says whether it was new or better."""
        where = (key.room_id, key.session_id, key.sender_key, key.sender)
        known = self._sql(
            "SELECT first_index FROM room_keys WHERE room_id=? AND session_id=? AND sender_key=? AND sender=?",
            *where,
        ).fetchone()
        first = key.session.first_known_index
        if known and known[0] <= first:
            return False
        self._sql(
            "INSERT OR REPLACE INTO room_keys (room_id, session_id, sender_key, sender, first_index, pickle)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            *where,
            first,
            key.session.pickle(self._key),
        )
        self._keys_in_memory.pop((key.room_id, key.session_id, key.sender), None)
        return True

    def add_given_key(self, key: RoomKey) -> None:
        """Keeps a key that somebody gave; a stranger's old ones that never opened anything may have to go."""
        if self.add_room_key(key):
            for old in self.idle.note(KeyName(key.sender, key.room_id, key.session_id, key.sender_key)):
                self._forget_room_key(old)

    def _forget_room_key(self, key: KeyName) -> None:
        self._sql(
            "DELETE FROM room_keys WHERE sender=? AND room_id=? AND session_id=? AND sender_key=?", *key
        )
        self._keys_in_memory.pop((key.room_id, key.session_id, key.sender), None)

    def room_key(self, room_id: str, session_id: str, sender: str) -> RoomKey | None:
        """The key that `sender` gave. Somebody else's key with the same name is not theirs to speak with."""
        where = (room_id, session_id, sender)
        known = self._keys_in_memory.get(where)
        if known:
            return known
        row = self._sql(
            "SELECT sender_key, pickle FROM room_keys WHERE room_id=? AND session_id=? AND sender=?"
            " ORDER BY first_index LIMIT 1",
            *where,
        ).fetchone()
        if not row:
            return None
        session = vodozemac.InboundGroupSession.from_pickle(row[1], self._key)
        key = RoomKey(room_id, session_id, row[0], sender, session)
        self._keys_in_memory[where] = key
        return key

    # Replays

    def seen_message(self, hash_: str) -> tuple[bool, str | None]:
        """Whether a one-to-one message was worked on, and which room key it brought."""
        row = self._sql("SELECT session_id FROM seen_messages WHERE hash=?", hash_).fetchone()
        return (row is not None, row[0] if row else None)

    def note_message(self, hash_: str, session_id: str | None) -> None:
        self._sql("INSERT OR REPLACE INTO seen_messages (hash, session_id) VALUES (?, ?)", hash_, session_id)

    def index_is_free(self, session_id: str, index: int, event_id: str) -> bool:
        """Whether this place in a room key's sequence is still free, or taken by this same event."""
        known = self._indexes.get((session_id, index))
        if known is None:
            row = self._sql(
                "SELECT event_id FROM seen_indexes WHERE session_id=? AND message_index=?", session_id, index
            ).fetchone()
            known = row[0] if row else None
        if known is None:
            self._indexes[session_id, index] = event_id
            return True
        return known == event_id

    def _write_indexes(self) -> None:
        for (session_id, index), event_id in self._indexes.items():
            self._sql(
                "INSERT OR IGNORE INTO seen_indexes (session_id, message_index, event_id) VALUES (?, ?, ?)",
                session_id,
                index,
                event_id,
            )
        self._indexes.clear()

    def tidy(self) -> None:
        """Writes what waited for a next transaction, and forgets the oldest of what would grow for ever."""
        self._write_indexes()
        self.idle.write()
        limits = (("seen_messages", _SEEN_MESSAGES), ("seen_indexes", _SEEN_INDEXES), ("asked_keys", _ASKED))
        for table, keep in limits:
            self._sql(f"DELETE FROM {table} WHERE id <= (SELECT max(id) FROM {table}) - ?", keep)

    # Whose devices we follow

    def tracked(self) -> dict[str, bool]:
        """Users, and whether their devices may have changed since we asked."""
        return {user: bool(outdated) for user, outdated in self._sql("SELECT user_id, outdated FROM tracked")}

    def track(self, users: Iterable[str], *, outdated: bool) -> None:
        for user in users:
            self._sql("INSERT OR REPLACE INTO tracked (user_id, outdated) VALUES (?, ?)", user, outdated)

    def untrack(self, users: Iterable[str]) -> None:
        for user in users:
            self._sql("DELETE FROM tracked WHERE user_id=?", user)

    # Keys that we asked for

    def note_asked(self, key: MissingKey) -> None:
        self._sql(
            "INSERT INTO asked_keys (room_id, session_id, sender, sender_key, times) VALUES (?, ?, ?, ?, 1)"
            " ON CONFLICT (room_id, session_id, sender) DO UPDATE SET times = times + 1",
            key.room_id,
            key.session_id,
            key.sender,
            key.sender_key,
        )

    def asked(self, most_times: int) -> list[MissingKey]:
        """The keys that have not come, newest first, but not those that were asked for often enough."""
        rows = self._sql(
            "SELECT room_id, session_id, sender, sender_key FROM asked_keys WHERE times < ? ORDER BY id DESC",
            most_times,
        )
        return [MissingKey(*row) for row in rows]

    def was_asked(self, room_id: str, session_id: str, sender: str) -> bool:
        row = self._sql(
            "SELECT 1 FROM asked_keys WHERE room_id=? AND session_id=? AND sender=?",
            room_id,
            session_id,
            sender,
        )
        return row.fetchone() is not None

    def forget_asked(self, room_id: str, session_id: str, sender: str) -> None:
        self._sql(
            "DELETE FROM asked_keys WHERE room_id=? AND session_id=? AND sender=?",
            room_id,
            session_id,
            sender,
        )

    # Small facts

    def note(self, name: str) -> Any:
        row = self._sql("SELECT value FROM notes WHERE name=?", name).fetchone()
        return json.loads(row[0]) if row else None

    def put_note(self, name: str, value: Any) -> None:
        self._sql("INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", name, json.dumps(value))

    def forget_one_to_one_sessions(self) -> None:
        """After a restore: these moved on since the backup, and a step taken twice can't be read."""
        self._sql("DELETE FROM olmsessions")
        self.makers.forget_all()

    def forget_session(self, session_id: str) -> None:
        self._sql("DELETE FROM olmsessions WHERE session_id=?", session_id)
