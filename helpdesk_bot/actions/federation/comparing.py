"""Both sides tell each other what they know of what is lent, and say again what the other lacks.

That brings right whatever was lost on the way, and a side that was put back from a backup while the other went on. Nobody asks
for it: it is done now and then, after every start, and when something is missing. In between only what goes on is named, or has
ended since; what ended before that, once a day.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.federation.messages import say_from
from helpdesk_bot.actions.federation.speaking import say
from helpdesk_bot.actions.federation.states import say_state, state_of
from helpdesk_bot.domain.federation.comparing import Known, compare, nothing_known
from helpdesk_bot.domain.federation.lending import In, Out
from helpdesk_bot.domain.federation.trust import Trust
from helpdesk_bot.protocol.words import MOST_LISTED, Compared, Return, Sync, Withdraw
from helpdesk_bot.storage import federation, timers
from helpdesk_bot.storage.models import Lend, Peer

EVERY = timedelta(hours=1)
SOON = timedelta(minutes=1)
KEPT = timedelta(days=14)  # what ended is compared as long: a backup that is put back is not older
COMPARE = "compare"  # the kind of timer, about a peer
# A version grows by one with each change. Whoever says that it has seen a higher one of ours leaves none for what we say next.
MOST_SEEN = 500_000_000


def about(peer: Peer) -> str:
    """What the timers of a peer are about."""
    return f"peer:{peer.user_id}"


async def soon(act: Act, peer: Peer) -> None:
    """Something is missing: they compare when what is on its way had time to come."""
    due = await timers.moment(act.session, about(peer), COMPARE)
    if due is None or due > act.now + SOON:
        await timers.set_moment(act.session, COMPARE, about(peer), act.now + SOON)


async def due(act: Act, user_id: str) -> None:
    """The timer's effect."""
    peer = await federation.peer(act.session, user_id)
    if peer is not None:
        await tell_all(act, peer)


async def keep_up(act: Act) -> None:
    """Compares with everybody with whom we have not done so for a while, if there is anything to compare."""
    for peer in await federation.peers(act.session, Trust.TRUSTED):
        if peer.compared_at is not None and act.now - peer.compared_at < EVERY:
            continue
        lends = await federation.to_compare(act.session, peer.user_id, _since(act, peer))
        if lends:
            await _tell(act, peer, map(_line, lends), answer=True)


async def tell_all(act: Act, peer: Peer) -> None:
    """Says all that we know, and wants to hear what they do."""
    lends = await federation.to_compare(act.session, peer.user_id, act.now - KEPT)
    await _tell(act, peer, map(_line, lends), answer=True)


def _since(act: Act, peer: Peer) -> datetime:
    """What ended before this moment is not named: all that is kept, the first time in a day (in UTC)."""
    last = peer.compared_at
    return act.now - KEPT if last is None or last.date() != act.now.date() else last


async def _tell(act: Act, peer: Peer, lines: Iterable[Compared], *, answer: bool) -> None:
    peer.compared_at, said = act.now, list(lines)
    for start in range(0, max(len(said), 1), MOST_LISTED):
        await say(act, peer, Sync(lends=said[start : start + MOST_LISTED], answer=answer))


def _line(lend: Lend) -> Compared:
    return _compared(lend.ref, ours=lend.ours, known=_known(lend))


def _compared(ref: str, *, ours: bool, known: Known) -> Compared:
    return Compared(
        lend=ref,
        side="origin" if ours else "helper",
        state=known.state,
        version=known.version,
        seen=known.seen,
        said=known.said,
        heard=known.heard,
    )


def _known(lend: Lend) -> Known:
    return Known(state_of(lend), lend.version, lend.seen, lend.said, lend.heard)


async def heard(act: Act, peer: Peer, sync: Sync) -> None:
    """Says again what they lack. What they know of and we don't is over for us, and they hear that."""
    named, unknown = dict[str, Lend](), list[Compared]()
    for line in sync.lends:
        theirs = _theirs(line)
        lend = await federation.lend(act.session, line.lend)
        if theirs is None or (
            lend is not None and (lend.peer != peer.user_id or lend.ours == (line.side == "origin"))
        ):
            continue  # of somebody else, or nonsense
        if lend is not None:
            named[lend.ref] = lend
            await _again(act, lend, theirs)
        elif (known := await _unknown(act, peer, line, theirs)) is not None:
            unknown.append(known)
    if sync.answer:
        lends = await federation.to_compare(act.session, peer.user_id, _since(act, peer))
        named |= {lend.ref: lend for lend in lends}
        await _tell(act, peer, [*map(_line, named.values()), *unknown], answer=False)


def _theirs(line: Compared) -> Known | None:
    """None for nonsense."""
    if line.seen > MOST_SEEN:
        return None
    try:
        state = Out(line.state) if line.side == "origin" else In(line.state)
    except ValueError:
        return None
    return Known(state, line.version, line.seen, line.said, line.heard)


async def _again(act: Act, lend: Lend, theirs: Known) -> None:
    again = compare(_known(lend), theirs)
    lend.version, lend.said = again.version, again.said
    if again.state:
        await say_state(act, lend)
    if again.messages_from is not None:
        await say_from(act, lend, again.messages_from)


async def _unknown(act: Act, peer: Peer, line: Compared, theirs: Known) -> Compared | None:
    """Of what we never heard of, or have forgotten. Returns what is told of it, when saying it is over would be wrong."""
    known = nothing_known(theirs)
    again = compare(known, theirs)
    version = max(again.version, 1)
    if again.state and line.side == "helper":
        await say(act, peer, Withdraw(lend=line.lend, version=version, reason="unknown"))
    elif again.state:
        await say(act, peer, Return(lend=line.lend, version=version))
    elif known.state is In.OFFERED:
        return _compared(line.lend, ours=False, known=known)
    return None
