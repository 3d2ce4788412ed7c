"""What can't be read yet: it waits for its key, and takes its place in line when that comes."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, load_only

from helpdesk_bot.storage import inbox
from helpdesk_bot.storage.inbox import RawEvent
from helpdesk_bot.storage.models import InboxEvent

AT_ONCE = 500  # events in memory
_HELD = (inbox.WAITING, InboxEvent.state == "held")


async def parts(
    session: AsyncSession, session_ids: Sequence[str] | None = None
) -> AsyncIterator[Sequence[InboxEvent]]:
    """Events that wait for their key; with `session_ids`, only those whose key may have come.

    A part at a time, the newest first: there may be more than fits in memory.
    """
    query = select(InboxEvent).where(*_HELD).order_by(InboxEvent.id.desc()).limit(AT_ONCE)
    if session_ids is not None:
        query = query.where(InboxEvent.session_id.in_(session_ids))
    rows = (await session.scalars(query)).all()
    while rows:
        yield rows
        rows = (await session.scalars(query.where(InboxEvent.id < rows[-1].id))).all()


async def replayed(session: AsyncSession) -> list[InboxEvent]:
    """Those that somebody has put back in line: their key may have come while they were set aside."""
    query = select(InboxEvent).where(*_HELD, InboxEvent.error.is_not(None)).order_by(InboxEvent.id)
    return list((await session.scalars(query.limit(AT_ONCE))).all())


async def release(session: AsyncSession, readable: Mapping[int, RawEvent | None]) -> None:
    """Puts in line what can be read now, by its row; None stands for what says nothing to us."""
    for row_id, event in readable.items():
        row = await session.get(InboxEvent, row_id)
        if row is None or row.state != "held":
            continue
        if event is None:
            await inbox.finish(session, row_id)
        else:
            put_in_line(row, event.type, event.content)


def put_in_line(row: InboxEvent, type_: str, content: dict[str, Any]) -> None:
    """The key came: the event takes its place in line as what it really is."""
    row.type, row.content, row.state, row.session_id, row.error = type_, content, "pending", None, None


async def drop(session: AsyncSession, room_id: str, event_ids: Sequence[str]) -> None:
    """These were deleted before they could be read: when their key comes they stay unread."""
    query = select(InboxEvent.id).where(
        inbox.WAITING, InboxEvent.room_id == room_id, InboxEvent.session_id.is_not(None)
    )
    for row_id in await session.scalars(query.where(InboxEvent.event_id.in_(event_ids))):
        await inbox.finish(session, row_id)


async def untold(
    session: AsyncSession, now: datetime, after: timedelta, again_after: timedelta
) -> Sequence[InboxEvent]:
    """The first message, without its content, of each sender in a room who waits since `after` without having heard
    that it can't be read. Whoever heard it of another message there, less than `again_after` ago, is left out."""
    first = (
        select(InboxEvent.room_id, InboxEvent.sender, func.min(InboxEvent.id).label("id"))
        .where(*_HELD, InboxEvent.told_at.is_(None))
        .group_by(InboxEvent.room_id, InboxEvent.sender)
        .having(func.min(InboxEvent.received_at) <= now - after)
        .subquery()
    )
    other = aliased(InboxEvent)
    told = select(other.id).where(
        other.state == "held",
        other.state != literal("done", literal_execute=True),  # see `inbox.WAITING`
        other.room_id == first.c.room_id,
        other.sender == first.c.sender,
        other.told_at > now - again_after,
    )
    known = load_only(InboxEvent.event_id, InboxEvent.room_id, InboxEvent.sender, InboxEvent.sent_at)
    query = select(InboxEvent).options(known).join(first, first.c.id == InboxEvent.id).where(~told.exists())
    return (await session.scalars(query.order_by(InboxEvent.id))).all()


async def told(session: AsyncSession, room_id: str, sender: str, now: datetime) -> None:
    """They have heard it of all that waits."""
    whose = (InboxEvent.room_id == room_id, InboxEvent.sender == sender, InboxEvent.told_at.is_(None))
    await session.execute(update(InboxEvent).where(*_HELD, *whose).values(told_at=now))


async def give_up(session: AsyncSession, since: datetime) -> Counter[str]:
    """Sets aside what has waited, and whose sender knows it, since then or longer; says how many those are in each room.

    Both, because what is replayed waits anew while its sender knows it from before.
    """
    old = (*_HELD, InboxEvent.received_at <= since, InboxEvent.told_at <= since)
    query = select(InboxEvent.room_id, func.count()).where(*old).group_by(InboxEvent.room_id)
    lost = Counter[str]()
    for room_id, count in await session.execute(query):
        lost[room_id] = count
    if lost:
        await session.execute(
            update(InboxEvent).where(*old).values(state="failed", error="its key never came")
        )
    return lost
