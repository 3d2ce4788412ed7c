"""What has to be true of one playbook as a whole. Its form alone can't show it."""

from collections.abc import Iterator
from itertools import pairwise

from helpdesk_bot.config.broken import Broken
from helpdesk_bot.config.document import Route
from helpdesk_bot.playbooks.format import Input, Playbook, Source, Step
from helpdesk_bot.playbooks.names import PHASES, START
from helpdesk_bot.playbooks.verify import Equal
from helpdesk_bot.playbooks.words import NEEDED, fields_of

MOST_STEPS = 60
_ORDER = {phase: at for at, phase in enumerate(PHASES)}


def broken(playbook: Playbook) -> Iterator[Broken]:
    """Every rule that does not hold, with its place in the file."""
    yield from _phases(playbook)
    yield from _inputs(playbook)
    yield from _steps(playbook)
    yield from _no_circles(playbook)
    yield from _fields(playbook)
    yield from _numbers(playbook)
    yield from _irreversible(playbook)
    yield from _sources(playbook)


def _places(playbook: Playbook) -> Iterator[tuple[Route, Step]]:
    for number, phase in enumerate(playbook.phases):
        for at, step in enumerate(phase.steps):
            yield ("phases", number, "steps", at), step


def _phases(playbook: Playbook) -> Iterator[Broken]:
    for at, (one, next_one) in enumerate(pairwise(playbook.phases), 1):
        if _ORDER[one.id] >= _ORDER[next_one.id]:
            remedy = f"The order is {', '.join(PHASES)}; each is there once, or left out."
            yield Broken(("phases", at, "id"), f"comes after {one.id}", remedy)
    if len(playbook.steps) > MOST_STEPS:
        yield Broken(
            ("phases",),
            f"hold more than {MOST_STEPS} steps",
            "Make two playbooks, one of which requires the other.",
        )


def _inputs(playbook: Playbook) -> Iterator[Broken]:
    seen: set[str] = set()
    for at, asked in enumerate(playbook.inputs):
        here: Route = ("inputs", at)
        if asked.key in seen:
            yield Broken((*here, "key"), "is there twice", "Give each input a key of its own.")
        seen.add(asked.key)
        yield from _input(here, asked)


def _input(here: Route, asked: Input) -> Iterator[Broken]:
    if (asked.type == "choice") != bool(asked.choices):
        yield Broken(
            here, "has choices without being one, or the other way round", "`type: choice` needs `choices:`."
        )
    if asked.type != "number" and (asked.min is not None or asked.max is not None):
        yield Broken(here, "is no number, so it has no least or most", "Take out `min` and `max`.")
    if asked.min is not None and asked.max is not None and asked.min > asked.max:
        yield Broken((*here, "min"), "is more than `max`", "Turn them round.")


def _steps(playbook: Playbook) -> Iterator[Broken]:
    inputs = {asked.key: asked for asked in playbook.inputs}
    ids = [step.id for step in playbook.steps]
    for here, step in _places(playbook):
        if ids.count(step.id) > 1:
            yield Broken(
                (*here, "id"), f"'{step.id}' is there more than once", "Give each step a name of its own."
            )
        if step.id == START:
            yield Broken(
                (*here, "id"), f"can't be '{START}'", "That is the start of the run; choose another."
            )
        for at, needed in enumerate(step.needs):
            if needed not in ids:
                yield Broken(
                    (*here, "needs", at), f"'{needed}' is no step here", f"Known are: {', '.join(ids)}."
                )
        if step.due and step.due.after not in (START, *ids):
            yield Broken(
                (*here, "due", "after"), f"'{step.due.after}' is no step here", f"Use `{START}` or a step."
            )
        if step.when:
            yield from _when(here, step, inputs)
        if step.role in step.helps:
            yield Broken((*here, "helps"), "has the role that does the step", "Take that one out.")


def _when(here: Route, step: Step, inputs: dict[str, Input]) -> Iterator[Broken]:
    assert step.when is not None
    asked = inputs.get(step.when.input)
    value = step.when.is_
    if asked is None:
        yield Broken(
            (*here, "when", "input"), f"'{step.when.input}' is no input", f"Known are: {', '.join(inputs)}."
        )
        return
    possible = {
        "boolean": isinstance(value, bool),
        "number": isinstance(value, int) and not isinstance(value, bool),
        "choice": value in {choice.value for choice in asked.choices},
    }.get(asked.type, isinstance(value, str))
    if not possible:
        yield Broken((*here, "when", "is"), f"'{asked.key}' is never that", f"It is a {asked.type}.")


