"""Due moments. Each is a row; the scheduler only asks what is due. One of a kind about each thing."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import Timer


def of_ticket(ticket_id: int) -> str:
    """What the timers of a ticket are about."""
    return f"ticket:{ticket_id}"


def key_of(about: str) -> str:
    """What stands behind the first colon: '12' of 'ticket:12', '@joris:example.org' of 'technician:@joris:example.org'."""
    return about.partition(":")[2]


async def set_moment(session: AsyncSession, kind: str, about: str, due_at: datetime) -> None:
    """Sets or moves the timer of this kind about this thing."""
    await cancel_moments(session, about, kind)
    session.add(Timer(kind=kind, about=about, due_at=due_at))
    await session.flush()


async def first_moments(session: AsyncSession, about: str, moments: Mapping[str, datetime]) -> None:
    """Sets timers of several kinds about something that has none of them."""
    if moments:
        rows = [{"kind": kind, "about": about, "due_at": due_at} for kind, due_at in moments.items()]
        await session.execute(insert(Timer), rows)


async def cancel_moments(session: AsyncSession, about: str, *kinds: str) -> None:
    """Takes the named timers about this thing away; all of them when none is named."""
    query = delete(Timer).where(Timer.about == about)
    if kinds:
        query = query.where(Timer.kind.in_(kinds))
    await session.execute(query)


async def cancel_all(session: AsyncSession, things: Collection[str]) -> None:
    """Takes every timer about any of these things away."""
    await session.execute(delete(Timer).where(Timer.about.in_(things)))


async def moment(session: AsyncSession, about: str, kind: str) -> datetime | None:
    """When the timer of this kind about this thing is due."""
    return await session.scalar(select(Timer.due_at).where(Timer.about == about, Timer.kind == kind))


async def moments(session: AsyncSession, about: str, *kinds: str) -> dict[str, datetime]:
    """When each of these kinds about this thing is due; those that are not set are left out."""
    query = select(Timer.kind, Timer.due_at).where(Timer.about == about, Timer.kind.in_(kinds))
    return {row.kind: row.due_at for row in await session.execute(query)}


async def set_timer(session: AsyncSession, kind: str, ticket_id: int, due_at: datetime) -> None:
    """Sets or moves the ticket's timer of this kind."""
    await set_moment(session, kind, of_ticket(ticket_id), due_at)


async def cancel(session: AsyncSession, ticket_id: int, *kinds: str) -> None:
    """Takes the named timers of a ticket away; all of them when none is named."""
    await cancel_moments(session, of_ticket(ticket_id), *kinds)


async def due(session: AsyncSession, ticket_id: int, kind: str) -> datetime | None:
    """When the ticket's timer of this kind is due."""
    return await moment(session, of_ticket(ticket_id), kind)


async def next_due(session: AsyncSession, now: datetime, *, without: Collection[str] = ()) -> Timer | None:
    """What has been due for longest; `without`: none of these kinds."""
    query = select(Timer).where(Timer.due_at <= now, Timer.kind.not_in(without))
    return await session.scalar(query.order_by(Timer.due_at, Timer.id).limit(1))


async def longest_due(session: AsyncSession, now: datetime, kinds: Collection[str]) -> Timer | None:
    """What of these kinds has been due for longest."""
    query = select(Timer).where(Timer.due_at <= now, Timer.kind.in_(kinds))
    return await session.scalar(query.order_by(Timer.due_at, Timer.id).limit(1))


async def next_moment(session: AsyncSession) -> datetime | None:
    """When the next timer is due."""
    return await session.scalar(select(func.min(Timer.due_at)))
