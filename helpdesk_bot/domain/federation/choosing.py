"""Which helpdesks are asked to take a question over: only those that say they can, a few at a time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

AT_ONCE = 3  # so what an offer costs does not grow with the number of helpdesks
ALIVE = timedelta(hours=24)  # a peer that was silent for longer is not asked


@dataclass(frozen=True, slots=True)
class Able:
    """What a peer said of itself last. `room`: how many more questions it would take. `heard_at` is aware. `answered` of
    `asked`: how many of our offers of the last weeks it took up."""

    peer: str
    languages: frozenset[str]
    topics: frozenset[str]
    room: int
    heard_at: datetime
    asked: int = 0
    answered: int = 0


def whom(
    able: Iterable[Able],
    *,
    language: str,
    topic: str | None,
    now: datetime,
    without: Collection[str] = (),
    most: int = AT_ONCE,
) -> list[str]:
    """The peers to ask, the best first. Who speaks the language and has room; then who knows the subject, took up more of what
    it was asked, and has more room. Equal ones by their address, so it is stable."""
    fit = [
        peer
        for peer in able
        if peer.peer not in without
        and peer.room > 0
        and language in peer.languages
        and now - peer.heard_at <= ALIVE
    ]
    fit.sort(key=lambda peer: (topic not in peer.topics, -_reliable(peer), -peer.room, peer.peer))
    return [peer.peer for peer in fit[:most]]


def _reliable(peer: Able) -> float:
    """Between 0 and 1; whoever was never asked stands in the middle."""
    return (peer.answered + 1) / (peer.asked + 2)
