"""How long to leave alone what has just failed."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import NamedTuple

FIRST = timedelta(seconds=30)
LONGEST = timedelta(hours=1)
# What one homeserver's being down makes fail: it is one question for all of its people, and it comes back some time.
OUTAGE = timedelta(minutes=5)
SHORTEST = timedelta(seconds=2)
# Things, of which many are named by strangers; one that is forgotten is only tried again too soon.
MOST = 10_000


class _Failure(NamedTuple):
    at: datetime
    pause: timedelta
    until: datetime


class Patience:
    """Per thing: doubles with each failure in a row, up to an hour if nothing else is said."""

    def __init__(self, clock: Callable[[], datetime], first: timedelta = FIRST) -> None:
        self._clock = clock
        self._first = first
        self._failures: dict[Hashable, _Failure] = {}

    def over(self, thing: Hashable) -> bool:
        last = self._failures.get(thing)
        return last is None or self._clock() >= last.until

    def failed(self, thing: Hashable, longest: timedelta = LONGEST) -> None:
        last = self._failures.pop(thing, None)
        pause = min(last.pause * 2, longest) if last else self._first
        now = self._clock()
        self._failures[thing] = _Failure(now, pause, now + pause)
        if len(self._failures) > MOST:
            del self._failures[next(iter(self._failures))]  # what failed longest ago

    def cut_short(self, thing: Hashable) -> None:
        """There is a reason to try again now, which a stranger may have made up: so not within a moment of the failure, and
        if it fails again the pause is as long as it would have been."""
        last = self._failures.get(thing)
        if last:
            self._failures[thing] = last._replace(until=min(last.until, last.at + SHORTEST))

    def forget(self, thing: Hashable) -> None:
        self._failures.pop(thing, None)
