"""The weeks that were told to the coordinators: which message, who read it, what was noted about it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import OutboxRow, WeekNote, WeekPost


async def told(session: AsyncSession, scope: str, week: str) -> WeekPost | None:
    query = select(WeekPost).where(WeekPost.scope == scope, WeekPost.week == week)
    return await session.scalar(query)


async def last_told(session: AsyncSession, scope: str) -> WeekPost | None:
    """The newest week of this scope that was told."""
    query = select(WeekPost).where(WeekPost.scope == scope)
    return await session.scalar(query.order_by(WeekPost.week.desc()).limit(1))


async def at_event(session: AsyncSession, room_id: str, event_id: str | None) -> WeekPost | None:
    """The week whose message this event is."""
    if event_id is None:
        return None
    query = (
        select(WeekPost)
        .join(OutboxRow, OutboxRow.id == WeekPost.outbox_id)
        .where(OutboxRow.event_id == event_id, OutboxRow.room_id == room_id)
    )
    return await session.scalar(query)


async def unread(session: AsyncSession) -> list[WeekPost]:
    """Of each scope only its newest week: nobody has to tick off what lies behind it."""
    newest: dict[str, WeekPost] = {}
    for post in await session.scalars(select(WeekPost).order_by(WeekPost.week, WeekPost.id)):
        newest[post.scope] = post
    return sorted((post for post in newest.values() if post.read_at is None), key=lambda post: post.id)


async def note_of(session: AsyncSession, event_id: str) -> WeekNote | None:
    return await session.scalar(select(WeekNote).where(WeekNote.event_id == event_id))


async def notes(session: AsyncSession, post_id: int) -> Sequence[WeekNote]:
    """The oldest first."""
    query = select(WeekNote).where(WeekNote.post_id == post_id).order_by(WeekNote.sent_at, WeekNote.id)
    return (await session.scalars(query)).all()
