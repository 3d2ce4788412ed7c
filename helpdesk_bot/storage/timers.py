"""Due moments. Each is a row; the scheduler only asks what is due. One of a kind per ticket."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import Timer


async def set_timer(session: AsyncSession, kind: str, ticket_id: int, due_at: datetime) -> None:
    """Sets or moves the ticket's timer of this kind."""
    await cancel(session, ticket_id, kind)
    session.add(Timer(kind=kind, ticket_id=ticket_id, due_at=due_at))
    await session.flush()


async def cancel(session: AsyncSession, ticket_id: int, *kinds: str) -> None:
    """Takes the named timers of a ticket away; all of them when none is named."""
    query = delete(Timer).where(Timer.ticket_id == ticket_id)
    if kinds:
        query = query.where(Timer.kind.in_(kinds))
    await session.execute(query)


async def next_due(session: AsyncSession, now: datetime, *, without: Collection[str] = ()) -> Timer | None:
    """What has been due for longest; `without`: none of these kinds."""
    query = select(Timer).where(Timer.due_at <= now, Timer.kind.not_in(without))
    return await session.scalar(query.order_by(Timer.due_at, Timer.id).limit(1))


async def next_moment(session: AsyncSession) -> datetime | None:
    """When the next timer is due."""
    return await session.scalar(select(func.min(Timer.due_at)))


async def due(session: AsyncSession, ticket_id: int, kind: str) -> datetime | None:
    """When the ticket's timer of this kind is due."""
    return await session.scalar(select(Timer.due_at).where(Timer.ticket_id == ticket_id, Timer.kind == kind))
