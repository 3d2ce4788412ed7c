"""After a restore: what is about something that has yet to be made again waits for it.

A helper's claim may come back before the question that its card is of: rooms come in any order, and a question may wait
for its key.
"""

from datetime import datetime, timedelta

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage import keys
from helpdesk_bot.storage.models import Echo, InboxEvent, Ticket

# Written out in the SQL, because SQLite uses a partial index only for a condition that it can read.
_EARLY = (InboxEvent.state != literal("done", literal_execute=True), InboxEvent.state == "early")
_LONGEST = timedelta(days=1)


async def hold(session: AsyncSession, event: InboxEvent, now: datetime) -> bool:
    """Whether this event waits from now on, for a message of ours that it is about."""
    about = [target for target in _targets(event) if await _unmade(session, target)]
    if not about or now - event.received_at > _LONGEST:
        return False
    event.state, event.error = "early", about[0]
    return True


async def hold_for(session: AsyncSession, event: InboxEvent, number: int, now: datetime) -> bool:
    """The same, for a ticket that it names."""
    before = await session.scalars(select(Echo.key).where(Echo.key.endswith(f"-{number}", autoescape=True)))
    if number not in map(keys.opens, before) or now - event.received_at > _LONGEST:
        return False
    event.state, event.error = "early", str(number)
    return True


async def release(session: AsyncSession, now: datetime) -> None:
    """Puts back in its place what need not wait any longer."""
    for row in (await session.scalars(select(InboxEvent).where(*_EARLY))).all():
        about = row.error or ""
        waits = (
            await session.get(Ticket, int(about)) is None
            if about.isdecimal()
            else await _unmade(session, about)
        )
        if not waits or now - row.received_at > _LONGEST:
            row.state, row.error = "pending", None
    await session.flush()


async def _unmade(session: AsyncSession, event_id: str) -> bool:
    return await session.scalar(select(Echo.key).where(Echo.event_id == event_id).limit(1)) is not None


def _targets(event: InboxEvent) -> list[str]:
    """The events that it hangs on."""
    content = event.content or {}
    relates = content.get("m.relates_to")
    relates = relates if isinstance(relates, dict) else {}
    reply = relates.get("m.in_reply_to")
    found = (relates.get("event_id"), reply.get("event_id") if isinstance(reply, dict) else None)
    return [target for target in found if isinstance(target, str)]
