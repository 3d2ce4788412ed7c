"""What helpers promised requesters; see `models.Promise`."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import Promise


async def of_ticket(session: AsyncSession, ticket_id: int) -> list[Promise]:
    query = select(Promise).where(Promise.ticket_id == ticket_id).order_by(Promise.id)
    return list((await session.scalars(query)).all())


async def forget_said(session: AsyncSession, event_id: str) -> None:
    """The answer in which it stood is no more. Its timer finds nothing then."""
    await session.execute(delete(Promise).where(Promise.event_id == event_id))
