"""Whether what was promised for a ticket came in time.

A promise is decided once: when it is kept, or else at the moment for which it was promised. It counts in the week of that
decision, so that no promise counts twice and an old week's figures do not change.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from helpdesk_bot.domain.lives import Life


class Promise(StrEnum):
    CLAIM = "claim"  # somebody helps
    ANSWER = "answer"  # the first answer
    SOLVE = "solve"


@dataclass(frozen=True, slots=True)
class Decision:
    at: datetime
    met: bool


def decision(life: Life, promise: Promise) -> Decision | None:
    """None while it can still be kept, or when nothing was promised. A question that became part of another one has no
    promises of its own from then on."""
    return decisions(life)[promise]


def decisions(life: Life) -> dict[Promise, Decision | None]:
    """Of all three."""
    finished, merged = life.finished_at, life.merged_at
    # Who answers or solves has claimed, and who solves has answered.
    answered = _first(life.answered_at, finished)
    claimed = _first(life.claimed_at, answered)
    return {
        Promise.CLAIM: _decided(life, life.claim_due, claimed, merged),
        Promise.ANSWER: _decided(life, life.answer_due, answered, merged),
        Promise.SOLVE: _decided(life, life.first_solve_due, finished, merged),
    }


def promised(life: Life, promise: Promise) -> bool:
    due = {Promise.CLAIM: life.claim_due, Promise.ANSWER: life.answer_due, Promise.SOLVE: life.solve_due}
    return due[promise] is not None


def _decided(
    life: Life, due: datetime | None, done: datetime | None, merged: datetime | None
) -> Decision | None:
    if due is None:
        return None
    if done is not None and done <= due:
        return Decision(done, met=True)
    stands_still = done is None and life.rests is not None and life.rests <= due
    if (merged is not None and merged <= due) or stands_still:
        return None
    return Decision(due, met=False)


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other
