"""Who wants to be reminded of what; see `models.Reminder`."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import Reminder


async def of_person(session: AsyncSession, user_id: str, room_id: str | None = None) -> list[Reminder]:
    """Theirs, the soonest first; with `room_id`, only those that are said there."""
    query = select(Reminder).where(Reminder.user_id == user_id).order_by(Reminder.due_at, Reminder.id)
    if room_id is not None:
        query = query.where(Reminder.room_id == room_id)
    return list((await session.scalars(query)).all())


async def forget_said(session: AsyncSession, event_id: str) -> bool:
    """The message in which it was asked for is gone. Its timer finds nothing then."""
    found = await session.scalar(select(Reminder.id).where(Reminder.event_id == event_id))
    await session.execute(delete(Reminder).where(Reminder.event_id == event_id))
    return found is not None
