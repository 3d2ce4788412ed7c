"""Another helpdesk says something: who it is, whether we listen to it, and what its word means.

Whoever it is, they can only speak about what is lent between the two of us, in the encrypted room of the two. Nothing that they say
is obeyed; at most it changes what we know of them.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.federation import borrowing, comparing, greeting, lending, messages, weeks
from helpdesk_bot.actions.federation.speaking import say, warn
from helpdesk_bot.domain.federation.trust import SPEAKS, Trust
from helpdesk_bot.protocol.reading import NotUnderstood, read
from helpdesk_bot.protocol.words import (
    Hello,
    Message,
    Offer,
    OfLend,
    Problem,
    StateWord,
    Sync,
    Week,
    Word,
)
from helpdesk_bot.storage import federation
from helpdesk_bot.storage.models import InboxEvent, Lend, Peer, Ticket

_MINUTE = timedelta(minutes=1)


async def heard(act: Act, event: InboxEvent) -> None:
    """Whoever is no peer of ours, or speaks elsewhere than in the room of the two, says nothing to us."""
    peer = await federation.peer(act.session, event.sender)
    if peer is None or peer.trust not in SPEAKS or peer.room_id != event.room_id:
        return
    if not event.encrypted:
        await warn(act, peer, "federation.in_the_clear")
        return
    if _too_much(act, peer):
        await warn(act, peer, "federation.floods")
        return
    try:
        word = read(event.content or {})
    except NotUnderstood as problem:
        if problem.about != "problem":
            await say(act, peer, Problem(code=problem.code, about=problem.about))
            await warn(act, peer, "federation.not_understood")
        return
    await _heard(act, peer, word)


def _too_much(act: Act, peer: Peer) -> bool:
    if peer.counted_from is None or act.now - peer.counted_from >= _MINUTE:
        peer.counted_from, peer.count = act.now, 0
    peer.count += 1
    return peer.count > act.config.federation.words_per_minute


async def _heard(act: Act, peer: Peer, word: Word) -> None:
    if isinstance(word, Hello):
        await greeting.heard(act, peer, word)
        return
    if peer.trust != Trust.TRUSTED:
        if not isinstance(word, Problem):
            await say(act, peer, Problem(code="not_trusted", about=word.type))
        return
    peer.heard_at = act.now
    if isinstance(word, OfLend):
        await _about_a_lend(act, peer, word)
    elif (handler := _HANDLERS.get(word.type)) is not None:
        await handler(act, peer, word)


async def _about_a_lend(act: Act, peer: Peer, word: OfLend) -> None:
    lend = await federation.lend(act.session, word.lend)
    if lend is not None and lend.peer != peer.user_id:
        await warn(act, peer, "federation.of_another")
        await say(act, peer, Problem(code="unknown_lend", about=word.type, lend=word.lend))
        return
    if lend is None:
        if isinstance(word, Offer):
            await borrowing.offered(act, peer, word)
        else:
            await comparing.soon(act, peer)  # one of us was put back, or a word overtook another
        return
    if isinstance(word, Message):
        await messages.hear(act, lend, word)
        if lend.heard < word.n:
            await comparing.soon(act, peer)
        return
    assert isinstance(word, StateWord)
    if word.version <= lend.seen:
        return  # nothing new: it came twice, or after a later one
    lend.seen = word.version
    ticket = await act.session.get_one(Ticket, lend.ticket_id)
    await (_ORIGIN_HEARS if lend.ours else _HELPER_HEARS).get(word.type, _nothing)(act, lend, ticket, word)


async def _status(act: Act, lend: Lend, ticket: Ticket, word: Any) -> None:
    """To an origin that was put back and forgot that it confirmed, 'how far' is a yes."""
    await lending.heard_yes(act, lend, ticket, word)
    await lending.heard_status(act, lend, ticket, word)


async def _nothing(act: Act, lend: Lend, ticket: Ticket, word: Any) -> None:
    """It is not for this side to hear: an offer of a question that we know, or a word in the wrong direction."""


Hears = Callable[[Act, Lend, Ticket, Any], Awaitable[None]]
_ORIGIN_HEARS: dict[str, Hears] = {
    "accept": lending.heard_yes,
    "status": _status,
    "decline": lending.heard_no,
    "return": lending.heard_no,
}
_HELPER_HEARS: dict[str, Hears] = {
    "confirm": borrowing.heard,
    "close": borrowing.heard,
    "withdraw": borrowing.heard,
}


async def _sync(act: Act, peer: Peer, word: Word) -> None:
    assert isinstance(word, Sync)
    await comparing.heard(act, peer, word)


async def _week(act: Act, peer: Peer, word: Word) -> None:
    assert isinstance(word, Week)
    await weeks.heard(act, peer, word)


async def _problem(act: Act, peer: Peer, word: Word) -> None:
    await warn(act, peer, "federation.has_a_problem")


_HANDLERS: dict[str, Callable[[Act, Peer, Word], Awaitable[None]]] = {
    "sync": _sync,
    "week": _week,
    "problem": _problem,
}
