"""What the phones of people on duty got outside Matrix, and whether what is promised of that holds.

A call leaves at least once. It comes again only because the helpdesk died and can't know, with another link; each link
works, and once somebody comes none has a button any more. Whoever need not come hears so where they were called.
"""

import time
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from aiohttp import web
from typing_extensions import override

from benchmarks.chaos.ledger import Emergency, Verdict
from benchmarks.chaos.messages import TOKEN
from helpdesk_bot.demo.phones import Phones, link_in

YOURS = "is van jou"
_TAKEN = "is opgepakt door"
# A start takes longer, so what comes sooner was still sent by the process before.
_STARTING = 0.5  # seconds
_LATE = 60.0  # seconds after which the next one must have been called for somebody who is silent


@dataclass(frozen=True, slots=True)
class Message:
    """One text message. `start`: which start of the helpdesk sent it."""

    who: str
    words: str
    number: int
    link: str | None
    start: int

    @property
    def is_end(self) -> bool:
        """'You need not come': the other kind of message is a call."""
        return "hoeft niet meer" in self.words


@dataclass
class Gateway(Phones):
    """Takes what leaves. `starts`: the moments at which the helpdesk was started; `refuses` decides about each message
    whether the service is out of order just then."""

    starts: list[float] = field(default_factory=list)
    refuses: Callable[[], bool] = lambda: False
    on_message: Callable[[Message], None] = lambda _: None
    messages: list[Message] = field(default_factory=list)
    _refused: set[tuple[str, str]] = field(default_factory=set)

    @override
    async def take(self, request: web.Request) -> web.Response:
        who, words = request.match_info["who"], str((await request.json())["message"])
        about = who, words.partition(",")[0]
        if about not in self._refused and self.refuses():
            self._refused.add(about)  # once: the second try gets through
            return web.Response(status=503)
        number = int("".join(filter(str.isdigit, about[1])))
        message = Message(
            who, words, number, link_in(words), bisect(self.starts, time.perf_counter() - _STARTING)
        )
        self.messages.append(message)
        self.on_message(message)
        return web.Response()


class Way(StrEnum):
    """What somebody does whose phone rings."""

    COMES = "comes"
    DECLINES = "declines"
    SLEEPS = "sleeps"


@dataclass
class Phone:
    """What one person did about one emergency. Moments are of `time.perf_counter`."""

    way: Way | None = None
    silent_since: float | None = None
    declined: bool = False
    shown: str | None = None  # by the page behind their link, after they had pressed the button

    @property
    def accepted(self) -> bool:
        return self.shown is not None and YOURS in self.shown


@dataclass
class Duties:
    """`order`: who is called, one after the other."""

    order: tuple[str, ...]
    gateway: Gateway
    did: defaultdict[tuple[str, int], Phone] = field(default_factory=lambda: defaultdict(Phone))
    pages: dict[str, str] = field(default_factory=dict)  # what each link showed in the end

    def judge(self, emergencies: Iterable[Emergency], verdict: Verdict) -> None:
        """Adds what is wrong to the verdict, as if now were the end."""
        got: dict[tuple[str, int], list[Message]] = defaultdict(list)
        for message in self.gateway.messages:
            got[message.who, message.number].append(message)
        for emergency in emergencies:
            verdict.lost += self._never_told(emergency, got)
        for (who, number), messages in got.items():
            verdict.duplicated += _again(f"{who}'s phone about question {number}", messages)
        links = [message.link for message in self.gateway.messages if message.link]
        if len(links) != len(set(links)):
            verdict.duplicated.append("a link was given out twice")
        verdict.leaked += [
            f"{message.who}'s phone got {message.words!r}"
            for message in self.gateway.messages
            if TOKEN.search(message.words)
        ]

    def _never_told(self, emergency: Emergency, got: dict[tuple[str, int], list[Message]]) -> Iterator[str]:
        number, came = emergency.number, emergency.came
        called = [who for who in self.order if any(not message.is_end for message in got[who, number])]
        if not called:
            yield f"nobody's phone rang for question {number}"
        for who, after in zip(self.order, self.order[1:], strict=False):
            did = self.did[who, number]
            late = did.silent_since is not None and time.perf_counter() - did.silent_since > _LATE
            if (did.declined or late) and came is None and after not in called:
                yield f"{who} does not come for question {number}, and {after} was never called"
        for who in called:
            did = self.did[who, number]
            if did.shown is not None and YOURS not in did.shown and _TAKEN not in did.shown:
                yield f"{who} comes for question {number}, and the link shows {did.shown[-300:]!r}"
            if did.accepted and came != who:
                yield f"{who} comes for question {number}, and the requester was told of {came}"
            if who == came or came is None or did.declined:
                continue
            if not got[who, number][-1].is_end:
                yield f"{who} was never told not to come for question {number}"
        yield from self._wrong_pages(emergency)

    def _wrong_pages(self, emergency: Emergency) -> Iterator[str]:
        for message in self.gateway.messages:
            page = self.pages.get(message.link or "")
            if page is None or message.number != emergency.number or emergency.came is None:
                continue
            if "<button" in page or (YOURS in page) != (message.who == emergency.came):
                yield f"a link of {message.who} for question {message.number} shows {page[-300:]!r}"


def _again(where: str, messages: list[Message]) -> Iterator[str]:
    seen = set[tuple[bool, int]]()
    for message in messages:
        if (message.is_end, message.start) in seen:
            yield f"{where}: {message.words!r} came again, and the helpdesk had not died"
        seen.add((message.is_end, message.start))
