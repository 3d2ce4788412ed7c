"""Messages that were not meant for the helpdesk, but sound as if help was wanted: their senders were asked.

They stay in the inbox as 'offered' until there is an answer, and no longer than a day.
"""

from datetime import datetime, timedelta

from sqlalchemy import literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import InboxEvent

STANDS = timedelta(days=1)
# Written out in the SQL, because SQLite uses a partial index only for a condition that it can read.
_OFFERED = InboxEvent.state == literal("offered", literal_execute=True)


async def note(session: AsyncSession, event_id: str) -> None:
    """Keeps what is being worked on, for its sender to decide."""
    await session.execute(update(InboxEvent).where(InboxEvent.event_id == event_id).values(state="offered"))


async def standing(session: AsyncSession, room_id: str, sender: str) -> InboxEvent | None:
    """What this person was asked about last in this room and has not answered."""
    query = select(InboxEvent).where(_OFFERED, InboxEvent.room_id == room_id, InboxEvent.sender == sender)
    return await session.scalar(query.order_by(InboxEvent.id.desc()).limit(1))


def end(row: InboxEvent) -> None:
    row.state, row.content = "done", None


async def end_old(session: AsyncSession, now: datetime) -> None:
    await session.execute(
        update(InboxEvent)
        .where(_OFFERED, InboxEvent.received_at < now - STANDS)
        .values(state="done", content=None)
    )
