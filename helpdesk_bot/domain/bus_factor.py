"""What hangs on one person: when they are ill, on holiday or gone, nobody can take it over.

Pure. A share is reckoned over the questions of half a year, so that one busy week makes nobody look indispensable.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

LOOKS_BACK = timedelta(weeks=26)
SHARE = Fraction(4, 5)  # of the questions, by one person
FEWEST = 3  # questions; of fewer nobody can tell


class Kind(StrEnum):
    INITIATIVE = "initiative"
    TOPIC = "topic"
    ROOM = "room"


class Reason(StrEnum):
    SHARE = "share"  # nearly all questions went to one person
    SKILL = "skill"  # only one person says that they know it
    ALONE = "alone"  # one technician in the room
    NOBODY = "nobody"  # none


@dataclass(frozen=True, slots=True)
class Risk:
    """`key`: the initiative's number, the topic or the room. `person` has `tickets` of `of`; both are 0 unless the reason
    is their share."""

    kind: Kind
    reason: Reason
    key: str
    person: str | None = None
    tickets: int = 0
    of: int = 0


def initiatives(helped: Mapping[str, Mapping[str, int]], with_backup: Collection[str]) -> list[Risk]:
    """`helped`: per initiative who helped with how many questions. One with a backup helper hangs on nobody."""
    return [risk for risk in _by_share(Kind.INITIATIVE, helped) if risk.key not in with_backup]


def topics(helped: Mapping[str, Mapping[str, int]], skilled: Mapping[str, Collection[str]]) -> list[Risk]:
    """`skilled`: who says that they know a topic. Nobody is warned of a topic twice."""
    alone = {
        topic: Risk(Kind.TOPIC, Reason.SKILL, topic, next(iter(people)))
        for topic, people in skilled.items()
        if len(people) == 1
    }
    shares = {risk.key: risk for risk in _by_share(Kind.TOPIC, helped)}
    return [risk for _, risk in sorted((alone | shares).items())]


def rooms(technicians: Mapping[str, Collection[str]]) -> list[Risk]:
    """`technicians`: who helps in each team room."""
    risks = []
    for room, people in sorted(technicians.items()):
        if not people:
            risks.append(Risk(Kind.ROOM, Reason.NOBODY, room))
        elif len(people) == 1:
            risks.append(Risk(Kind.ROOM, Reason.ALONE, room, next(iter(people))))
    return risks


def _by_share(kind: Kind, helped: Mapping[str, Mapping[str, int]]) -> Iterator[Risk]:
    """The initiatives and topics with most questions first: there most is lost."""
    for key, people in sorted(helped.items(), key=lambda item: (-sum(item[1].values()), item[0])):
        total = sum(people.values())
        person, most = max(people.items(), key=lambda item: (item[1], item[0]))
        if total >= FEWEST and most >= SHARE * total:
            yield Risk(kind, Reason.SHARE, key, person, most, total)
