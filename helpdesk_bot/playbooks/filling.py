"""What is filled in where a playbook says `{users}`: the answer to an input, or what a step above has told."""

from collections.abc import Iterator, Set

from pydantic import BaseModel

from helpdesk_bot.config.broken import Broken
from helpdesk_bot.config.document import Route
from helpdesk_bot.playbooks.format import Playbook, Step
from helpdesk_bot.playbooks.verify import ByPerson, Equal, LinkClosed
from helpdesk_bot.playbooks.words import fields_of, texts


def broken(playbook: Playbook) -> Iterator[Broken]:
    """Fields and comparisons that nothing fills, or fills too late."""
    yield from _keys(playbook)
    known = {asked.key for asked in playbook.inputs}
    numbers = {asked.key for asked in playbook.inputs if asked.type == "number"}
    for here, step in playbook.places():
        if step.evidence and step.evidence.key:
            known.add(step.evidence.key)
            if step.evidence.type == "number":
                numbers.add(step.evidence.key)
        yield from _unfilled(here, step, known)
        if isinstance(step.verify, Equal):
            for key in (step.verify.left, step.verify.right):
                if key not in numbers:
                    yield _untold((*here, "verify"), key, numbers)
    yield from _unfilled((), playbook, known)
    for at, success in enumerate(playbook.success):
        for side in (success.metric, success.equals):
            if isinstance(side, str) and side not in numbers:
                yield _untold(("success", at), side, numbers)


def _keys(playbook: Playbook) -> Iterator[Broken]:
    """A number may be told again, by a later step or on another branch; then it stays the same kind of thing."""
    inputs = {asked.key for asked in playbook.inputs}
    kinds: dict[str, str] = {}
    for here, step in playbook.places():
        if step.evidence and step.evidence.key:
            key, kind, route = step.evidence.key, step.evidence.type, (*here, "evidence", "key")
            if key in inputs:
                yield Broken(route, f"'{key}' is the key of an input", "Choose another for the evidence.")
            if kinds.setdefault(key, kind) != kind:
                yield Broken(route, f"'{key}' is a {kinds[key]} in a step above", "Choose another key.")


def _unfilled(here: Route, written: Playbook | Step, known: Set[str]) -> Iterator[Broken]:
    for route, text in _with_fields(written):
        for name in sorted(fields_of(text) - known):
            remedy = f"Use the key of an input, or of evidence of a step above: {_listed(known)}."
            yield Broken((*here, *route), f"has {{{name}}}, which nothing fills", remedy)


def _with_fields(written: Playbook | Step) -> Iterator[tuple[Route, str]]:
    """Of a step everything, of a playbook what stands outside its steps."""
    if isinstance(written, Step):
        yield from texts(written)
        if not isinstance(written.verify, ByPerson | Equal | LinkClosed):
            yield from _strings(written.verify, "verify")
    else:
        yield from ((route, text) for route, text in texts(written) if "steps" not in route)
        yield from _strings(written.value, "value")


def _strings(section: BaseModel, name: str) -> Iterator[tuple[Route, str]]:
    for key, value in section:
        if isinstance(value, str):
            yield (name, key), value


def _untold(route: Route, key: str, numbers: Set[str]) -> Broken:
    remedy = (
        f"Give this step or one above `evidence: {{type: number, key: …}}`; known are: {_listed(numbers)}."
    )
    return Broken(route, f"is about '{key}', a number that nobody has told", remedy)


def _listed(keys: Set[str]) -> str:
    return ", ".join(sorted(keys)) or "none"
