"""The figures of one week about tickets. Pure: the same lives in, the same numbers out.

They balance: open at the beginning + new + reopened - solved - merged = open at the end.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from helpdesk_bot.domain.lives import ENDED, RATED, THANKED, Life, State
from helpdesk_bot.domain.promises import Promise, decision
from helpdesk_bot.domain.topics import OTHER


@dataclass(slots=True)
class Counts:
    """`solved`: open or not asked at the beginning and finished at the end; one of `confirmed`, `expired`, `unanswered`.
    `reopened`: the other way round. Minutes are of work; `drawn` are those paid from vouchers. The average mark is
    `stars` / `ratings`, of the last mark for each question in the week."""

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
    answer_met: int = 0
    answer_missed: int = 0
    solve_met: int = 0
    solve_missed: int = 0
    volunteer_minutes: int = 0
    paid_minutes: int = 0
    drawn_minutes: int = 0
    ratings: int = 0
    stars: int = 0
    thanks: int = 0
    topics: dict[str, int] = field(default_factory=dict)


def count(lives: Iterable[Life], begins: datetime, ends: datetime) -> Counts:
    """Of everything from `begins` until just before `ends`; the minutes are left at nought."""
    counts = Counts()
    topics: Counter[str] = Counter()
    for life in lives:
        _count_states(counts, life.state(begins), life.state(ends))
        if begins <= life.created_at < ends:
            counts.new += 1
            topics[life.topic or OTHER] += 1
        for promise in Promise:
            decided = decision(life, promise)
            if decided is not None and begins <= decided.at < ends:
                name = f"{promise}_{'met' if decided.met else 'missed'}"
                setattr(counts, name, getattr(counts, name) + 1)
        within = [step for step in life.steps if begins <= step.at < ends]
        counts.thanks += sum(step.what == THANKED for step in within)
        marks = [step.stars for step in within if step.what == RATED and step.stars is not None]
        if marks:
            counts.ratings += 1
            counts.stars += marks[-1]
    counts.topics = dict(sorted(topics.items(), key=lambda item: (-item[1], item[0])))
    return counts


def _count_states(counts: Counts, before: State | None, after: State | None) -> None:
    counts.open_before += before is State.OPEN
    counts.open += after is State.OPEN
    alive = before in (State.OPEN, None)
    if alive and after in ENDED:
        counts.solved += 1
        setattr(counts, str(after), getattr(counts, str(after)) + 1)
    counts.merged += before is not State.MERGED and after is State.MERGED
    counts.reopened += before in ENDED and after not in ENDED
