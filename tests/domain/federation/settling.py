"""What must hold in every world, and what must come of it when people do nothing more and the two sides compare."""

from functools import cache

from helpdesk_bot.domain.federation.lending import IN_OVER, IN_TALKS, OUT_TALKS, In, Out, agree
from tests.domain.federation.world import Has, Lend, Side, Ticket, arrives, says_again

MOST_ROUNDS = 5  # of comparing
# Who compares (the origin: True), at the same moment, and whose words arrive first; and then the next.
BY_TURNS = (((True, False),), ((False, True),), ((True,), (False,)))


class Wrong(Exception):
    """What must hold does not."""


def check(ticket: Ticket, *, put_back: bool) -> None:
    """`put_back`: whether a side was. Raises Wrong."""
    holds(ticket)
    if not put_back:
        _needs_no_comparing(ticket)
    for turns in BY_TURNS:
        settle(_silent(ticket), turns)


def _needs_no_comparing(ticket: Ticket) -> None:
    """Whoever heard the newest means the same."""
    for lend in ticket.lends:
        out, in_ = lend.origin, lend.helper
        if out and in_ and (out.version, out.seen) == (in_.seen, in_.version) and not _agree(lend):
            raise Wrong(f"both heard the newest: the origin means {out.state}, and the helper {in_.state}")


def _agree(lend: Lend) -> bool:
    """Who does not know of it has it over."""
    out = Out(lend.origin.state) if lend.origin is not None else Out.WITHDRAWN
    in_ = In(lend.helper.state) if lend.helper is not None else In.RETURNED
    return agree(out, in_)


def holds(ticket: Ticket) -> None:
    """A question is never lost: somebody at home has it or can take it, or one helpdesk was confirmed."""
    states = [lend.origin.state for lend in ticket.lends if lend.origin is not None]
    confirmed, closed = states.count(Out.CONFIRMED), states.count(Out.CLOSED)
    if confirmed > 1:
        raise Wrong("two helpdesks were confirmed")
    if confirmed != (ticket.has is Has.LENT):
        raise Wrong(f"{ticket.has} has the question, and {confirmed} helpdesks were confirmed")
    if closed > (ticket.has is Has.CLOSED):
        raise Wrong(f"the question is {ticket.has}, and closed for {closed} helpdesks")
    for lend in ticket.lends:
        if lend.helper is not None and lend.helper.state in IN_TALKS and not lend.confirmed:
            raise Wrong("a helpdesk helps that was never confirmed")


def _silent(ticket: Ticket) -> Ticket:
    """When all that is on its way is lost."""
    return Ticket(
        ticket.has, tuple(lend._replace(said=frozenset()) if lend.said else lend for lend in ticket.lends)
    )


@cache
def settle(ticket: Ticket, turns: tuple[tuple[bool, ...], ...]) -> None:
    """Both compare, and what they say arrives, until nobody says anything. Raises Wrong."""
    before = ticket
    for _ in range(MOST_ROUNDS):
        after = ticket
        for who in turns:
            after = _compared(after, who)
        holds(after)
        if after == ticket:
            break
        ticket = after
    else:
        raise Wrong("comparing does not end")
    for was, lend in zip(before.lends, ticket.lends, strict=True):
        if not _agree(lend):
            raise Wrong(f"in the end the origin means {_of(lend.origin)}, and the helper {_of(lend.helper)}")
        if _both_want(was) and not _both_want(lend):
            raise Wrong("a helpdesk that helps, or wants to, was sent away by comparing")


def _of(side: Side | None) -> str:
    return side.state if side is not None else "nothing"


def _both_want(lend: Lend) -> bool:
    """It was confirmed, and whoever helps did not end it."""
    out, in_ = lend.origin, lend.helper
    return out is not None and in_ is not None and out.state in OUT_TALKS and in_.state not in IN_OVER


def _compared(ticket: Ticket, who: tuple[bool, ...]) -> Ticket:
    """Whoever compares hears at the same moment what the other knows, and then what that one says of it."""
    for at, lend in enumerate(ticket.lends):
        says = {by_origin: says_again(lend, by_origin) for by_origin in who}
        origin = says[True].origin if True in says else lend.origin
        helper = says[False].helper if False in says else lend.helper
        ticket = ticket.having(at, lend._replace(origin=origin, helper=helper))
        for told in says.values():
            for said in told.said:
                ticket = arrives(ticket, at, said)
    return _silent(ticket)
