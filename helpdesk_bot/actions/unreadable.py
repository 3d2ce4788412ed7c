"""Messages whose key has not come: people are told kindly, and in the end the coordinators are."""

from datetime import datetime, timedelta

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.federation import comparing
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.storage import access, federation, held, outbox, restored
from helpdesk_bot.storage.models import InboxEvent, Ticket

# A key that was asked for while we were away may come in this time after we are back.
_KEYS_MAY_COME = timedelta(minutes=10)


async def tell(act: Act, heard_since: datetime) -> None:
    """Tells each sender in a room once about all that waits there; gives up days after that, and says so.

    `heard_since`: since when we hear everything. While we hear nothing no key can come.
    """
    rules = act.config.undecryptable
    for first in await held.untold(act.session, act.now, rules.tell_after, rules.tell_again_after):
        await _tell(act, first)
    if act.now - heard_since < _KEYS_MAY_COME:
        return
    lost = await held.give_up(act.session, act.now - rules.give_up_after)
    for room, count in lost.items():
        await act.tell_coordinators("alert.unreadable", room=room, n=count)


async def _tell(act: Act, first: InboxEvent) -> None:
    await held.told(act.session, first.room_id, first.sender, act.now)
    back = await restored.recently(act.session, act.now)
    again = back is not None and back.covers(first.sent_at)
    outbox.caused_by(act.session, f"unreadable:{first.event_id}", again=again)
    peer = await federation.of_room(act.session, first.room_id)
    if peer is not None:
        await comparing.soon(act, peer)
    elif await _concerns_us(act, first):
        words = act.words(await act.language_of(first.sender), "crypto.unreadable")
        await act.post(first.room_id, words, reply=first.event_id, notify=True)


async def _concerns_us(act: Act, event: InboxEvent) -> bool:
    """In a shared room most messages are not for the helpdesk, and nobody can tell which one this was."""
    kind = await access.room_kind(act.session, act.layout, event.room_id)
    if kind in (RoomKind.DIRECT, RoomKind.TEAM, RoomKind.COORDINATION):
        return True
    query = select(Ticket.id).where(
        Ticket.room_id == event.room_id, Ticket.requester == event.sender, Ticket.status.in_(OPEN)
    )
    return await act.session.scalar(query.limit(1)) is not None
