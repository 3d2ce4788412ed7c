"""Messages whose key has not come: people are told kindly, and in the end the coordinators are."""

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.storage import access, inbox
from helpdesk_bot.storage.models import InboxEvent, Ticket


async def tell(act: Act) -> None:
    """Tells each sender once, after a while; gives up after days, and says so."""
    rules = act.config.undecryptable
    query = select(InboxEvent).where(InboxEvent.state == "held").order_by(InboxEvent.id)
    lost: dict[str, int] = {}
    for event in (await act.session.scalars(query)).all():
        waited = act.now - event.received_at
        if event.told_at is None and waited >= rules.tell_after:
            event.told_at = act.now
            if await _concerns_us(act, event):
                words = act.words(await act.language_of(event.sender), "crypto.unreadable")
                await act.post(event.room_id, words, reply=event.event_id, notify=True)
        if waited >= rules.give_up_after:
            await inbox.fail(act.session, event.id, "its key never came")
            lost[event.room_id] = lost.get(event.room_id, 0) + 1
    for room, count in lost.items():
        await act.tell_coordinators("alert.unreadable", room=room, n=count)


async def _concerns_us(act: Act, event: InboxEvent) -> bool:
    """In a shared room most messages are not for the helpdesk, and nobody can tell which one this was."""
    kind = await access.room_kind(act.session, act.layout, event.room_id)
    if kind in (RoomKind.DIRECT, RoomKind.TEAM, RoomKind.COORDINATION):
        return True
    query = select(Ticket.id).where(
        Ticket.room_id == event.room_id, Ticket.requester == event.sender, Ticket.status.in_(OPEN)
    )
    return await act.session.scalar(query.limit(1)) is not None
