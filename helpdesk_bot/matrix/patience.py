"""How long to leave alone what has just failed."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

FIRST = timedelta(seconds=30)
LONGEST = timedelta(hours=1)
# Things, of which many are named by strangers; one that is forgotten is only tried again too soon.
MOST = 10_000


class Patience:
    """Per thing: doubles with each failure in a row, up to an hour."""

    def __init__(self, clock: Callable[[], datetime], first: timedelta = FIRST) -> None:
        self._clock = clock
        self._first = first
        self._until: dict[Hashable, tuple[datetime, timedelta]] = {}

    def over(self, thing: Hashable) -> bool:
        known = self._until.get(thing)
        return known is None or self._clock() >= known[0]

    def failed(self, thing: Hashable) -> None:
        known = self._until.pop(thing, None)
        pause = min(known[1] * 2, LONGEST) if known else self._first
        self._until[thing] = (self._clock() + pause, pause)
        if len(self._until) > MOST:
            del self._until[next(iter(self._until))]  # what failed longest ago

    def forget(self, thing: Hashable) -> None:
        self._until.pop(thing, None)
