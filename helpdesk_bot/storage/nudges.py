"""What is gathered to be said at one place, while everything that is due is looked at; see `models.Nudge`."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import Nudge


async def add(
    session: AsyncSession, place: str, what: str, ticket_id: int, now: datetime, person: str | None = None
) -> None:
    """`place` is a room or, for a requester, their Matrix id. The same is gathered once."""
    same = (Nudge.place == place, Nudge.what == what, Nudge.ticket_id == ticket_id)
    if await session.scalar(select(Nudge.id).where(*same).limit(1)) is None:
        session.add(Nudge(place=place, what=what, ticket_id=ticket_id, person=person, created_at=now))
        await session.flush()


async def at(session: AsyncSession, place: str) -> list[Nudge]:
    """What waits there, the oldest first."""
    query = select(Nudge).where(Nudge.place == place).order_by(Nudge.id)
    return list((await session.scalars(query)).all())


async def forget(session: AsyncSession, *rows: Nudge) -> None:
    """It was said or done."""
    await session.execute(delete(Nudge).where(Nudge.id.in_([row.id for row in rows])))
