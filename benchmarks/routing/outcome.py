"""What happened to a stream of questions, and whether that was as promised; counted plainly, from the record alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.routing.town import OFFICE, Asked, Helper, Town
from helpdesk_bot.domain.routing import Wave


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody took a question, had it in hand until `done`, and was asked in this wave; or in none."""

    helper: str
    at: datetime
    done: datetime
    wave: Wave


@dataclass
class Outcome:
    """The record. `asked`: everybody who was asked by name, in groups that were asked at once: when, and with how many
    people there are in that team."""

    questions: Sequence[Asked]
    taken: dict[int, Taken] = field(default_factory=dict)
    asked: list[tuple[datetime, tuple[str, ...], int]] = field(default_factory=list)
    escalated: dict[int, datetime] = field(default_factory=dict)
    volunteers: frozenset[str] = frozenset()

    def take(self, asked: Asked, helper: Helper, at: datetime, wave: Wave = Wave.NOBODY) -> datetime:
        """Returns when it will be done."""
        done = at + asked.takes
        self.taken[asked.number] = Taken(helper.user_id, at, done, wave)
        if not helper.paid:
            self.volunteers |= {helper.user_id}
        return done

    def loads(self, town: Town) -> list[int]:
        counts = Counter(taken.helper for taken in self.taken.values())
        return [counts[helper.user_id] for helper in town.helpers]

    def matched(self, town: Town) -> float:
        """The part that was done by somebody who said that they know the subject."""
        good = sum(
            self.questions[number].topic in town.known[taken.helper].skills
            for number, taken in self.taken.items()
        )
        return good / len(self.taken)

    def caps_broken(self, town: Town) -> int:
        """How often somebody was asked for one more, or got one, while they had as many as they wanted."""
        of: dict[str, list[Taken]] = defaultdict(list)
        for taken in self.taken.values():
            of[taken.helper].append(taken)

        def full(user: str, at: datetime) -> bool:
            return sum(taken.at < at < taken.done for taken in of[user]) >= town.known[user].most_open

        asked = sum(full(user, at) for at, people, _ in self.asked for user in people)
        return asked + sum(full(taken.helper, taken.at) for taken in self.taken.values())

    @property
    def pings(self) -> int:
        return sum(len(people) for _, people, _ in self.asked)

    def disturbed(self, town: Town) -> int:
        return sum(town.known[user].rests(at) for at, people, _ in self.asked for user in people)

    def most_at_once(self) -> int:
        return max((len(people) for _, people, _ in self.asked), default=0)

    @property
    def whole_teams(self) -> int:
        return sum(1 < members <= len(people) for _, people, members in self.asked)

    def late(self) -> int:
        return sum(1 for _ in self._late())

    def _late(self) -> Iterable[Asked]:
        for asked in self.questions:
            taken = self.taken.get(asked.number)
            if taken is None or taken.at > asked.due():
                yield asked

    def forgotten(self) -> int:
        """Past their target, without an owner, and nobody was told by then."""
        return sum(
            self.escalated.get(asked.number) is None or self.escalated[asked.number] > asked.due()
            for asked in self._late()
        )

    def waited(self) -> list[float]:
        """Hours in which the helpdesk was open until each had somebody, in order."""
        return sorted(
            OFFICE.between(self.questions[number].at, taken.at) / timedelta(hours=1)
            for number, taken in self.taken.items()
        )

    def waves(self) -> dict[str, float]:
        """Percentages."""
        counts = Counter(taken.wave for taken in self.taken.values())
        return {wave.name: 100 * counts[wave] / len(self.taken) for wave in Wave}

    @property
    def volunteered(self) -> float:
        """Percentage."""
        return 100 * sum(taken.helper in self.volunteers for taken in self.taken.values()) / len(self.taken)


def gini(loads: Sequence[int]) -> float:
    """0 when everybody has as much, nearly 1 when one has everything."""
    ordered, total = sorted(loads), sum(loads)
    if not total:
        return 0.0
    ranked = sum(place * load for place, load in enumerate(ordered, start=1))
    return 2 * ranked / (len(ordered) * total) - (len(ordered) + 1) / len(ordered)
