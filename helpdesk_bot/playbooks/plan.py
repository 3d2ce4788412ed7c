"""From a playbook and what was asked at the start to the plan of one run."""

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import timedelta

from helpdesk_bot.domain.runs.plan import Plan, Planned
from helpdesk_bot.playbooks.format import Playbook, Step
from helpdesk_bot.playbooks.names import START

Answer = bool | int | str
Answers = Mapping[str, Answer]  # to the inputs, by their keys


def plan_of(playbook: Playbook, answers: Answers) -> Plan:
    """The steps that this run has."""
    needs = needs_of(playbook.steps, lambda step: is_there(step, answers))
    there = [step for step in playbook.steps if step.id in needs]
    turning, decides = _turning_point(playbook, needs.keys())
    return Plan(
        tuple(
            _planned(step, needs[step.id], needs.keys(), decides if step.id == turning else None)
            for step in there
        )
    )


def _turning_point(playbook: Playbook, there: Set[str]) -> tuple[str | None, str | None]:
    """The step with which the cutover begins, and the role that decides on it when another does it."""
    steps = [step for phase in playbook.phases if phase.id == "cutover" for step in phase.steps]
    first = next((step for step in steps if step.id in there), None)
    if first is None or playbook.cutover is None or playbook.cutover.decides == first.role:
        return None, None
    return first.id, playbook.cutover.decides


def needs_of(steps: Sequence[Step], there: Callable[[Step], bool]) -> dict[str, frozenset[str]]:
    """Of every step that is there. Whoever needs a step that is left out needs what that one needed."""
    found: dict[str, frozenset[str]] = {}
    left_out: dict[str, frozenset[str]] = {}
    for step in steps:
        needed = frozenset[str]().union(*(left_out.get(need, {need}) for need in step.needs))
        (found if there(step) else left_out)[step.id] = needed
    return found


def is_there(step: Step, answers: Answers) -> bool:
    """An input that was not answered leaves out what depends on it. True is not 1 here."""
    if step.when is None:
        return True
    given = answers.get(step.when.input)
    return type(given) is type(step.when.is_) and given == step.when.is_


def _planned(step: Step, needs: frozenset[str], there: Set[str], decides: str | None) -> Planned:
    """Whoever decides on what can't be undone is one of those who sign for it; on anything else they are asked first."""
    due = step.due
    signs = {decides} if decides is not None and step.irreversible else set[str]()
    after = due.after if due is not None and due.after in there else START
    return Planned(
        step.id,
        step.role,
        needs,
        step.irreversible,
        frozenset(step.sign_off) | signs,
        None if step.irreversible else decides,
        rest=timedelta(days=step.wait.days) if step.wait else None,
        due=timedelta(days=due.days) if due else None,
        due_after=after if due else None,
    )
