"""Room keys that somebody has a right to and could not be given: their homeserver was down, or their keys had run out.

Each row holds the key as it was at the first message that it is owed for, and opens nothing from before. It outlives
the process and the session, so that a message does not stay closed because of the day on which it was said.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

TABLE = """CREATE TABLE IF NOT EXISTS owed_keys (
    id INTEGER PRIMARY KEY, user_id TEXT NOT NULL, device_id TEXT NOT NULL, identity_key TEXT NOT NULL,
    room_id TEXT NOT NULL, session_id TEXT NOT NULL, pickle TEXT NOT NULL, since INTEGER NOT NULL,
    UNIQUE (session_id, user_id, device_id), UNIQUE (user_id, device_id, session_id))"""
# In place of a device: whichever the user has. Their list was not to be had when the message was said, so the first one
# that comes counts as the list of that moment.
ANY = ""
IN_ALL = 5_000  # rows of a kilobyte
LONGEST = timedelta(days=30)

# What the most is owed to goes first: of one user, and of the users of one homeserver, so that nobody's rows have to go
# for those of another who lets them pile up.
_TOO_MANY = """DELETE FROM owed_keys WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (
            PARTITION BY substr(user_id, instr(user_id, ':')) ORDER BY of_user, id DESC
        ) AS of_server FROM (
            SELECT id, user_id, row_number() OVER (PARTITION BY user_id ORDER BY id DESC) AS of_user
            FROM owed_keys
        )
    ) ORDER BY of_server DESC LIMIT max(0, (SELECT count(*) FROM owed_keys) - ?))"""
_DEBT = "user_id, device_id, identity_key, room_id, session_id, pickle"


class Debt(NamedTuple):
    """`identity_key` is the device's. `pickle` is our own half of the session, at the first message that is owed."""

    user_id: str
    device_id: str
    identity_key: str
    room_id: str
    session_id: str
    pickle: str


class OwedKeys:
    """What writes belongs in a transaction of the store."""

    def __init__(self, sql: Callable[..., Any]) -> None:
        self._sql = sql

    def owe(self, debts: Iterable[Debt], now: datetime) -> None:
        """Of a session that is already owed to a device, the earlier key stays."""
        for debt in debts:
            self._add(debt, int(now.timestamp()))
        self._sql(_TOO_MANY, IN_ALL)

    def _add(self, debt: Debt, since: int) -> None:
        self._sql(f"INSERT OR IGNORE INTO owed_keys ({_DEBT}, since) VALUES (?,?,?,?,?,?,?)", *debt, since)

    def listed(self, user_id: str, devices: Mapping[str, str]) -> None:
        """A user's list has come, `devices` with their identity keys: it is these that are owed what the user is."""
        rows = self._sql(
            f"SELECT {_DEBT}, since FROM owed_keys WHERE user_id=? AND device_id=?", user_id, ANY
        ).fetchall()
        for *debt, since in rows:
            for device_id, identity_key in devices.items():
                theirs = Debt(*debt)._replace(device_id=device_id, identity_key=identity_key)
                self._add(theirs, since)
        if rows:
            self._sql("DELETE FROM owed_keys WHERE user_id=? AND device_id=?", user_id, ANY)
            self._sql(_TOO_MANY, IN_ALL)

    def of_session(self, session_id: str) -> dict[tuple[str, str], Debt]:
        """By user and device."""
        rows = self._sql(f"SELECT {_DEBT} FROM owed_keys WHERE session_id=?", session_id)
        return {(debt.user_id, debt.device_id): debt for debt in map(Debt._make, rows)}

    def debtors(self) -> list[tuple[str, str]]:
        """To whom we owe something: users and devices, the longest waiting first."""
        rows = self._sql("SELECT user_id, device_id FROM owed_keys GROUP BY 1, 2 ORDER BY min(id)")
        return [(user_id, device_id) for user_id, device_id in rows]

    def to_device(self, user_id: str, device_id: str, identity_key: str, most: int) -> list[Debt]:
        """The oldest ones. A device of the same name with another identity key is another device."""
        rows = self._sql(
            f"SELECT {_DEBT} FROM owed_keys WHERE user_id=? AND device_id=? AND identity_key=?"
            " ORDER BY id LIMIT ?",
            user_id,
            device_id,
            identity_key,
            most,
        )
        return [Debt(*row) for row in rows]

    def waiting(self, user_id: str, device_id: str, session_id: str | None = None) -> str | None:
        """As which device, ANY included, this one is owed the session, or with None anything; None when it is not."""
        row = self._sql(
            "SELECT device_id FROM owed_keys WHERE user_id=? AND device_id IN (?, ?)"
            " AND session_id=ifnull(?, session_id) ORDER BY device_id DESC LIMIT 1",
            user_id,
            device_id,
            ANY,
            session_id,
        ).fetchone()
        return row[0] if row else None

    def paid(self, debts: Iterable[Debt]) -> None:
        for debt in debts:
            self._sql(
                "DELETE FROM owed_keys WHERE session_id=? AND user_id=? AND device_id=?",
                debt.session_id,
                debt.user_id,
                debt.device_id,
            )

    def forget_old(self, now: datetime) -> None:
        self._sql("DELETE FROM owed_keys WHERE since < ?", int((now - LONGEST).timestamp()))
