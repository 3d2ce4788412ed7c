"""How many one-to-one sessions strangers can make us keep.

Anybody can begin one with our fallback key, as often as they like, and from as many devices as they care to invent.
Each one costs memory, and time at every start.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

TABLE = """CREATE TABLE IF NOT EXISTS session_makers (
    id INTEGER PRIMARY KEY, sender_key TEXT NOT NULL UNIQUE, sender TEXT NOT NULL)"""
# Of one device. Clients speak in the newest, and a few older ones may still be on their way.
PER_DEVICE = 5
# Devices that nobody has shown us: of one user, more than a person has, and in all, so that inventing users does not
# help either. The newest stay. Somebody whom we have said something to in an encrypted room is no stranger, because
# their devices were asked for then; until that moment they may have to begin a new session, which clients do.
PER_USER = 20
IN_ALL = 400


class SessionMakers:
    """Who began sessions with us, or we with them."""

    def __init__(self, sql: Callable[..., Any]) -> None:
        self._sql = sql
        self._more = False

    def note(self, sender: str, sender_key: str) -> None:
        self._sql(
            "INSERT OR REPLACE INTO session_makers (sender_key, sender) VALUES (?, ?)", sender_key, sender
        )
        self._more = True

    def too_many(self, shown: Callable[[str, str], bool]) -> list[str]:
        """The keys of strangers' devices that are too many and are forgotten here. `shown`: whether a user has this
        device, as far as their homeserver has told us."""
        if not self._more:
            return []
        self._more = False
        of_user, in_all = Counter[str](), 0
        gone: list[str] = []
        rows = self._sql("SELECT sender, sender_key FROM session_makers ORDER BY id DESC").fetchall()
        for sender, sender_key in rows:
            if shown(sender, sender_key):
                continue
            if of_user[sender] < PER_USER and in_all < IN_ALL:
                of_user[sender] += 1
                in_all += 1
            else:
                gone.append(sender_key)
        for sender_key in gone:
            self._sql("DELETE FROM session_makers WHERE sender_key=?", sender_key)
        return gone

    def forget_all(self) -> None:
        self._sql("DELETE FROM session_makers")
