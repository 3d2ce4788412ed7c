"""The figures of one week about runs of playbooks. Pure, and like those about tickets told as it was then: who goes back
later has left the tool in the week in which they did."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from helpdesk_bot.domain.runs.states import RUNS, Run, RunMove
from helpdesk_bot.domain.week_counts import Counts

GOING_ON = frozenset({Run.RUNNING, Run.RECONSIDERING, Run.PAUSED, Run.RETURNING})
GIVEN_UP = frozenset({Run.STOPPED, Run.ROLLED_BACK})


@dataclass(frozen=True, slots=True)
class Worth:
    """What a finished run brought: tools left, by name, people moved, euros a year saved."""

    left: tuple[str, ...] = ()
    people: int = 0
    euros: int = 0


@dataclass(frozen=True, slots=True)
class RunLife:
    """A run and the moves of the whole run, the first one first; of those that finished it, with its worth."""

    moves: tuple[tuple[datetime, RunMove, Worth], ...]

    def state(self, moment: datetime) -> Run:
        """Just before this moment."""
        state = Run.ACCEPTING
        for at, move, _ in self.moves:
            if at >= moment:
                break
            state = RUNS.get((state, move), state)
        return state

    def worth(self, moment: datetime) -> Worth:
        """Of the last time that it was finished before this moment."""
        found = [worth for at, move, worth in self.moves if move is RunMove.FINISH and at < moment]
        return found[-1] if found else Worth()


def add_runs(weeks: Sequence[Counts], lives: Iterable[RunLife], bounds: Sequence[datetime]) -> None:
    """To each span between two `bounds`, the first moment included."""
    left: list[Counter[str]] = [Counter() for _ in weeks]
    for life in lives:
        states = [life.state(moment) for moment in bounds]
        for at, (before, after) in enumerate(pairwise(states)):
            counts = weeks[at]
            counts.running_runs += after in GOING_ON
            counts.begun_runs += before is Run.ACCEPTING and _has_begun(life, bounds[at + 1])
            counts.stopped_runs += before not in GIVEN_UP and after in GIVEN_UP
            if before is not Run.FINISHED and after is Run.FINISHED:
                worth = life.worth(bounds[at + 1])
                counts.finished_runs += 1
                counts.moved_people += worth.people
                counts.saved_euros += worth.euros
                left[at].update(worth.left)
    for counts, found in zip(weeks, left, strict=True):
        counts.left_tools = dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _has_begun(life: RunLife, moment: datetime) -> bool:
    return any(move is RunMove.ACCEPT and at < moment for at, move, _ in life.moves)
