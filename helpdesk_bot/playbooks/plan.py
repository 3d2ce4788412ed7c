"""From a playbook and what was asked at the start to the plan of one run."""

from collections.abc import Mapping
from datetime import timedelta

from helpdesk_bot.domain.runs.plan import Plan, Planned
from helpdesk_bot.playbooks.format import Playbook, Step
from helpdesk_bot.playbooks.names import START

Answers = Mapping[str, bool | int | str]  # to the inputs, by their keys


def plan_of(playbook: Playbook, answers: Answers) -> Plan:
    """The steps that this run has. Whoever needs a step that is left out needs what that one needed."""
    needs: dict[str, frozenset[str]] = {}  # of every step, in steps that are there
    there: set[str] = set()
    planned = []
    for step in playbook.steps:
        asked = [{need} if need in there else needs[need] for need in step.needs]
        needs[step.id] = frozenset().union(*asked)
        if is_there(step, answers):
            there.add(step.id)
            planned.append(_planned(step, needs[step.id], there))
    return Plan(tuple(planned))


def is_there(step: Step, answers: Answers) -> bool:
    """An input that was not answered leaves out what depends on it. True is not 1 here."""
    if step.when is None:
        return True
    given = answers.get(step.when.input)
    return type(given) is type(step.when.is_) and given == step.when.is_


def _planned(step: Step, needs: frozenset[str], there: set[str]) -> Planned:
    due = step.due
    after = due.after if due is not None and due.after in there else START
    return Planned(
        step.id,
        step.role,
        needs,
        step.irreversible,
        frozenset(step.sign_off),
        rest=timedelta(days=step.wait.days) if step.wait else None,
        due=timedelta(days=due.days) if due else None,
        due_after=after if due else None,
    )
