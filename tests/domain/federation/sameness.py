"""Worlds that differ only in what can't matter any more are the same: it is what makes trying all of them short."""

from functools import cache
from typing import NamedTuple

from helpdesk_bot.domain.federation.lending import IN_OVER, OUT_OVER
from tests.domain.federation import world
from tests.domain.federation.world import Has, Lend, Said, Side, Ticket


class Backup(NamedTuple):
    """What one side knew: who has the question, and of each lend its own."""

    of_origin: bool
    has: Has
    sides: tuple[Side | None, ...]


@cache
def normal(ticket: Ticket) -> Ticket:
    """Without what is over for both; and helpers are all alike."""
    of_peers: dict[int, list[Lend]] = {}
    for lend in ticket.lends:
        if not _is_over(lend):
            same, _ = slim(lend if lend.peer == 0 else lend._replace(peer=0), None)
            of_peers.setdefault(lend.peer, []).append(same)
    groups = sorted(map(tuple, of_peers.values()), key=order)
    lends = (
        lend._replace(peer=peer) if peer else lend for peer, group in enumerate(groups) for lend in group
    )
    return Ticket(ticket.has, tuple(lends))


@cache
def order(what: Ticket | tuple[Lend, ...]) -> str:
    """Any will do that is always the same."""
    return str(what)


@cache
def normal_with(ticket: Ticket, backup: Backup) -> tuple[Ticket, Backup]:
    """The same where one side may yet be put back, so that nothing is over and what it heard may be news again."""
    lends, sides = [], []
    for at, lend in enumerate(ticket.lends):
        side = backup.sides[at] if at < len(backup.sides) else None
        same, side = slim(lend, (backup.of_origin, side))
        lends.append(same)
        sides.append(side)
    return Ticket(ticket.has, tuple(lends)), Backup(backup.of_origin, backup.has, tuple(sides))


def _is_over(lend: Lend) -> bool:
    if lend.helper is None:
        there = lend.origin is None or all(said.word != "offer" for said in lend.said)
    else:
        there = lend.helper.state in IN_OVER
    return there and (lend.origin is None or lend.origin.state in OUT_OVER)


@cache
def slim(lend: Lend, backup: tuple[bool, Side | None] | None) -> tuple[Lend, Side | None]:
    """Without words that can't be news any more, and with versions counted from the lowest that still matters. `backup`: of
    which side there is one, and what that side knew."""
    peer, origin, helper, said, confirmed = lend
    of_origin, side = backup if backup is not None else (True, origin)
    at_origin = {origin, side} if of_origin else {origin}
    at_helper = {helper} if of_origin else {helper, side}
    said = frozenset(
        word
        for word in said
        if any(
            # Whoever does not know of it hears an offer first, and then all is news; the origin hears nothing.
            word.by_origin if known is None else world.hears(known, word) is not None
            for known in (at_helper if word.by_origin else at_origin)
        )
    )
    if origin is None or helper is None or side is None:  # whoever does not know of it begins with 0
        return Lend(peer, origin, helper, said, confirmed), side
    by_origin = min(origin.version, helper.seen, side.version if of_origin else side.seen)
    by_helper = min(helper.version, origin.seen, side.seen if of_origin else side.version)
    if not by_origin and not by_helper:
        return Lend(peer, origin, helper, said, confirmed), side
    said = frozenset(
        Said(word.by_origin, word.version - (by_origin if word.by_origin else by_helper), word.word)
        for word in said
    )
    origin, helper = _lower(origin, by_origin, by_helper), _lower(helper, by_helper, by_origin)
    side = _lower(side, by_origin, by_helper) if of_origin else _lower(side, by_helper, by_origin)
    return Lend(peer, origin, helper, said, confirmed), side


def _lower(side: Side, own: int, other: int) -> Side:
    return Side(side.state, side.version - own, side.seen - other)
