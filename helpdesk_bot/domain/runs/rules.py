"""What may happen in a run at this moment. Every answer is made of the plan and the states alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from helpdesk_bot.domain.runs.plan import Plan, Planned
from helpdesk_bot.domain.runs.states import HELD, MET, OPEN, SETTLED, STEPS, Run, Step, StepMove

States = Mapping[str, Step]


class Refused(StrEnum):
    """Why a move is not made; each is a text for whoever tried."""

    NOT_RUNNING = "not_running"
    NO_SUCH_MOVE = "no_such_move"
    NEEDS = "needs"  # something above it is not done
    ALL_BEFORE = "all_before"  # it can't be undone, and not all above it is verified
    UNDECIDED = "undecided"  # whoever decides on the turning point has not said that it may begin
    SIGN_OFF = "sign_off"  # it can't be undone, and not everybody has said yes
    FOR_GOOD = "for_good"  # it can't be undone, and it is done
    LEANED_ON = "leaned_on"  # something that needs it has been done


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `verified` counts fully; `done` is said, and not looked at yet; `skipped` ones are in neither."""

    total: int
    verified: int
    done: int
    skipped: int

    @property
    def left(self) -> int:
        return self.total - self.verified - self.done


def progress(plan: Plan, states: States) -> Progress:
    found = [states[step.id] for step in plan]
    skipped = found.count(Step.SKIPPED)
    return Progress(len(found) - skipped, found.count(Step.VERIFIED), found.count(Step.DONE), skipped)


def refused(
    plan: Plan,
    states: States,
    run: Run,
    name: str,
    move: StepMove,
    signed: frozenset[str] = frozenset(),
) -> Refused | None:
    """Why this move can't be made, or None when it can. `signed`: the roles that have said yes to the step; to one that can't
    be undone as different people. Raises KeyError for a step that is not there."""
    step = plan.step(name)
    if run is Run.RETURNING and move is StepMove.ROLL_BACK:
        return None if to_undo(plan, states)[:1] == [step] else Refused.LEANED_ON
    if run is not Run.RUNNING and not (run in HELD and move is StepMove.PUT_BACK):
        return Refused.NOT_RUNNING
    if (states[name], move) not in STEPS:
        return Refused.NO_SUCH_MOVE
    if move in (StepMove.BEGIN, StepMove.REST, StepMove.WAKE, StepMove.FINISH):
        return _not_yet(plan, states, step, move, signed)
    if move in (StepMove.PUT_BACK, StepMove.ROLL_BACK):
        return _not_any_more(plan, states, step)
    return None


def _not_yet(
    plan: Plan, states: States, step: Planned, move: StepMove, signed: frozenset[str]
) -> Refused | None:
    if not needs_met(states, step):
        return Refused.NEEDS
    if move is StepMove.FINISH and step.decides is not None and step.decides not in signed:
        return Refused.UNDECIDED
    if not step.irreversible:
        return None
    if any(states[above.id] not in SETTLED for above in plan.before(step.id)):
        return Refused.ALL_BEFORE
    if move is StepMove.FINISH and not {step.role, *step.sign_off} <= signed:
        return Refused.SIGN_OFF
    return None


def _not_any_more(plan: Plan, states: States, step: Planned) -> Refused | None:
    happened = states[step.id] in (Step.DONE, Step.VERIFIED, Step.FAILED)
    if step.irreversible and happened:
        return Refused.FOR_GOOD
    if any(states[other.id] in (Step.DONE, Step.VERIFIED) for other in plan.leaning_on(step.id)):
        return Refused.LEANED_ON
    return None


def needs_met(states: States, step: Planned) -> bool:
    """What it needs and is not in the plan was left out by the inputs."""
    return all(states[name] in MET for name in step.needs if name in states)


def may_begin(plan: Plan, states: States) -> list[Planned]:
    """The steps whose turn it is now, in order."""
    return _may(plan, states, Step.TODO, StepMove.BEGIN)


def may_wake(plan: Plan, states: States) -> list[Planned]:
    """The steps whose turn it is when their time of rest is over. Of the others, what they need turned out not to be right."""
    return _may(plan, states, Step.WAITING, StepMove.WAKE)


def _may(plan: Plan, states: States, state: Step, move: StepMove) -> list[Planned]:
    return [
        step
        for step in plan
        if states[step.id] is state and refused(plan, states, Run.RUNNING, step.id, move) is None
    ]


def stuck(plan: Plan, states: States) -> dict[str, list[Planned]]:
    """The steps that somebody is busy with and can't finish, and what comes first: what they need was put back or undone; or
    what stands above a step without a way back is not verified any more."""
    return {step.id: first for step in turn(plan, states) if (first := _first(plan, states, step))}


def _first(plan: Plan, states: States, step: Planned) -> list[Planned]:
    above = plan.before(step.id)
    if step.irreversible:
        return [one for one in above if states[one.id] not in SETTLED]
    # What was looked at and is not right is mended beside it, as long as all of this can be undone.
    happened = MET | {Step.FAILED}
    return [one for one in above if one.id in step.needs and states[one.id] not in happened]


def too_early(plan: Plan, states: States) -> dict[str, list[Planned]]:
    """Those of them whose turn can come again later."""
    return {
        name: first
        for name, first in stuck(plan, states).items()
        if refused(plan, states, Run.RUNNING, name, StepMove.PUT_BACK) is None
    }


def turn(plan: Plan, states: States) -> list[Planned]:
    """The steps that somebody is busy with, in order."""
    return [step for step in plan if states[step.id] in OPEN]


def is_finished(plan: Plan, states: States) -> bool:
    return all(states[step.id] in SETTLED for step in plan)


def to_undo(plan: Plan, states: States) -> list[Planned]:
    """The steps of the way back, the last one first. What can't be undone stays as it is, and so does all above it that it
    rests on."""
    back = []
    for step in reversed(plan.steps):
        if step.irreversible and states[step.id] in (Step.DONE, Step.VERIFIED, Step.FAILED):
            break
        if states[step.id] in (Step.DONE, Step.VERIFIED, Step.FAILED):
            back.append(step)
    return back
