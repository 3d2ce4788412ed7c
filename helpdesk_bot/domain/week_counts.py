"""The figures of one week, and those about tickets counted. Pure: the same lives in, the same numbers out.

They balance: open at the beginning + new + reopened - solved - merged = open at the end.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from helpdesk_bot.domain.lives import ENDED, RATED, THANKED, Life, State
from helpdesk_bot.domain.promises import decisions, promised
from helpdesk_bot.domain.topics import OTHER


@dataclass(slots=True)
class Counts:
    """`solved`: open or not asked at the beginning and finished at the end; one of `confirmed`, `expired`, `unanswered`.
    `reopened`: the other way round. Minutes are of work; `drawn` are those paid from vouchers, `undecided` those of paid work that no voucher has room for. The average mark is
    `stars` / `ratings`, of the last mark for each question in the week. `*_running`: promises that were open at the end and still to be kept.
    Of runs of playbooks: `stopped` are those that were rolled back too, `left_tools` how many finished ones left which."""

    new: int = 0
    solved: int = 0
    confirmed: int = 0
    expired: int = 0
    unanswered: int = 0
    reopened: int = 0
    merged: int = 0
    open_before: int = 0
    open: int = 0
    claim_met: int = 0
    claim_missed: int = 0
    claim_running: int = 0
    answer_met: int = 0
    answer_missed: int = 0
    answer_running: int = 0
    solve_met: int = 0
    solve_missed: int = 0
    solve_running: int = 0
    volunteer_minutes: int = 0
    paid_minutes: int = 0
    undecided_minutes: int = 0
    drawn_minutes: int = 0
    ratings: int = 0
    stars: int = 0
    thanks: int = 0
    begun_runs: int = 0
    running_runs: int = 0
    finished_runs: int = 0
    stopped_runs: int = 0
    moved_people: int = 0
    saved_euros: int = 0
    topics: dict[str, int] = field(default_factory=dict)
    left_tools: dict[str, int] = field(default_factory=dict)


def count_weeks(lives: Iterable[Life], bounds: Sequence[datetime]) -> list[Counts]:
    """Of each span between two `bounds`, the first moment included; minutes and runs are left at nought."""
    weeks = [Counts() for _ in bounds[1:]]
    topics: list[Counter[str]] = [Counter() for _ in weeks]
    for life in lives:
        states = [life.state(moment) for moment in bounds]
        for counts, before, after in zip(weeks, states, states[1:], strict=False):
            _count_states(counts, before, after)
        asked = _span(bounds, life.created_at)
        if asked is not None:
            weeks[asked].new += 1
            topics[asked][life.topic or OTHER] += 1
        _count_promises(weeks, bounds, life, states)
        _count_marks(weeks, bounds, life)
    for counts, found in zip(weeks, topics, strict=True):
        counts.topics = dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
    return weeks


def _span(bounds: Sequence[datetime], moment: datetime) -> int | None:
    """Which span holds it."""
    place = bisect_right(bounds, moment) - 1
    return place if 0 <= place < len(bounds) - 1 else None


def _count_states(counts: Counts, before: State | None, after: State | None) -> None:
    if before is None and after is None:
        return
    counts.open_before += before is State.OPEN
    counts.open += after is State.OPEN
    if before is after:
        return
    alive = before in (State.OPEN, None)
    if alive and after in ENDED:
        counts.solved += 1
        setattr(counts, str(after), getattr(counts, str(after)) + 1)
    counts.merged += before is not State.MERGED and after is State.MERGED
    counts.reopened += before in ENDED and after not in ENDED


def _count_promises(
    weeks: list[Counts], bounds: Sequence[datetime], life: Life, states: Sequence[State | None]
) -> None:
    """Decided in each span, and still running at its end."""
    for promise, decided in decisions(life).items():
        if not promised(life, promise) or (decided is not None and decided.at < bounds[0]):
            continue
        span = _span(bounds, decided.at) if decided is not None else None
        if decided is not None and span is not None:
            name = f"{promise}_{'met' if decided.met else 'missed'}"
            setattr(weeks[span], name, getattr(weeks[span], name) + 1)
        name = f"{promise}_running"
        for counts, end, state in zip(weeks, bounds[1:], states[1:], strict=True):
            if state is State.OPEN and (decided is None or decided.at >= end):
                setattr(counts, name, getattr(counts, name) + 1)


def _count_marks(weeks: list[Counts], bounds: Sequence[datetime], life: Life) -> None:
    marks: dict[int, int] = {}
    for step in life.steps:
        if step.what not in (RATED, THANKED) or (span := _span(bounds, step.at)) is None:
            continue
        if step.what == THANKED:
            weeks[span].thanks += 1
        elif step.stars is not None:
            marks[span] = step.stars
    for span, stars in marks.items():
        weeks[span].ratings += 1
        weeks[span].stars += stars
