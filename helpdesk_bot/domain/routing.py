"""Who is asked first, and why. Pure: the same values in, the same order out.

Each rule is one function that looks at a question and a candidate and returns points and a reason, or None when it
has nothing to say. A new rule is one function and one line in RULES; its reason is a text key `why.<reason>`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

FIRST_ASKED = 3  # never everyone at once


class Wave(IntEnum):
    """How widely a question has been offered. Each wave reaches more people than the one before."""

    NOBODY = 0
    PEOPLE = 1  # the best one to three of the team
    TEAM = 2  # the next three, and a word to the whole team room, which makes nobody's phone buzz
    STADSDEEL = 3  # also those who help in this stadsdeel and sit in another team
    CITY = 4  # the city's team room has it


@dataclass(frozen=True, slots=True)
class Question:
    """What is known of a question when it is routed. `helped_before`: who helped this requester last time."""

    stadsdeel: str | None
    language: str
    helped_before: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A technician as routing sees them. `open_load`: tickets they have in hand. `coordinator`: a technician only
    because coordinators sit in team rooms too."""

    user_id: str
    stadsdelen: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    open_load: int = 0
    coordinator: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One person to ask. `reason` names the rule that counted most."""

    user_id: str
    points: float
    reason: str


Rule = Callable[[Question, Candidate], tuple[float, str] | None]


def same_helper(question: Question, candidate: Candidate) -> tuple[float, str] | None:
    """People come back to a face they know."""
    return (40.0, "same_helper") if question.helped_before == candidate.user_id else None


def speaks(question: Question, candidate: Candidate) -> tuple[float, str] | None:
    """Counts for someone, never against: a person may well speak more languages than we have seen them write."""
    return (20.0, "language") if question.language in candidate.languages else None


def nearby(question: Question, candidate: Candidate) -> tuple[float, str] | None:
    return (10.0, "stadsdeel") if question.stadsdeel in candidate.stadsdelen else None


def has_room(_: Question, candidate: Candidate) -> tuple[float, str] | None:
    """Each ticket in hand weighs less than the one before, so that load never outweighs everything else."""
    return (15.0 / (1 + candidate.open_load), "load")


RULES: tuple[Rule, ...] = (same_helper, speaks, nearby, has_room)


def rank(question: Question, candidates: Iterable[Candidate], limit: int = FIRST_ASKED) -> list[Suggestion]:
    """The best candidates first, at most `limit`. Equal points: the smaller load, then the name, so it is stable.

    Coordinators are asked when nobody else is there, or when they helped before.
    """
    people = list(candidates)
    helpers = [c for c in people if not c.coordinator or c.user_id == question.helped_before]
    scored: list[tuple[Suggestion, int]] = []
    for candidate in helpers or people:
        said = [found for rule in RULES if (found := rule(question, candidate)) is not None]
        points = sum(score for score, _ in said)
        _, reason = max(said, key=lambda found: found[0])
        scored.append((Suggestion(candidate.user_id, points, reason), candidate.open_load))
    scored.sort(key=lambda pair: (-pair[0].points, pair[1], pair[0].user_id))
    return [suggestion for suggestion, _ in scored[:limit]]
