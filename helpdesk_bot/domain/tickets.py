"""The life of a ticket. Everything that affects its status must live here: one table, and nothing else changes one."""

import re
from enum import StrEnum

from helpdesk_bot.domain.moves import follows


class Status(StrEnum):
    NEW = "new"  # nobody has it yet
    CLAIMED = "claimed"  # somebody helps
    WAITING = "waiting"  # the helper waits for the requester
    SOLVED = "solved"  # the helper says so; the requester has been asked
    CLOSED = "closed"  # finished; writing again within 14 days reopens it
    MERGED = "merged"  # went on as part of another ticket


class Move(StrEnum):
    CLAIM = "claim"
    RELEASE = "release"
    HAND_OVER = "hand_over"  # transfer, assign, take over
    ANSWER = "answer"
    AWAIT = "await"  # the helper needs something from the requester
    REQUESTER_WROTE = "requester_wrote"
    SOLVE = "solve"
    CONFIRM = "confirm"  # the requester says it is solved
    REOPEN = "reopen"  # back to the same helper
    REQUEUE = "requeue"  # back, and the helper is gone
    EXPIRE = "expire"  # silence, after a reminder and a warning
    MERGE = "merge"
    GO_HOME = "go_home"  # a question of another helpdesk, which has it again


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


S, M = Status, Move
TRANSITIONS: dict[tuple[Status, Move], Status] = {
    (S.NEW, M.CLAIM): S.CLAIMED,
    (S.NEW, M.HAND_OVER): S.CLAIMED,
    (S.NEW, M.REQUESTER_WROTE): S.NEW,
    (S.NEW, M.SOLVE): S.SOLVED,
    (S.NEW, M.CONFIRM): S.CLOSED,
    (S.NEW, M.MERGE): S.MERGED,
    (S.CLAIMED, M.RELEASE): S.NEW,
    (S.CLAIMED, M.HAND_OVER): S.CLAIMED,
    (S.CLAIMED, M.ANSWER): S.CLAIMED,
    (S.CLAIMED, M.AWAIT): S.WAITING,
    (S.CLAIMED, M.REQUESTER_WROTE): S.CLAIMED,
    (S.CLAIMED, M.SOLVE): S.SOLVED,
    (S.CLAIMED, M.CONFIRM): S.CLOSED,
    (S.CLAIMED, M.MERGE): S.MERGED,
    (S.WAITING, M.RELEASE): S.NEW,
    (S.WAITING, M.HAND_OVER): S.CLAIMED,
    (S.WAITING, M.ANSWER): S.WAITING,
    (S.WAITING, M.AWAIT): S.WAITING,
    (S.WAITING, M.REQUESTER_WROTE): S.CLAIMED,
    (S.WAITING, M.SOLVE): S.SOLVED,
    (S.WAITING, M.CONFIRM): S.CLOSED,
    (S.WAITING, M.EXPIRE): S.CLOSED,
    (S.WAITING, M.MERGE): S.MERGED,
    (S.SOLVED, M.ANSWER): S.SOLVED,
    (S.SOLVED, M.CONFIRM): S.CLOSED,
    (S.SOLVED, M.EXPIRE): S.CLOSED,
    (S.SOLVED, M.REOPEN): S.CLAIMED,
    (S.SOLVED, M.REQUEUE): S.NEW,
    (S.CLOSED, M.REOPEN): S.CLAIMED,
    (S.CLOSED, M.REQUEUE): S.NEW,
    (S.NEW, M.GO_HOME): S.CLOSED,
    (S.CLAIMED, M.GO_HOME): S.CLOSED,
    (S.WAITING, M.GO_HOME): S.CLOSED,
    (S.SOLVED, M.GO_HOME): S.CLOSED,
    (S.CLOSED, M.GO_HOME): S.CLOSED,
}

SUBJECT_LENGTH = 60
_TELLING = 15  # characters; a first line that is shorter is a greeting as a rule
_PREFIX = re.compile(r"\A(?:vraag|hulp|help|question)\s*[:!]\s*", re.IGNORECASE)

OPEN = frozenset({S.NEW, S.CLAIMED, S.WAITING})
FINISHED = frozenset({S.SOLVED, S.CLOSED})


def after(status: Status, move: Move) -> Status:
    """The status that follows. Raises NotPossible when the table has no such move."""
    return follows(TRANSITIONS, status, move)


def subject_of(question: str) -> str:
    """The beginning of a question, short enough for a list."""
    words = ""
    for line in question.splitlines():
        words = " ".join([*words.split(), *line.split()])
        if len(words) >= _TELLING:
            break
    words = _PREFIX.sub("", words) or words
    if len(words) <= SUBJECT_LENGTH:
        return words
    return words[: SUBJECT_LENGTH - 1].rsplit(" ", 1)[0] + "…"
