"""What was agreed about who is on duty."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import DutyNotice, DutyOverride, DutySwap, Technician

# Longer than any shift lasts: what was told about one is not told again.
NOTICES_KEPT = timedelta(days=400)


async def overrides(session: AsyncSession, rota: str, since: datetime) -> list[DutyOverride]:
    """Those that last longer than until `since`; the one that was made last comes last."""
    query = select(DutyOverride).where(DutyOverride.rota == rota, DutyOverride.ends_at > since)
    return list((await session.scalars(query.order_by(DutyOverride.id))).all())


async def swap_asked(
    session: AsyncSession, rota: str, asked_by: str, user_id: str, ends_at: datetime
) -> bool:
    """Whether this has been asked of this person, about the shift that ends then, and waits for an answer."""
    query = select(DutySwap.id).where(
        DutySwap.rota == rota,
        DutySwap.asked_by == asked_by,
        DutySwap.user_id == user_id,
        DutySwap.ends_at == ends_at,
        DutySwap.outcome.is_(None),
    )
    return await session.scalar(query.limit(1)) is not None


async def away(session: AsyncSession, people: Collection[str]) -> list[Technician]:
    """Those of these people who are away, or will be."""
    query = select(Technician).where(Technician.user_id.in_(people), Technician.away_from.is_not(None))
    return list((await session.scalars(query)).all())


async def forget_notices(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(DutyNotice).where(DutyNotice.told_at < now - NOTICES_KEPT))


async def first_time(session: AsyncSession, key: str, now: datetime) -> bool:
    """Whether this is told for the first time; from now on it is not."""
    if await session.get(DutyNotice, key) is not None:
        return False
    session.add(DutyNotice(key=key, told_at=now))
    await session.flush()
    return True
