"""Who may lend to whom: people on both sides say so, and nothing that a server says can."""

import hashlib
from enum import StrEnum


class Trust(StrEnum):
    """How far it is with a peer. Everything that counts was said by a coordinator of ours."""

    ASKING = "asking"  # they want to; ours have said nothing
    ADDED = "added"  # ours want to; the numbers have not been compared yet
    TRUSTED = "trusted"  # ours compared the numbers
    SUSPENDED = "suspended"  # their keys changed: nothing goes out until ours compare again
    REMOVED = "removed"
    BLOCKED = "blocked"  # nothing of theirs is looked at


class TrustMove(StrEnum):
    ASK = "ask"  # an invitation of theirs came
    ADD = "add"
    COMPARE = "compare"  # a person says: they have the same number
    SUSPECT = "suspect"
    REMOVE = "remove"
    BLOCK = "block"


T, M = Trust, TrustMove
MOVES: dict[tuple[Trust | None, TrustMove], Trust] = {
    (None, M.ASK): T.ASKING,
    (None, M.ADD): T.ADDED,
    (None, M.BLOCK): T.BLOCKED,
    (T.ASKING, M.ADD): T.ADDED,
    (T.ASKING, M.BLOCK): T.BLOCKED,
    (T.ASKING, M.REMOVE): T.REMOVED,
    (T.ADDED, M.COMPARE): T.TRUSTED,
    (T.ADDED, M.REMOVE): T.REMOVED,
    (T.ADDED, M.BLOCK): T.BLOCKED,
    (T.TRUSTED, M.SUSPECT): T.SUSPENDED,
    (T.TRUSTED, M.REMOVE): T.REMOVED,
    (T.TRUSTED, M.BLOCK): T.BLOCKED,
    (T.SUSPENDED, M.COMPARE): T.TRUSTED,
    (T.SUSPENDED, M.REMOVE): T.REMOVED,
    (T.SUSPENDED, M.BLOCK): T.BLOCKED,
    (T.REMOVED, M.ADD): T.ADDED,
    (T.REMOVED, M.ASK): T.ASKING,
    (T.REMOVED, M.BLOCK): T.BLOCKED,
    (T.BLOCKED, M.REMOVE): T.REMOVED,
}

SPEAKS = frozenset({T.ADDED, T.TRUSTED, T.SUSPENDED})  # is said hello to, and listened to
_DIGITS, _GROUP = 30, 5


def after(state: Trust | None, move: TrustMove) -> Trust | None:
    """The state that follows; None when the table has no such move. `state`: None for somebody never heard of."""
    return MOVES.get((state, move))


def number_of_two(one: tuple[str, str], other: tuple[str, str]) -> str:
    """The number that the people of two helpdesks compare, the same on both sides: of each its Matrix address and its
    cross-signing key. Whoever stands between them has other keys, and so another number; a look-alike another address.

    30 digits are 99 bits: more than anybody can search through for two addresses that give the same.
    """
    parts = "\0".join(part for side in sorted((one, other)) for part in side)
    digest = hashlib.sha256(f"nl.helpdesk.federation\0{parts}".encode()).digest()
    digits = f"{int.from_bytes(digest) % 10**_DIGITS:0{_DIGITS}}"
    return " ".join(digits[start : start + _GROUP] for start in range(0, _DIGITS, _GROUP))
