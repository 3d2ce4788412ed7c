"""Whether what was promised for a ticket came in time.

A promise is decided once: when it is kept, or else at the moment for which it was promised. It counts in the week of that
decision, so that no promise counts twice and an old week's figures do not change.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from helpdesk_bot.domain.lives import Life, State


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
    due = {Promise.CLAIM: life.claim_due, Promise.ANSWER: life.answer_due, Promise.SOLVE: life.solve_due}[
        promise
    ]
    if due is None:
        return None
    done = _done(life, promise)
    if done is not None and done <= due:
        return Decision(done, met=True)
    gone = life.merged_at
    stands_still = done is None and life.rests is not None and life.rests <= due
    if (gone is not None and gone <= due) or stands_still:
        return None
    return Decision(due, met=False)


def running(life: Life, promise: Promise, moment: datetime) -> bool:
    """Whether it was promised and still undecided just before this moment."""
    due = {Promise.CLAIM: life.claim_due, Promise.ANSWER: life.answer_due, Promise.SOLVE: life.solve_due}[
        promise
    ]
    decided = decision(life, promise)
    undecided = due is not None and (decided is None or decided.at >= moment)
    return undecided and life.state(moment) is State.OPEN


def _done(life: Life, promise: Promise) -> datetime | None:
    """Who answers or solves has claimed, and who solves has answered."""
    moments = {
        Promise.CLAIM: (life.claimed_at, life.answered_at, life.finished_at),
        Promise.ANSWER: (life.answered_at, life.finished_at),
        Promise.SOLVE: (life.finished_at,),
    }[promise]
    return min((moment for moment in moments if moment is not None), default=None)
