"""The one way to say something to another helpdesk, and to the coordinators about one."""

from datetime import timedelta

import structlog

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.federation.trust import SPEAKS, Trust
from helpdesk_bot.protocol.reading import written
from helpdesk_bot.protocol.words import EVENT_TYPE, Hello, Problem, Sync, Week, Word
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import Peer, Room
from helpdesk_bot.storage.outbox import Outgoing, Urgency

log = structlog.get_logger(__name__)

WARN_AGAIN = timedelta(days=1)
PREFIX = "peer:"  # of what stands for the room with a peer until it is made
_THE_TWO = 2
# Before people on both sides have compared the numbers, and without a version that both speak, nothing else is said.
_TO_ANY = (Hello, Problem)
_PAPERWORK = (Sync, Week)  # for these nobody waits


async def say(act: Act, peer: Peer, word: Word) -> bool:
    """Queues a word for a peer. False when it can't be told now: comparing brings it later.

    What is lent goes to a peer that our people trust and that trusts us, in an encrypted room of the two bots, and nowhere else.
    """
    listens = peer.trust == Trust.TRUSTED and peer.trusts and peer.version is not None
    if peer.trust not in SPEAKS or not (listens or isinstance(word, _TO_ANY)):
        return False
    if peer.room_id is None or not await _is_private(act, peer.room_id):
        return False
    priority = Urgency.TEAM if isinstance(word, _PAPERWORK) else Urgency.PERSON
    content = written(word)
    await outbox.enqueue(
        act.session, Outgoing(peer.room_id, content, type=EVENT_TYPE, priority=priority), act.now
    )
    return True


async def _is_private(act: Act, room_id: str) -> bool:
    if is_placeholder(room_id):
        return True  # it will be made so
    room = await act.session.get(Room, room_id)
    if room is None:  # we were only asked in: nothing leaves before we are there
        return True
    return bool(room.encrypted) and (room.member_count or 0) <= _THE_TWO


def placeholder(user_id: str) -> str:
    """Stands for the room with this peer until it is made."""
    return PREFIX + user_id


def is_placeholder(room_id: str) -> bool:
    return room_id.startswith(PREFIX)


async def warn(act: Act, peer: Peer, key: str) -> None:
    """Shows the coordinators that a peer does what it should not, and how to block it; once a day."""
    log.warning("peer misbehaves", what=key)
    if peer.warned_at is not None and act.now - peer.warned_at < WARN_AGAIN:
        return
    peer.warned_at = act.now
    await act.tell_coordinators(key, helpdesk=name_of(peer), peer=peer.user_id)


def name_of(peer: Peer) -> str:
    """What it calls itself; its address while it has said nothing."""
    return peer.name or peer.user_id
