"""What came in. A row is written in the transaction that moves the sync position, and worked on once, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import Bookmark, InboxEvent

MAX_ATTEMPTS = 3
MAX_DEATHS = 10  # of the process; most have nothing to do with the event that was in work
# Written out in the SQL, because SQLite uses a partial index only for a condition that it can read.
_WAITING = InboxEvent.state != literal("done", literal_execute=True)


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event as it came, decrypted where it could be, checked for nothing else.

    `session_id` is set when it could not be decrypted. `type` is Matrix's own, or one of ours for what is no event:
    'helpdesk.invite', 'helpdesk.gap', 'helpdesk.removed'.
    """

    event_id: str
    room_id: str
    sender: str
    type: str
    content: dict[str, Any]
    sent_at: datetime
    encrypted: bool = False
    state_key: str | None = None
    session_id: str | None = None


async def accept(session: AsyncSession, events: Sequence[RawEvent], now: datetime) -> int:
    """Writes the events that are new and returns how many those are."""
    unique = {event.event_id: event for event in events}
    known: set[str] = set()
    ids = list(unique)
    for start in range(0, len(ids), 500):  # SQLite limits the number of parameters
        chunk = ids[start : start + 500]
        known.update(await session.scalars(select(InboxEvent.event_id).where(InboxEvent.event_id.in_(chunk))))
    fresh = [event for event in unique.values() if event.event_id not in known]
    for event in fresh:
        session.add(
            InboxEvent(
                event_id=event.event_id,
                room_id=event.room_id,
                sender=event.sender,
                type=event.type,
                state_key=event.state_key,
                content=event.content,
                encrypted=event.encrypted,
                sent_at=event.sent_at,
                received_at=now,
                state="held" if event.session_id else "pending",
                session_id=event.session_id,
            )
        )
        await session.flush()  # one by one: the ids must follow the order of the stream
    return len(fresh)


async def bookmark(session: AsyncSession, name: str) -> str | None:
    """The saved position of a stream, or None at the very first start."""
    return await session.scalar(select(Bookmark.value).where(Bookmark.name == name))


async def move_bookmark(session: AsyncSession, name: str, value: str) -> None:
    await session.merge(Bookmark(name=name, value=value))


async def next_pending(session: AsyncSession) -> InboxEvent | None:
    """The oldest event nobody has worked on."""
    return await session.scalar(
        select(InboxEvent).where(_WAITING, InboxEvent.state == "pending").order_by(InboxEvent.id).limit(1)
    )


async def finish(session: AsyncSession, row_id: int) -> None:
    """Done. What was said is kept in `messages` if it belongs to a ticket, and nowhere if it does not."""
    await session.execute(
        update(InboxEvent).where(InboxEvent.id == row_id).values(state="done", content=None, error=None)
    )


async def note_attempt(session: AsyncSession, row_id: int) -> None:
    await session.execute(
        update(InboxEvent).where(InboxEvent.id == row_id).values(attempts=InboxEvent.attempts + 1)
    )


async def note_death(session: AsyncSession, row_id: int) -> None:
    await session.execute(
        update(InboxEvent).where(InboxEvent.id == row_id).values(deaths=InboxEvent.deaths + 1)
    )


async def fail(session: AsyncSession, row_id: int, error: str) -> None:
    """Sets an event aside. Its content stays, so that it can be replayed. `error` holds no message text."""
    await session.execute(
        update(InboxEvent).where(InboxEvent.id == row_id).values(state="failed", error=error)
    )


async def failed(session: AsyncSession) -> list[InboxEvent]:
    query = select(InboxEvent).where(_WAITING, InboxEvent.state == "failed").order_by(InboxEvent.id)
    return list((await session.scalars(query)).all())


async def replay(session: AsyncSession, event_id: str | None = None) -> int:
    """Puts one failed event (or all of them) back in line; returns how many."""
    query = select(InboxEvent).where(_WAITING, InboxEvent.state == "failed")
    if event_id:
        query = query.where(InboxEvent.event_id == event_id)
    rows = (await session.scalars(query)).all()
    for row in rows:
        # What never could be decrypted goes on waiting for its key; it can't be worked on without.
        row.state = "held" if row.session_id else "pending"
        row.attempts, row.deaths, row.error = 0, 0, None
    return len(rows)


async def held(session: AsyncSession, session_ids: Sequence[str] | None = None) -> list[InboxEvent]:
    """Events that wait for their key; with `session_ids`, only those whose key may have come."""
    query = select(InboxEvent).where(_WAITING, InboxEvent.state == "held").order_by(InboxEvent.id)
    if session_ids is not None:
        query = query.where(InboxEvent.session_id.in_(session_ids))
    return list((await session.scalars(query)).all())


def release_held(row: InboxEvent, type_: str, content: dict[str, Any]) -> None:
    """The key came: the event takes its place in line as what it really is."""
    row.type, row.content, row.state, row.session_id = type_, content, "pending", None


async def drop_held(session: AsyncSession, room_id: str, event_ids: Sequence[str]) -> None:
    """These were deleted before they could be read: when their key comes they stay unread."""
    query = select(InboxEvent).where(_WAITING, InboxEvent.state == "held", InboxEvent.room_id == room_id)
    for row in await session.scalars(query.where(InboxEvent.event_id.in_(event_ids))):
        await finish(session, row.id)


async def forget_contents(session: AsyncSession, older_than: timedelta, now: datetime) -> int:
    """Empties what is left of old failed events. Nothing is forgotten while it may still be worked on."""
    query = (
        select(InboxEvent)
        .where(InboxEvent.content.is_not(None), InboxEvent.received_at < now - older_than)
        .where(InboxEvent.state == "failed")
    )
    rows = (await session.scalars(query)).all()
    for row in rows:
        row.content, row.state = None, "done"
    return len(rows)
