"""Which helpdesks are peers of ours. A coordinator of ours says so, and nothing that a server says can."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.federation import borrowing, comparing, greeting, lending
from helpdesk_bot.actions.federation.speaking import name_of, placeholder
from helpdesk_bot.domain.federation.lending import IN_OVER, OUT_OVER
from helpdesk_bot.domain.federation.trust import SPEAKS, Trust, TrustMove, after
from helpdesk_bot.errors import UserError
from helpdesk_bot.protocol.words import EVENT_TYPE
from helpdesk_bot.storage import federation, outbox
from helpdesk_bot.storage.models import Peer, Room
from helpdesk_bot.storage.outbox import Outgoing, Urgency

MOST_ASKING = 5  # strangers who want to lend and borrow, at a time
MAKE_ROOM = "peer"  # the kind of outbox row that makes the room of the two


async def add(act: Act, user_id: str) -> Peer:
    """Ours want to. Asks them in, or goes where they asked us in. Raises UserError for what is no other helpdesk, or is
    one already."""
    if user_id == act.setting.bot:
        raise UserError("error.peer_is_us")
    peer = await federation.peer(act.session, user_id)
    trust = _after(peer, TrustMove.ADD, user_id)
    if peer is None:
        peer = Peer(user_id=user_id, trust=trust, created_at=act.now)
        act.session.add(peer)
    peer.trust = trust
    await act.session.flush()
    if peer.room_id is None or not await _go_in(act, peer):
        await _make_room(act, peer)
    return peer


async def _go_in(act: Act, peer: Peer) -> bool:
    """Into the room that they asked us into, or that we are in already."""
    assert peer.room_id is not None
    room = await act.session.get(Room, peer.room_id)
    if room is not None and room.membership == "join":
        await greeting.greet(act, peer, answer=True)
        return True
    if room is not None and room.membership in ("leave", "ban"):
        return False
    await _enter(act, peer, peer.room_id)
    return True


async def _enter(act: Act, peer: Peer, room_id: str) -> None:
    peer.room_id = room_id
    if not await outbox.hurry(act.session, room_id, "join"):
        join = Outgoing(room_id, {}, type="m.room.member", kind="join", priority=Urgency.ROOM)
        await outbox.enqueue(act.session, join, act.now)
    await greeting.greet(act, peer, answer=True)


async def _make_room(act: Act, peer: Peer) -> None:
    peer.room_id = placeholder(peer.user_id)
    if not await outbox.waits(act.session, peer.room_id, MAKE_ROOM):
        content = {"invite": peer.user_id}
        row = Outgoing(peer.room_id, content, type="m.room.create", kind=MAKE_ROOM, priority=Urgency.ROOM)
        await outbox.enqueue(act.session, row, act.now)


async def invited(act: Act, user_id: str, room_id: str) -> None:
    """Another helpdesk asks us into a room of the two. Whoever ours don't know is shown to the coordinators, a few at a time."""
    peer = await federation.peer(act.session, user_id)
    if peer is not None and peer.trust in SPEAKS:
        await _invited_by_known(act, peer, room_id)
        return
    trust = after(peer.trust if peer is not None else None, TrustMove.ASK)
    asking = await federation.peers(act.session, Trust.ASKING)
    if trust is None or (len(asking) >= MOST_ASKING and (peer is None or peer not in asking)):
        if peer is None or peer.trust != Trust.ASKING:
            await _refuse(act, room_id)
        else:
            peer.room_id = room_id  # they asked again, with another room
        return
    if peer is None:
        peer = Peer(user_id=user_id, trust=trust, created_at=act.now)
        act.session.add(peer)
    peer.trust, peer.room_id = trust, room_id
    await act.tell_coordinators("federation.asks_in", peer=user_id)


async def _invited_by_known(act: Act, peer: Peer, room_id: str) -> None:
    """Both may have asked at the same moment: then the room of the one whose address comes first counts, on both sides."""
    ours = await act.session.get(Room, peer.room_id) if peer.room_id else None
    in_ours = ours is not None and ours.membership == "join"
    being_made = peer.room_id == placeholder(peer.user_id)
    if (in_ours or being_made) and peer.heard_at is None and act.setting.bot < peer.user_id:
        await _refuse(act, room_id)
        return
    await _enter(act, peer, room_id)


async def _refuse(act: Act, room_id: str) -> None:
    await outbox.enqueue(act.session, Outgoing(room_id, {}, type="m.room.member", kind="leave"), act.now)


async def compared(act: Act, user_id: str) -> Peer:
    """A person says: they have the same number as we. Raises UserError while there is none to compare."""
    peer = await known(act, user_id)
    trust = _after(peer, TrustMove.COMPARE, user_id)
    if peer.number is None:
        raise UserError("error.peer_no_number", helpdesk=name_of(peer))
    peer.trust, peer.compared = trust, peer.number
    await greeting.greet(act, peer, answer=True)
    await comparing.tell_all(act, peer)
    return peer


async def keys_changed(act: Act, peer: Peer) -> None:
    """The number is not what people compared: nothing goes out until they compare again, and then comparing brings it."""
    trust = after(peer.trust, TrustMove.SUSPECT)
    if trust is not None:
        peer.trust = trust
        if peer.room_id is not None:
            await outbox.drop_room(act.session, peer.room_id, "their keys changed")
        await act.tell_coordinators(
            "federation.keys_changed", helpdesk=name_of(peer), peer=peer.user_id, number=peer.number or ""
        )


async def remove(act: Act, user_id: str) -> tuple[Peer, int]:
    """Ours want no more: what is open comes back. Returns how much that was."""
    peer = await known(act, user_id)
    trust = _after(peer, TrustMove.REMOVE, user_id)
    count = await _return_all(act, peer)
    if peer.trust in SPEAKS:
        await greeting.goodbye(act, peer)
    peer.trust, peer.compared = trust, None
    return peer, count


async def block(act: Act, user_id: str) -> tuple[Peer, int]:
    """Nothing of theirs is looked at from now on, and what is open comes back."""
    peer = await federation.peer(act.session, user_id)
    trust = _after(peer, TrustMove.BLOCK, user_id)
    if peer is None:
        peer = Peer(user_id=user_id, trust=trust, created_at=act.now)
        act.session.add(peer)
    count = await _return_all(act, peer)
    peer.trust, peer.compared = trust, None
    return peer, count


async def _return_all(act: Act, peer: Peer) -> int:
    """Returns how much was open. What was finished lately is over as well: else it could be opened again."""
    every = await federation.to_compare(act.session, peer.user_id, act.now - comparing.KEPT)
    lends = [lend for lend in every if lend.state not in OUT_OVER | IN_OVER]
    still_open = sum(lend.ended_at is None for lend in lends)
    for lend in lends:
        if lend.ours:
            await lending.take_back(act, lend, "removed")
        else:
            await borrowing.end(act, lend)
    return still_open


async def known(act: Act, user_id: str) -> Peer:
    """Raises UserError for somebody whom nobody has heard of."""
    peer = await federation.peer(act.session, user_id)
    if peer is None:
        raise UserError("error.no_such_peer", peer=user_id)
    return peer


def _after(peer: Peer | None, move: TrustMove, user_id: str) -> Trust:
    state = peer.trust if peer is not None else None
    trust = after(state, move)
    if trust is None:
        raise UserError(f"error.peer_{state or 'unknown'}", peer=user_id)
    return trust


def is_helpdesk_room(room_type: object) -> bool:
    """Whether an invitation is into a room of two helpdesks."""
    return room_type == EVENT_TYPE
