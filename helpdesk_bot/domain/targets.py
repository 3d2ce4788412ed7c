"""What is promised about a question, and the steps that are taken before and after each promise is due.

Pure. Every length is working time; see `worktime`. What is due are moments in UTC.
"""

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from helpdesk_bot.domain.tickets import Priority
from helpdesk_bot.domain.worktime import Hours


class Clock(StrEnum):
    """What is waited for. Each has a clock that starts when the question is asked."""

    CLAIM = "claim"  # somebody takes it up
    ANSWER = "answer"  # they answer for the first time
    SOLVE = (
        "solve"  # it is solved; this clock and the one before stand still while the requester is waited for
    )


class Step(IntEnum):
    """How far the time has gone. Each step is taken once."""

    HALF = 1  # half of it is over: whoever can do something is nudged
    FULL = 2  # it is due
    LATE = 3  # half as much again
    OVER = 4  # twice as much


# Whoever has taken up a question is known by name: there is nobody to look for, only somebody to tell.
STEPS: dict[Clock, tuple[Step, ...]] = {
    Clock.CLAIM: (Step.HALF, Step.FULL, Step.LATE, Step.OVER),
    Clock.ANSWER: (Step.HALF, Step.FULL),
    Clock.SOLVE: (Step.HALF, Step.FULL),
}
MORE_URGENT = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT)


def kind(clock: Clock, step: Step) -> str:
    """The kind of the timer for a step: 'claim_half'."""
    return f"{clock}_{step.name.lower()}"


def kinds(clock: Clock) -> tuple[str, ...]:
    return tuple(kind(clock, step) for step in STEPS[clock])


def steps(clock: Clock, hours: Hours, now: datetime, due: datetime, whole: timedelta) -> dict[Step, datetime]:
    """When the steps that are still to come are taken, for something that may take `whole` and is due at `due`.

    A step that has passed is left out: half is not said when less than half is left, and nothing is said twice.
    """
    found = {Step.FULL: due}
    left = hours.between(now, due)
    if left > whole / 2:
        found[Step.HALF] = hours.add(now, left - whole / 2)
    if Step.OVER in STEPS[clock]:
        found[Step.LATE] = hours.add(due, whole / 2)
        found[Step.OVER] = hours.add(due, whole)
    return {step: found[step] for step in sorted(found) if found[step] > now}


def after_rest(hours: Hours, rested_from: datetime, now: datetime, due: datetime) -> datetime:
    """When it is due, now that the clock goes on: with as much time left as there was. What was overdue stays so."""
    if due <= rested_from:
        return due
    return hours.add(now, hours.between(rested_from, due))


def after_move(before: Hours, after: Hours, now: datetime, due: datetime) -> datetime:
    """When it is due by other opening hours: with as much time left. What is overdue stays so."""
    return due if due <= now else after.add(now, before.between(now, due))


def after_priority(hours: Hours, now: datetime, due: datetime, whole: timedelta, *, raised: bool) -> datetime:
    """When it is due by another priority. It counts from now, but a higher one is never due later than before, nor a
    lower one sooner. What was overdue is promised anew."""
    anew = hours.add(now, whole)
    if due <= now:
        return anew
    return min(due, anew) if raised else max(due, anew)


def is_raise(before: Priority, after: Priority) -> bool:
    return MORE_URGENT.index(after) > MORE_URGENT.index(before)
