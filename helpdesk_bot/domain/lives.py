"""What became of a ticket, moment by moment, out of the record of its steps: a figure of an old week is what was true then,
whatever happened since."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from helpdesk_bot.domain.tickets import Move


class State(StrEnum):
    """Where a question stands for whoever counts it. Its end is told apart by how it came."""

    OPEN = "open"
    UNANSWERED = "unanswered"  # a helper says it is solved, the requester has not said so
    CONFIRMED = "confirmed"
    EXPIRED = "expired"  # closed because nobody answered
    MERGED = "merged"  # went on as part of another


ENDED = frozenset({State.UNANSWERED, State.CONFIRMED, State.EXPIRED})
# Only these steps take a ticket out of one state and into another; see `domain/tickets.TRANSITIONS`.
LEADS_TO: dict[str, State] = {
    Move.SOLVE: State.UNANSWERED,
    Move.CONFIRM: State.CONFIRMED,
    Move.EXPIRE: State.EXPIRED,
    Move.REOPEN: State.OPEN,
    Move.REQUEUE: State.OPEN,
    Move.MERGE: State.MERGED,
}
# After these nobody has it.
_FREE = frozenset({Move.RELEASE, Move.REQUEUE})
# These make whoever takes them its helper, if it has none.
_TAKES = frozenset({Move.CLAIM, Move.SOLVE, Move.AWAIT})
RATED, THANKED = "rated", "thanked"
STEPS = frozenset({*LEADS_TO, *_FREE, *_TAKES, Move.HAND_OVER, RATED, THANKED})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the record. `who`: who did it; of a ticket that is handed over, who has it from then on. `due`: of one
    that is opened again, until when its solution had been promised before."""

    at: datetime
    what: str
    who: str | None = None
    stars: int | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """A ticket and its steps, the first one first. `rests`: since when its clocks stand still, if they do now."""

    id: int
    requester: str
    created_at: datetime
    steps: tuple[Step, ...] = ()
    stadsdeel: str | None = None
    topic: str | None = None
    claimed_at: datetime | None = None
    answered_at: datetime | None = None
    claim_due: datetime | None = None
    answer_due: datetime | None = None
    solve_due: datetime | None = None
    rests: datetime | None = None

    def state(self, moment: datetime) -> State | None:
        """Just before this moment; None while it had not been asked."""
        if self.created_at >= moment:
            return None
        found = State.OPEN
        for step in self.steps:
            if step.at >= moment:
                break
            found = LEADS_TO.get(step.what, found)
        return found

    def helper(self, moment: datetime) -> str | None:
        """Who had it in hand just before this moment, or had it last when it was finished."""
        found: str | None = None
        for step in self.steps:
            if step.at >= moment:
                break
            if step.what in _FREE:
                found = None
            elif step.what == Move.HAND_OVER or (step.what in _TAKES and found is None):
                found = step.who
        return found

    def open_since(self, moment: datetime) -> datetime:
        """Since when an open question waits: since it was asked, or opened again for the last time."""
        again = [s.at for s in self.steps if s.at < moment and LEADS_TO.get(s.what) is State.OPEN]
        return again[-1] if again else self.created_at

    @property
    def first_solve_due(self) -> datetime | None:
        """When it was to be solved before it was ever opened again."""
        return next((step.due for step in self.steps if step.due is not None), self.solve_due)

    @property
    def finished_at(self) -> datetime | None:
        """When it was finished for the first time."""
        return self._first(ENDED)

    @property
    def merged_at(self) -> datetime | None:
        return self._first({State.MERGED})

    def _first(self, states: Collection[State]) -> datetime | None:
        return next((s.at for s in self.steps if (to := LEADS_TO.get(s.what)) and to in states), None)
