"""What has to be true of one playbook as a whole. Its form alone can't show it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from helpdesk_bot.config.broken import Broken
from helpdesk_bot.config.document import Route
from helpdesk_bot.playbooks import filling
from helpdesk_bot.playbooks.format import Choice, Input, Playbook, Source, When
from helpdesk_bot.playbooks.names import PHASES, START
from helpdesk_bot.playbooks.words import TO_WRITE, texts

MOST_STEPS = 60
_UNWRITTEN = "is still to be written"
_ORDER = {phase: at for at, phase in enumerate(PHASES)}


def broken(playbook: Playbook) -> Iterator[Broken]:
    """Every rule that does not hold, with its place in the file."""
    yield from _phases(playbook)
    yield from _inputs(playbook)
    yield from _steps(playbook)
    yield from _ways_back(playbook)
    yield from _irreversible(playbook)
    yield from _cutover(playbook)
    yield from filling.broken(playbook)
    yield from _sources(playbook)


def unwritten(playbook: Playbook) -> Iterator[Broken]:
    """Texts that somebody has still to write: the rest may be looked at, and none of it be used."""
    for route, text in texts(playbook):
        if text.startswith(TO_WRITE):
            yield Broken(route, _UNWRITTEN, f"Write it in place of '{TO_WRITE}'.")
    for route, source in _all_sources(playbook):
        if source.url and TO_WRITE in source.url:
            yield Broken((*route, "url"), _UNWRITTEN, "Say where it stands, or take the line out.")


def _phases(playbook: Playbook) -> Iterator[Broken]:
    for at, (one, next_one) in enumerate(pairwise(playbook.phases), 1):
        if _ORDER[one.id] >= _ORDER[next_one.id]:
            remedy = f"The order is {', '.join(PHASES)}; each is there once, or left out."
            yield Broken(("phases", at, "id"), f"comes after {one.id}", remedy)
    if len(playbook.steps) > MOST_STEPS:
        remedy = "Make two playbooks, one of which requires the other."
        yield Broken(("phases",), f"hold more than {MOST_STEPS} steps", remedy)


def _inputs(playbook: Playbook) -> Iterator[Broken]:
    seen: set[str] = set()
    for at, asked in enumerate(playbook.inputs):
        here: Route = ("inputs", at)
        if asked.key in seen:
            yield Broken((*here, "key"), "is there twice", "Give each input a key of its own.")
        seen.add(asked.key)
        yield from _choices(here, asked.type, asked.choices)
        if asked.type != "number" and (asked.min is not None or asked.max is not None):
            yield Broken(here, "is no number, so it has no least or most", "Take out `min` and `max`.")
        if asked.min is not None and asked.max is not None and asked.min > asked.max:
            yield Broken((*here, "min"), "is more than `max`", "Turn them round.")


def _choices(here: Route, kind: str, choices: Sequence[Choice]) -> Iterator[Broken]:
    if (kind == "choice") != bool(choices):
        what = "has choices without being one, or the other way round"
        yield Broken(here, what, "`type: choice` needs `choices:`.")
    for value, count in Counter(choice.value for choice in choices).items():
        if count > 1:
            yield Broken((*here, "choices"), f"hold '{value}' twice", "Give each choice a value of its own.")


def _steps(playbook: Playbook) -> Iterator[Broken]:
    inputs = {asked.key: asked for asked in playbook.inputs}
    ids = [step.id for step in playbook.steps]
    for number, (here, step) in enumerate(playbook.places()):
        if step.id in ids[:number]:
            yield Broken((*here, "id"), f"'{step.id}' is there already", "Give each step a name of its own.")
        if step.id == START:
            remedy = "That is the start of the run; choose another."
            yield Broken((*here, "id"), f"can't be '{START}'", remedy)
        for at, needed in enumerate(step.needs):
            yield from _above((*here, "needs", at), needed, ids, number)
        if step.due and step.due.after != START:
            yield from _above((*here, "due", "after"), step.due.after, ids, number)
        if step.when:
            yield from _when((*here, "when"), step.when, inputs)
        if step.role in step.helps:
            yield Broken((*here, "helps"), "has the role that does the step", "Take that one out.")
        if step.evidence:
            yield from _choices((*here, "evidence"), step.evidence.type, step.evidence.choices)


def _above(route: Route, named: str, ids: Sequence[str], number: int) -> Iterator[Broken]:
    """A step counts on what stands above it only. So none waits for itself, along whatever way."""
    if named not in ids:
        yield Broken(route, f"'{named}' is no step here", f"Known are: {', '.join(ids)}.")
    elif named not in ids[:number]:
        what = "is the step itself" if named == ids[number] else f"'{named}' comes later"
        yield Broken(route, what, "Name a step that stands above, or change the order.")


def _when(here: Route, when: When, inputs: dict[str, Input]) -> Iterator[Broken]:
    asked = inputs.get(when.input)
    if asked is None:
        remedy = f"Known are: {', '.join(inputs) or 'none'}."
        yield Broken((*here, "input"), f"'{when.input}' is no input here", remedy)
        return
    possible = {
        "boolean": isinstance(when.is_, bool),
        "number": isinstance(when.is_, int) and not isinstance(when.is_, bool),
        "choice": when.is_ in {choice.value for choice in asked.choices},
    }.get(asked.type, isinstance(when.is_, str))
    if not possible:
        yield Broken((*here, "is"), f"'{asked.key}' is never that", f"It is a {asked.type}.")


def _ways_back(playbook: Playbook) -> Iterator[Broken]:
    phases = [phase.id for phase in playbook.phases]
    for here, step in playbook.places():
        until = step.rollback.until if step.rollback else None
        if until and until not in phases[int(here[1]) :]:
            remedy = "Name the phase of the step, or one after it."
            yield Broken((*here, "rollback", "until"), f"'{until}' is not to come", remedy)


def _irreversible(playbook: Playbook) -> Iterator[Broken]:
    for here, step in playbook.places():
        if not step.irreversible:
            if step.sign_off:
                remedy = (
                    "Write `irreversible: true`, or take it out: who decides on the cutover is asked anyway."
                )
                yield Broken((*here, "sign_off"), "is never asked of a step that can be undone", remedy)
            continue
        if not set(step.sign_off) - {step.role}:
            remedy = "Two people say yes: name another role."
            yield Broken((*here, "sign_off"), "names nobody but who does the step", remedy)
        if step.rollback:
            remedy = "Take one of the two out."
            yield Broken((*here, "rollback"), "is there for a step without a way back", remedy)
    if not playbook.losses and any(step.irreversible for step in playbook.steps):
        remedy = "Say what they lose for good."
        yield Broken(("losses",), "are empty, and yet something can't be undone", remedy)


def _cutover(playbook: Playbook) -> Iterator[Broken]:
    if playbook.cutover and playbook.cutover.decides == "technician":
        remedy = "Name the initiative or the trainer: technicians differ from step to step."
        yield Broken(("cutover", "decides"), "is nobody in particular", remedy)


def _all_sources(playbook: Playbook) -> list[tuple[Route, Source]]:
    found: list[tuple[Route, Source]] = [
        *((("sources", at), source) for at, source in enumerate(playbook.sources)),
        *((("facts", at, "source"), fact.source) for at, fact in enumerate(playbook.facts)),
    ]
    for here, step in playbook.places():
        found += [((*here, "facts", at, "source"), fact.source) for at, fact in enumerate(step.facts)]
    return found


def _sources(playbook: Playbook) -> Iterator[Broken]:
    for route, source in _all_sources(playbook):
        if source.confidence != "unverified" and source.url is None:
            yield Broken(route, "has no address", "Add `url:`, or write `confidence: unverified`.")
