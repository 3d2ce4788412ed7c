"""Room keys that somebody gave and that have opened nothing yet.

Anybody can give us keys, to rooms that we are not in or that do not exist. A key that is meant is used within moments;
so only so many of one sender wait for their first message, and nobody's keys have to go for those of another.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

TABLE = """CREATE TABLE IF NOT EXISTS idle_keys (
    id INTEGER PRIMARY KEY, sender TEXT NOT NULL, room_id TEXT NOT NULL, session_id TEXT NOT NULL,
    sender_key TEXT NOT NULL, UNIQUE (sender, room_id, session_id, sender_key))"""
# Clients begin a key when there is something to say, so an ordinary person has one or none for each room. After a long
# stop of ours there may be some of the same room.
PER_SENDER = 300


class KeyName(NamedTuple):
    """What a room key is found by."""

    sender: str
    room_id: str
    session_id: str
    sender_key: str


class IdleKeys:
    def __init__(self, sql: Callable[..., Any]) -> None:
        self._sql = sql
        self._used: set[tuple[str, str, str]] = set()

    def note(self, key: KeyName) -> list[KeyName]:
        """Notes one that came; returns the oldest ones of its sender, which are too many and are forgotten here."""
        self.write()
        self._sql(
            "INSERT OR REPLACE INTO idle_keys (sender, room_id, session_id, sender_key) VALUES (?, ?, ?, ?)",
            *key,
        )
        rows = self._sql(
            "SELECT id, sender, room_id, session_id, sender_key FROM idle_keys WHERE sender=?"
            " ORDER BY id DESC LIMIT -1 OFFSET ?",
            key.sender,
            PER_SENDER,
        ).fetchall()
        for id_, *_ in rows:
            self._sql("DELETE FROM idle_keys WHERE id=?", id_)
        return [KeyName(*row) for _, *row in rows]

    def opened(self, sender: str, room_id: str, session_id: str) -> None:
        """It has opened something, and is kept; noted with the next transaction."""
        self._used.add((sender, room_id, session_id))

    def write(self) -> None:
        for used in self._used:
            self._sql("DELETE FROM idle_keys WHERE sender=? AND room_id=? AND session_id=?", *used)
        self._used.clear()
