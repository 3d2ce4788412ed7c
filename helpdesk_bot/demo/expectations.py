"""What must have been seen for the demo to have gone well. Each is written down in words, whether it was met or not."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from helpdesk_bot.demo.listener import NotSeen

Found = TypeVar("Found")


class NotMet(Exception):
    """What should have happened did not: the rest of the chapter can't be told."""


@dataclass(frozen=True)
class Expectation:
    """`who` saw it (or did not) with their own client; None for what is counted over all clients.

    `seconds`: how long after the act before it.
    """

    chapter: str
    who: str | None
    what: str
    met: bool
    missing: str = ""
    seconds: float | None = None

    @property
    def verdict(self) -> str:
        """Whether it was met, in a sign and in words."""
        if self.who is None:
            return "✓ true" if self.met else "✗ NOT true"
        return f"✓ seen by {self.who}" if self.met else f"✗ NOT seen by {self.who}"


@dataclass
class Expectations:
    """The list. `told` hears of each at once."""

    told: Callable[[Expectation], None]
    chapter: str = ""
    all: list[Expectation] = field(default_factory=list)

    @property
    def met(self) -> bool:
        """Nothing that was expected was missed, and something was expected."""
        return bool(self.all) and all(expectation.met for expectation in self.all)

    @property
    def missed(self) -> list[Expectation]:
        return [expectation for expectation in self.all if not expectation.met]

    async def sees(
        self, who: str, what: str, waiting: Awaitable[Found], *, since: float | None = None
    ) -> Found:
        """Waits for what `who` should see. Raises NotMet when it does not come."""
        try:
            found = await waiting
        except NotSeen as error:
            self._write(Expectation(self.chapter, who, what, met=False, missing=str(error).splitlines()[0]))
            raise NotMet(what) from None
        seconds = None if since is None else asyncio.get_running_loop().time() - since
        self._write(Expectation(self.chapter, who, what, met=True, seconds=seconds))
        return found

    def holds(self, what: str, wrong: str) -> bool:
        """Something that must be so: met when nothing (`wrong` is empty) speaks against it."""
        self._write(Expectation(self.chapter, None, what, met=not wrong, missing=wrong))
        return not wrong

    def _write(self, expectation: Expectation) -> None:
        self.all.append(expectation)
        self.told(expectation)
