"""All that can happen next: what people do on both sides, and what becomes of what was said."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from helpdesk_bot.domain.federation.lending import (
    HELPER,
    ORIGIN,
    OUT_OVER,
    OUT_TALKS,
    In,
    InMove,
    Out,
    OutMove,
)
from tests.domain.federation.world import (
    Has,
    Ticket,
    arrives,
    moves_in,
    moves_out,
    offers,
    says_again,
    says_anew,
    taken,
)


@dataclass(frozen=True)
class Bounds:
    """How much is tried: `moves` of people in all; of each question `lends` at a time to one helper; whether comparisons of
    long ago arrive, each of which counts as a move; whether one side, of one question and one helper, is put back, once."""

    tickets: int = 1
    peers: int = 1
    moves: int = 6
    lends: int = 2
    old_comparisons: bool = False
    put_back: bool = False

    def __post_init__(self) -> None:
        assert not self.put_back or self.tickets == self.peers == 1


class Step(NamedTuple):
    """`moves`: how many of the moves that are tried it takes."""

    label: str
    moves: int
    after: Ticket


@cache
def steps_of(ticket: Ticket, bounds: Bounds) -> tuple[Step, ...]:
    """With one question; those that change nothing are left out."""
    return tuple(step for step in _steps_of(ticket, bounds) if step.after != ticket)


def _steps_of(ticket: Ticket, bounds: Bounds) -> Iterator[Step]:
    for at, lend in enumerate(ticket.lends):
        for said in sorted(lend.said):
            who = "helper" if said.by_origin else "origin"
            yield Step(
                f"lend {at}: {said.word} {said.version} comes to the {who}", 0, arrives(ticket, at, said)
            )
        for by_origin in (True, False):
            who = "origin" if by_origin else "helper"
            yield Step(f"lend {at}: the {who} compares", 0, ticket.having(at, says_again(lend, by_origin)))
            works = not by_origin and lend.helper is not None and lend.helper.state is In.WORKING
            if (works or bounds.old_comparisons) and (anew := says_anew(lend, by_origin)):
                yield Step(f"lend {at}: the {who} says how it is", 1, ticket.having(at, anew))
        yield from _moves_of_people(ticket, at)
    yield from _at_home(ticket, bounds)


def _moves_of_people(ticket: Ticket, at: int) -> Iterator[Step]:
    lend = ticket.lends[at]
    if lend.origin is not None:
        for move in (OutMove.WITHDRAW, OutMove.CLOSE, OutMove.REOPEN):
            if (Out(lend.origin.state), move) in ORIGIN:
                yield Step(f"lend {at}: {move} at the origin", 1, moves_out(ticket, at, move))
    if lend.helper is not None:
        for made in (InMove.ACCEPT, InMove.DECLINE, InMove.GIVE_BACK):
            if (In(lend.helper.state), made) in HELPER:
                yield Step(f"lend {at}: {made} at the helper", 1, ticket.having(at, moves_in(lend, made)))


def _at_home(ticket: Ticket, bounds: Bounds) -> Iterator[Step]:
    if ticket.has is Has.NOBODY:
        yield Step("claimed at home", 1, taken(ticket, Has.HOME))
        yield Step("closed at home", 1, taken(ticket, Has.CLOSED))
        for peer in _may_be_asked(ticket, bounds):
            yield Step(f"offered to helper {peer}", 1, offers(ticket, peer))
    elif ticket.has is Has.HOME:
        yield Step("released at home", 1, ticket._replace(has=Has.NOBODY))
        yield Step("closed at home", 1, ticket._replace(has=Has.CLOSED))
    elif ticket.has is Has.CLOSED and not any(
        lend.origin and lend.origin.state in OUT_TALKS for lend in ticket.lends
    ):
        yield Step("opened again at home", 1, ticket._replace(has=Has.NOBODY))


def _may_be_asked(ticket: Ticket, bounds: Bounds) -> Iterator[int]:
    """Whoever is not asked at this moment; of those who never were only the first, since they are all alike."""
    for peer in range(bounds.peers):
        lends = [lend for lend in ticket.lends if lend.peer == peer]
        going_on = [lend for lend in lends if lend.origin and lend.origin.state not in OUT_OVER]
        if len(lends) < bounds.lends and not going_on:
            yield peer
        if not lends:
            return
