"""`!leen 12 [@hulp:west]`: another helpdesk goes on with it, if whoever asked agrees."""

from helpdesk_bot.actions import claiming
from helpdesk_bot.actions.federation import offering
from helpdesk_bot.actions.federation.speaking import name_of
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.federation.addresses import is_elsewhere
from helpdesk_bot.domain.federation.trust import Trust
from helpdesk_bot.domain.layout import RoomKind, plain_key
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import federation
from helpdesk_bot.storage.models import Peer
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered | None:
    ticket = await call.ticket()
    claiming.must_help(call.who, ticket)
    if is_elsewhere(ticket.requester):
        raise UserError("error.lend_borrowed", number=ticket.id)
    peers = await offering.on_purpose(call.act, ticket, call.who.user_id, await _named(call))
    if call.room is RoomKind.TEAM:
        return None  # it stands in the thread
    return call.words(
        "federation.requester_asked", number=ticket.id, helpdesks=[name_of(peer) for peer in peers]
    )


async def _named(call: Call) -> Peer | None:
    """The helpdesk that is named, by its address or what it calls itself; None when it may be any."""
    said = call.rest.strip()
    if not said:
        return None
    trusted = await federation.peers(call.act.session, Trust.TRUSTED)
    for peer in trusted:
        if said == peer.user_id or peer.user_id in call.incoming.mentions:
            return peer
    key = plain_key(said)
    fitting = [peer for peer in trusted if key and key in plain_key(name_of(peer))]
    found = [peer for peer in fitting if key == plain_key(name_of(peer))] or fitting
    if not found:
        raise UserError("error.no_such_peer", peer=said)
    if len(found) > 1:  # 'West' may be Nieuw-West too, and what is lent can't be unread
        raise UserError("error.which_peer", helpdesks=[f"{name_of(peer)} ({peer.user_id})" for peer in found])
    return found[0]


COMMAND = Command("lend", ("leen", "uitlenen"), ("lend",), run, For.TECHNICIAN, inside=True)
