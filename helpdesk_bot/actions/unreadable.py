"""Messages whose key has not come: people are told kindly, and in the end the coordinators are."""

from collections import Counter

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.storage import access, inbox, outbox, restored
from helpdesk_bot.storage.models import InboxEvent, Ticket


async def tell(act: Act) -> None:
    """Tells each sender in a room once about all that waits there; gives up after days, and says so."""
    rules = act.config.undecryptable
    held = await inbox.held(act.session)
    waiting: dict[tuple[str, str], list[InboxEvent]] = {}
    for event in held:
        waiting.setdefault((event.room_id, event.sender), []).append(event)
    for events in waiting.values():
        told = any(e.told_at is not None and act.now - e.told_at < rules.tell_again_after for e in events)
        news = [event for event in events if event.told_at is None]
        if news and not told and act.now - news[0].received_at >= rules.tell_after:
            await _tell(act, news)
    lost = Counter[str]()
    for event in held:
        if act.now - event.received_at >= rules.give_up_after:
            await inbox.fail(act.session, event.id, "its key never came")
            lost[event.room_id] += 1
    for room, count in lost.items():
        await act.tell_coordinators("alert.unreadable", room=room, n=count)


async def _tell(act: Act, events: list[InboxEvent]) -> None:
    for event in events:
        event.told_at = act.now
    first = events[0]
    back = await restored.recently(act.session, act.now)
    again = back is not None and back.covers(first.sent_at)
    outbox.caused_by(act.session, f"unreadable:{first.event_id}", again=again)
    if await _concerns_us(act, first):
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
