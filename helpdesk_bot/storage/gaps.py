"""What rooms' timelines still miss. A row is written with the sync that showed the gap, and is gone when it is filled."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import Gap


async def note(
    session: AsyncSession, room_id: str, start: str | None, until: str | None, now: datetime
) -> bool:
    """Notes a gap, to be filled from now on. One that the room has already grows: it begins later, and ends as before.

    Without `start` we have come into the room anew: what was missing of an earlier stay is given up. True when nobody
    has been told of that one yet.
    """
    gap = await session.get(Gap, room_id)
    lost = gap is not None and start is None and gap.start is not None and not gap.told
    if gap is None:
        gap = Gap(room_id=room_id, until=until)
        session.add(gap)
    if start is None:
        gap.until = None
    gap.start, gap.attempts, gap.due_at, gap.told = start, 0, now, False
    await session.flush()
    return lost


async def holding_up(session: AsyncSession) -> set[str]:
    """The rooms in which everything new waits for what is older."""
    return set(await session.scalars(select(Gap.room_id).where(Gap.told.is_(False))))


async def unfilled(session: AsyncSession) -> Sequence[Gap]:
    return (await session.scalars(select(Gap).order_by(Gap.due_at))).all()


async def put_off(session: AsyncSession, gap: Gap, pause: timedelta, now: datetime, *, told: bool) -> None:
    """Notes a failed attempt, unless the gap has grown since."""
    row = await _same(session, gap)
    if row is not None:
        row.attempts, row.due_at, row.told = gap.attempts + 1, now + pause, told


async def close(session: AsyncSession, gap: Gap) -> bool:
    """Filled, or given up. False when it has grown since `gap` was read."""
    row = await _same(session, gap)
    if row is not None:
        await session.delete(row)
        await session.flush()
    return row is not None


async def _same(session: AsyncSession, gap: Gap) -> Gap | None:
    row = await session.get(Gap, gap.room_id)
    return row if row is not None and row.start == gap.start else None
