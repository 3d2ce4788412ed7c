"""Every way in which a playbook can go: which answers at the start leave which steps out, by the playbook's own rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from helpdesk_bot.playbooks.format import Input, Playbook
from helpdesk_bot.playbooks.plan import Answer, plan_of

LANGUAGES = ("nl", "en")


@dataclass(frozen=True, slots=True)
class Branch:
    """One set of steps, and answers to the inputs that give it."""

    steps: frozenset[str]
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Trip:
    """A branch, walked in one language."""

    branch: Branch
    language: str

    @property
    def read(self) -> frozenset[tuple[str, str]]:
        """Each of its steps, with the language in which people read it."""
        return frozenset((step, self.language) for step in self.branch.steps)


def branches(playbook: Playbook) -> list[Branch]:
    """Every set of steps that there can be, once. What no step depends on is answered as anybody would."""
    deciding: dict[str, list[Answer]] = {}
    for step in playbook.steps:
        if step.when is not None:
            deciding.setdefault(step.when.input, []).append(step.when.is_)
    asked = {one.key: one for one in playbook.inputs}
    choices = [_answers(asked[key], wanted) for key, wanted in deciding.items()]
    found: dict[frozenset[str], Branch] = {}
    for turn, given in enumerate(product(*choices)):
        decided = {key: answer for key, answer in zip(deciding, given, strict=True) if answer is not None}
        rest = {key: input_of(one, turn) for key, one in asked.items() if key not in deciding}
        branch = Branch(frozenset(step.id for step in plan_of(playbook, decided)), rest | decided)
        found.setdefault(branch.steps, branch)
    return list(found.values())


def _answers(asked: Input, wanted: Iterable[Answer]) -> Iterator[Answer | None]:
    """Answers among which all are that make a difference; None for no answer."""
    if asked.type == "boolean":
        yield from (True, False)
    elif asked.type == "choice":
        yield from (choice.value for choice in asked.choices)
    else:
        yield from dict.fromkeys([*wanted, input_of(asked, 0)])
    if not asked.required:
        yield None


def trips(playbook: Playbook) -> list[Trip]:
    """Every branch at least once, and every step in every language, the longest first. Which language a branch is walked in is
    whichever has more steps that nobody has read in it."""
    found: list[Trip] = []
    read: set[tuple[str, str]] = set()
    every = sorted(branches(playbook), key=lambda branch: -len(branch.steps))
    for branch in every:
        found.append(_most_unread([branch], read, found))
        read |= found[-1].read
    while not all(trip.read <= read for trip in _possible(every)):
        found.append(_most_unread(every, read, found))
        read |= found[-1].read
    return found


def _possible(among: Sequence[Branch]) -> list[Trip]:
    return [Trip(branch, language) for branch in among for language in LANGUAGES]


def _most_unread(among: Sequence[Branch], read: set[tuple[str, str]], before: Sequence[Trip]) -> Trip:
    """Of languages that are as good as each other the one that was spoken less."""
    spoken = [trip.language for trip in before]
    return max(_possible(among), key=lambda trip: (len(trip.read - read), -spoken.count(trip.language)))


def input_of(one: Input, turn: int) -> Answer:
    """An answer to what is asked at the start; `turn` chooses among what there is to choose."""
    match one.type:
        case "number":
            return min(max(7, one.min or 0), one.max or 7)
        case "boolean":
            return turn % 2 == 0
        case "choice":
            return one.choices[turn % len(one.choices)].value
        case "date":
            return "2027-05-01"
        case "url":
            return "https://cloud.example.org"
        case _:
            return "cloud.example.org"