def _no_circles(playbook: Playbook) -> Iterator[Broken]:
    """A step that waits for itself, along whatever way, could never be done."""
    order = [step.id for step in playbook.steps]
    for here, step in _places(playbook):
        later = [name for name in step.needs if name in order and order.index(name) >= order.index(step.id)]
        for name in later:
            what = "itself" if name == step.id else f"'{name}', which comes later"
            yield Broken(
                (*here, "needs"), f"of '{step.id}' has {what}", "A step needs only what stands above it."
            )


def _fields(playbook: Playbook) -> Iterator[Broken]:
    """`{users}` in a text is an input, or a number that a step above has told."""
    known = {asked.key for asked in playbook.inputs} | set(_evidence(playbook))
    for route, text in texts(playbook):
        for name in sorted(fields_of(text) - known):
            remedy = (
                "Use the key of an input or of some evidence; known are: " + ", ".join(sorted(known)) + "."
            )
            yield Broken(route, f"has {{{name}}}, which nothing fills", remedy)


def _evidence(playbook: Playbook) -> dict[str, Step]:
    return {step.evidence.key: step for step in playbook.steps if step.evidence and step.evidence.key}


def _numbers(playbook: Playbook) -> Iterator[Broken]:
    told = {
        key for key, step in _evidence(playbook).items() if step.evidence and step.evidence.type == "number"
    }
    told |= {asked.key for asked in playbook.inputs if asked.type == "number"}
    remedy = (
        "Give a step `evidence: {type: number, key: …}`; known are: "
        + (", ".join(sorted(told)) or "none")
        + "."
    )
    for here, step in _places(playbook):
        if isinstance(step.verify, Equal):
            for side in (step.verify.left, step.verify.right):
                if side not in told:
                    yield Broken((*here, "verify"), f"compares '{side}', which nobody tells", remedy)
    for at, success in enumerate(playbook.success):
        missing = [
            side for side in (success.metric, success.equals) if isinstance(side, str) and side not in told
        ]
        for key in missing:
            yield Broken(("success", at), f"is about '{key}', which nobody tells", remedy)


def _irreversible(playbook: Playbook) -> Iterator[Broken]:
    for here, step in _places(playbook):
        if not step.irreversible:
            continue
        if not set(step.sign_off) - {step.role}:
            yield Broken(
                (*here, "sign_off"),
                "names nobody but who does the step",
                "Two people say yes: name another role.",
            )
        if step.rollback:
            yield Broken(
                (*here, "rollback"), "is there for a step without a way back", "Take one of the two out."
            )
        if not playbook.losses:
            yield Broken(
                ("losses",), "are empty, and yet something can't be undone", "Say what they lose for good."
            )


def _sources(playbook: Playbook) -> Iterator[Broken]:
    found: list[tuple[Route, Source]] = [
        (("sources", at), source) for at, source in enumerate(playbook.sources)
    ]
    found += [(("facts", at, "source"), fact.source) for at, fact in enumerate(playbook.facts)]
    for here, step in _places(playbook):
        found += [((*here, "facts", at, "source"), fact.source) for at, fact in enumerate(step.facts)]
    for route, source in found:
        if source.confidence != "unverified" and source.url is None:
            yield Broken(route, "has no address", "Add `url:`, or write `confidence: unverified`.")


def texts(playbook: Playbook) -> Iterator[tuple[Route, str]]:
    """Every text that the organisation reads, with its place, in every language."""
    yield from _texts(playbook.model_dump(by_alias=True, exclude={"facts", "sources", "inputs"}), ())
    for at, asked in enumerate(playbook.inputs):
        yield from _texts(
            {"label": asked.label, "choices": [c.model_dump() for c in asked.choices]}, ("inputs", at)
        )


def _texts(value: object, route: Route) -> Iterator[tuple[Route, str]]:
    if isinstance(value, dict):
        if set(NEEDED) <= set(value):
            yield from (((*route, language), text) for language, text in value.items())
            return
        for key, inner in value.items():
            if key != "facts":
                yield from _texts(inner, (*route, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _texts(inner, (*route, at))
