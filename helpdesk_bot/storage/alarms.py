"""What leaves outside Matrix: which message goes next, and what became of it; and the links in them."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from helpdesk_bot.storage.models import Alarm, AlarmLink

# Written out in the SQL, because SQLite uses a partial index only for a condition that it can read.
_PENDING = Alarm.state == literal("pending", literal_execute=True)


async def due(session: AsyncSession, now: datetime, busy: Collection[int], limit: int) -> list[int]:
    """The ids of the messages that are to be sent now, the oldest first. `busy`: those that are leaving. That somebody need
    not come waits until the call that it ends has left: the last that they read is what counts."""
    leaving = aliased(Alarm)
    same = select(leaving.id).where(
        leaving.id.in_(busy), leaving.who == Alarm.who, leaving.channel == Alarm.channel
    )
    query = select(Alarm.id).where(
        _PENDING, Alarm.not_before <= now, Alarm.id.not_in(busy), (Alarm.kind == "call") | ~same.exists()
    )
    return list((await session.scalars(query.order_by(Alarm.id).limit(limit))).all())


async def of_call(session: AsyncSession, call_id: int, kind: str) -> list[Alarm]:
    query = select(Alarm).where(Alarm.call_id == call_id, Alarm.kind == kind)
    return list((await session.scalars(query.order_by(Alarm.id))).all())


def add(session: AsyncSession, call_id: int, who: str, channel: str, kind: str, now: datetime) -> None:
    session.add(
        Alarm(
            call_id=call_id,
            who=who,
            channel=channel,
            kind=kind,
            state="pending",
            not_before=now,
            created_at=now,
        )
    )


async def new_link(session: AsyncSession, call_id: int, expires_at: datetime) -> str:
    """What stands at the end of a new link: 256 random bits, of which only a hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(AlarmLink(hash=_hash(token), call_id=call_id, expires_at=expires_at))
    await session.flush()
    return token


async def link(session: AsyncSession, token: str, now: datetime) -> AlarmLink | None:
    """The link that ends so; None when there is none, or it is too old."""
    found = await session.get(AlarmLink, _hash(token))
    return found if found is not None and found.expires_at > now else None


async def forget_links(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(AlarmLink).where(AlarmLink.expires_at <= now))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
