"""How a run goes: how often the bot is killed, where, and how much there is to do meanwhile."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from helpdesk_bot.boundaries import WHILE_RUNNING

# How often a boundary is passed before it kills, at most: rare ones must come in a round.
_MOST_PASSAGES = {
    "timer.written": 1,
    "inbox.committed": 6,
    "sync.received": 8,
    "keys.stored": 8,
    "file.uploaded": 2,
    "outside.made": 1,
    "outside.sent": 1,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """`pace` is the pause between two messages of one person, in seconds; nobody begins anything new while `most_under_way`
    messages have not arrived.
    """

    rounds: int
    boundaries: Sequence[str] = WHILE_RUNNING
    random_moments: bool = True  # every second round ends at one
    most_passages: int = 20
    slow: bool = True  # also what takes half a minute: somebody sleeps, a service is out of order
    pace: float = 1.5
    most_under_way: int = 60
    seconds_per_round: float = 2.0  # at most, to a random moment
    most_seconds: float = 3_600.0  # no new round after so long

    def places(self) -> Iterator[str | None]:
        """Where the bot is killed, one round after the other; None is a random moment."""
        others: tuple[None, ...] = (None,) if self.random_moments else ()
        return islice(cycle(place for at in self.boundaries for place in (*others, at)), self.rounds)

    def passages(self, boundary: str, rng: random.Random) -> int:
        """The passage of this boundary that kills."""
        return rng.randint(1, min(_MOST_PASSAGES.get(boundary, self.most_passages), self.most_passages))
