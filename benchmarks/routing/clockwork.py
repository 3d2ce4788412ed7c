"""Time that goes from one thing to the next."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

Step = Callable[[], None]


class Clockwork:
    """What is to happen, in order of its moment; of the same moment in the order in which it was said."""

    def __init__(self) -> None:
        self.now = datetime.min.replace(tzinfo=UTC)
        self._steps: list[tuple[datetime, int, Step]] = []
        self._places = count()

    def at(self, moment: datetime, step: Step) -> None:
        heapq.heappush(self._steps, (moment, next(self._places), step))

    def run(self) -> None:
        while self._steps:
            self.now, _, step = heapq.heappop(self._steps)
            step()
