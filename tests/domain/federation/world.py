"""Helpdesks that lend each other questions, as a value: one origin, and the helpers that it may ask.

The network is all that was ever said: each word may be delivered at any time, any number of times, or never. A crash loses
nothing that was committed, so it is no step of its own: what it keeps from leaving is a word that is never delivered.
"""

from enum import StrEnum
from functools import cache
from typing import NamedTuple

from helpdesk_bot.domain.federation import comparing, lending
from helpdesk_bot.domain.federation.comparing import Known, nothing_known
from helpdesk_bot.domain.federation.lending import (
    IN_FOLLOWS,
    OUT_FOLLOWS,
    SAID_BY_HELPER,
    SAID_BY_ORIGIN,
    In,
    InMove,
    Out,
    OutMove,
    after_in,
    after_out,
    heard_by_helper,
    word_of,
)


class Has(StrEnum):
    """Who has a question, as the origin knows it."""

    NOBODY = "nobody"
    HOME = "home"
    LENT = "lent"
    CLOSED = "closed"


class Side(NamedTuple):
    """What one side knows of a lend."""

    state: Out | In
    version: int
    seen: int


class Said(NamedTuple):
    by_origin: bool
    version: int
    word: str


class Lend(NamedTuple):
    """`origin` and `helper` are None where it is not known (any more). `confirmed`: whether it ever was."""

    peer: int
    origin: Side | None = None
    helper: Side | None = None
    said: frozenset[Said] = frozenset()
    confirmed: bool = False

    def knows(self, origin: Side | None, helper: Side | None, *said: Said) -> "Lend":
        """What the two know from now on, and what is said besides."""
        confirmed = self.confirmed or (origin is not None and origin.state is Out.CONFIRMED)
        return Lend(self.peer, origin, helper, self.said.union(said) if said else self.said, confirmed)


class Ticket(NamedTuple):
    has: Has = Has.NOBODY
    lends: tuple[Lend, ...] = ()

    def having(self, at: int, lend: Lend) -> "Ticket":
        return Ticket(self.has, (*self.lends[:at], lend, *self.lends[at + 1 :]))


def offers(ticket: Ticket, peer: int) -> Ticket:
    lend = Lend(peer).knows(Side(Out.OFFERED, 1, 0), None, Said(True, 1, SAID_BY_ORIGIN[Out.OFFERED]))
    return Ticket(ticket.has, (*ticket.lends, lend))


def moves_out(ticket: Ticket, at: int, move: OutMove) -> Ticket:
    """At the origin: one lend comes into another state, and what follows for the question and for whoever else was asked."""
    lend = ticket.lends[at]
    assert lend.origin is not None
    before, version, seen = lend.origin
    after = after_out(Out(before), move)
    if move in OUT_FOLLOWS:
        lend = lend.knows(Side(after, version, seen), lend.helper)
    else:
        said = Said(True, version + 1, SAID_BY_ORIGIN[after])
        lend = lend.knows(Side(after, version + 1, seen), lend.helper, said)
    ticket = ticket.having(at, lend)
    if after is Out.CONFIRMED:
        return taken(ticket, Has.LENT)
    if after is Out.CLOSED:
        return Ticket(Has.CLOSED, ticket.lends)
    if before is Out.CONFIRMED or (before is Out.CLOSED and move is OutMove.WITHDRAW):
        return Ticket(Has.NOBODY, ticket.lends)
    return ticket


def taken(ticket: Ticket, has: Has) -> Ticket:
    """It is not looked for any more: whoever else was asked need not answer."""
    for at, lend in enumerate(ticket.lends):
        if lend.origin is not None and lend.origin.state is Out.OFFERED:
            ticket = moves_out(ticket, at, OutMove.WITHDRAW)
    return Ticket(has, ticket.lends)


def moves_in(lend: Lend, move: InMove) -> Lend:
    assert lend.helper is not None
    before, version, seen = lend.helper
    after = after_in(In(before), move)
    if move in IN_FOLLOWS:
        return lend.knows(lend.origin, Side(after, version, seen))
    said = Said(False, version + 1, SAID_BY_HELPER[after])
    return lend.knows(lend.origin, Side(after, version + 1, seen), said)


def says_anew(lend: Lend, by_origin: bool) -> Lend | None:
    """How it is with this side, with a new version. None when it does not know of the lend, or has no word for it yet."""
    side = lend.origin if by_origin else lend.helper
    word = word_of(side.state) if side is not None else None
    if side is None or word is None:
        return None
    side = Side(side.state, side.version + 1, side.seen)
    said = Said(by_origin, side.version, word)
    return lend.knows(side, lend.helper, said) if by_origin else lend.knows(lend.origin, side, said)


def hears(side: Side, said: Said) -> Side | None:
    """None for what is no news."""
    return Side(side.state, side.version, said.version) if said.version > side.seen else None


def arrives(ticket: Ticket, at: int, said: Said) -> Ticket:
    return _at_helper(ticket, at, said) if said.by_origin else _at_origin(ticket, at, said)


def _at_helper(ticket: Ticket, at: int, said: Said) -> Ticket:
    lend = ticket.lends[at]
    if lend.helper is None:
        if said.word == SAID_BY_ORIGIN[Out.OFFERED]:
            return ticket.having(at, lend.knows(lend.origin, Side(In.OFFERED, 0, said.version)))
        return ticket  # not known here, which comparing will show
    side = hears(lend.helper, said)
    if side is None:
        return ticket
    lend = lend.knows(lend.origin, side)
    move = heard_by_helper(In(side.state), said.word)
    return ticket.having(at, lend if move is None else moves_in(lend, move))


def _at_origin(ticket: Ticket, at: int, said: Said) -> Ticket:
    lend = ticket.lends[at]
    side = hears(lend.origin, said) if lend.origin is not None else None
    if side is None:
        return ticket
    ticket = ticket.having(at, lend.knows(side, lend.helper))
    move = lending.heard_by_origin(Out(side.state), said.word, free=ticket.has is Has.NOBODY)
    return ticket if move is None else moves_out(ticket, at, move)


def says_again(lend: Lend, by_origin: bool) -> Lend:
    """One side hears what the other knows now, and says what that one lacks."""
    origin, helper = lend.origin, lend.helper
    mine, theirs = (origin, helper) if by_origin else (helper, origin)
    if mine is None and theirs is None:
        return lend
    version, word = lacks(mine, theirs, by_origin)
    side = mine and Side(mine.state, version, mine.seen)
    said = [Said(by_origin, version, word)] if word is not None else []
    return lend.knows(side, helper, *said) if by_origin else lend.knows(origin, side, *said)


@cache
def lacks(mine: Side | None, theirs: Side | None, by_origin: bool) -> tuple[int, str | None]:
    """The version that this side's state has from now on, and the word for it if it is said. `by_origin` tells apart what
    would be equal here: a state of the origin and one of the helper that have the same name."""
    known = Known(mine.state, mine.version, mine.seen) if mine is not None else None
    told = Known(theirs.state, theirs.version, theirs.seen) if theirs is not None else None
    if known is None:
        assert told is not None
        known = nothing_known(told)
    again = comparing.compare(known, told if told is not None else nothing_known(known))
    return again.version, word_of(known.state) if again.state else None
