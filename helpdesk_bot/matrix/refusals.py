"""What an answer of the homeserver means for an outbox row. Pure."""

import random
from collections import Counter
from enum import Enum, auto

from helpdesk_bot.matrix.http import MatrixError, Unreachable
from helpdesk_bot.storage.models import OutboxRow
from helpdesk_bot.storage.outbox import Urgency

_LONGEST_PAUSE = 60.0
# Seconds between two tries of what was refused: somebody may just be putting it right.
TRIES = (1.0, 10.0, 60.0, 300.0)
TRIES_OF_PAPERWORK = TRIES[:2]
TRIES_AT_THE_DOOR = (1.0, 5.0, 20.0)
# Of the whole account, though the status is that of a single refusal.
_OF_THE_ACCOUNT = frozenset({"M_RESOURCE_LIMIT_EXCEEDED", "M_CONSENT_NOT_GIVEN", "M_USER_SUSPENDED"})


class Verdict(Enum):
    UNREACHABLE = auto()  # nobody gets through
    PAUSE_ALL = auto()  # the account must wait
    PAUSE_THIS = auto()  # this kind of thing must wait, messages need not
    LATER = auto()  # the homeserver broke down over it
    REFUSED = auto()  # no; perhaps not for long
    NOT_LET_IN = auto()  # no, though we were invited
    FAILED = auto()  # no, and never
    DROPPED = auto()  # no, and it does not matter any more


def verdict(kind: str, error: MatrixError, *, invited: bool = True) -> Verdict:
    """`kind` is the row's. `invited`: a room that is to be joined asked us to, and may have changed its mind; we do not
    go there by ourselves, to the successor of another."""
    status, errcode = error.status, error.errcode
    if isinstance(error, Unreachable):
        return Verdict.UNREACHABLE
    if status == 429:
        # Rooms are made, and joined, under limits of their own, which are far narrower.
        return Verdict.PAUSE_THIS if kind in ("direct", "join", "leave") else Verdict.PAUSE_ALL
    if status == 401 or errcode in _OF_THE_ACCOUNT:
        return Verdict.PAUSE_ALL
    if error.temporary:
        return Verdict.LATER
    if status == 413 or errcode == "M_TOO_LARGE":
        return Verdict.FAILED
    gone = status in (403, 404)
    if errcode == "M_DUPLICATE_ANNOTATION" or (kind == "redact" and status == 404):
        return Verdict.DROPPED
    if kind == "join" and invited and status == 403:
        return Verdict.NOT_LET_IN
    if (kind == "leave" and gone) or (kind == "join" and invited and (gone or errcode == "M_UNKNOWN")):
        return Verdict.DROPPED
    return Verdict.REFUSED


class Refusals:
    """How often a row was refused, since the process began.

    A room that refused what somebody said, to the last try, gets one try for each row until it takes one: else all
    that waits there would be given up minutes after each other, and its writers hear of it hours later.
    """

    def __init__(self) -> None:
        self._times: Counter[int] = Counter()  # per row
        self._shut: set[str] = set()  # rooms

    def pause(self, row: OutboxRow) -> float | None:
        """Counts one more; seconds until the next try, None when there is none."""
        paperwork = row.priority >= Urgency.MARK
        tries = TRIES_OF_PAPERWORK if paperwork else TRIES
        self._times[row.id] += 1
        if row.room_id in self._shut:
            return None
        if self._times[row.id] > len(tries):
            if not paperwork:
                self._shut.add(row.room_id)
            return None
        return tries[self._times[row.id] - 1]

    def pause_at_the_door(self, row: OutboxRow) -> float | None:
        """The same for a room that we are invited to."""
        self._times[row.id] += 1
        times = self._times[row.id]
        return TRIES_AT_THE_DOOR[times - 1] if times <= len(TRIES_AT_THE_DOOR) else None

    def accepted(self, row: OutboxRow) -> None:
        self._shut.discard(row.room_id)
        self.forget(row)

    def forget(self, row: OutboxRow) -> None:
        self._times.pop(row.id, None)


def pause_after(failures: int) -> float:
    """Seconds: longer with each failure, and never all at once."""
    longest: float = min(_LONGEST_PAUSE, 2.0 ** min(failures, 6))
    return longest * random.uniform(0.75, 1.0)
