"""What must leave the process. A row is written in the transaction that decided it and sent by `matrix/send`.

Within a room, rows go out in the order of (priority, id). A row that points at another ('row:12') waits for it.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import CursorResult, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import OutboxRow

# In the content of every event of ours: with it we recognise our own message in a room when the homeserver no longer
# remembers the transaction id (it forgets after 24 hours, and at once for another device).
REF_KEY = "nl.helpdesk.ref"
# Written out in the SQL, because SQLite uses a partial index only for a condition that it can read.
_PENDING = OutboxRow.state == literal("pending", literal_execute=True)


class Urgency(IntEnum):
    """What goes first when the homeserver allows only a few messages: people before paperwork."""

    PERSON = 0
    TEAM = 10
    MARK = 20
    CARD = 30


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One event to send. `thread`, `reply`, `edits` and `about` are event ids ('$…') or rows (see `row_ref`).

    `about` is the message that a reaction or a redaction is for. `coalesce`: a later row with the same word replaces
    this one while it is unsent.
    """

    room_id: str
    content: dict[str, Any]
    type: str = "m.room.message"
    kind: str = "send"
    thread: str | None = None
    reply: str | None = None
    edits: str | None = None
    about: str | None = None
    priority: Urgency = Urgency.PERSON
    coalesce: str | None = None
    ticket_id: int | None = None
    after: datetime | None = field(default=None)


def row_ref(row_id: int) -> str:
    """How one outbox row points at another, whose event id is not known yet."""
    return f"row:{row_id}"


async def enqueue(session: AsyncSession, out: Outgoing, now: datetime) -> int:
    """Adds a row and returns its id. Nothing leaves before the caller's transaction commits."""
    if out.coalesce:
        # Even if the unsent row did reach the homeserver in a moment before a crash, the newer one comes after it.
        await session.execute(delete(OutboxRow).where(OutboxRow.coalesce == out.coalesce, _PENDING))
    refs = {"thread": out.thread, "reply": out.reply, "edits": out.edits, "about": out.about}
    row = OutboxRow(
        txn_id=await _txn_id(session, out),
        kind=out.kind,
        room_id=out.room_id,
        type=out.type,
        content=out.content,
        refs={name: ref for name, ref in refs.items() if ref},
        priority=await _not_before_targets(session, refs.values(), int(out.priority)),
        coalesce=out.coalesce,
        ticket_id=out.ticket_id,
        state="pending",
        created_at=now,
        not_before=out.after,
    )
    session.add(row)
    await session.flush()
    return row.id


def caused_by(session: AsyncSession, cause: str) -> None:
    """Says what the rows of this transaction come from: an event, or a moment that was due."""
    session.info.update(cause=cause, count=0)


async def _txn_id(session: AsyncSession, out: Outgoing) -> str:
    """The same for the same words out of the same cause, so that work done again after a restored backup is not said
    again: the homeserver knows the id. Other words, or a second time on purpose, get an id of their own."""
    cause = session.info.get("cause")
    if cause is None:
        return uuid4().hex
    session.info["count"] += 1
    said = [cause, session.info["count"], out.kind, out.room_id, out.type, out.content]
    txn_id = hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:32]
    known = await session.scalar(select(OutboxRow.id).where(OutboxRow.txn_id == txn_id))
    return txn_id if known is None else uuid4().hex


async def _not_before_targets(session: AsyncSession, refs: Iterable[str | None], priority: int) -> int:
    """A row must not overtake the row it points at: it takes that one's priority if its own would."""
    rows = [int(ref.removeprefix("row:")) for ref in refs if ref and ref.startswith("row:")]
    if not rows:
        return priority
    slowest = await session.scalar(select(func.max(OutboxRow.priority)).where(OutboxRow.id.in_(rows)))
    return max(priority, slowest or 0)


async def heads(session: AsyncSession, now: datetime, busy: Sequence[str], limit: int) -> list[OutboxRow]:
    """The first unsent row of each room that is not `busy`, the most urgent rooms first.

    A row whose `not_before` is in the future holds back its whole room, so that the order stays.
    """
    place = func.row_number().over(
        partition_by=OutboxRow.room_id, order_by=(OutboxRow.priority, OutboxRow.id)
    )
    first = (
        select(OutboxRow.id, place.label("place")).where(_PENDING, OutboxRow.room_id.not_in(busy)).subquery()
    )
    query = (
        select(OutboxRow)
        .join(first, first.c.id == OutboxRow.id)
        .where(first.c.place == 1, (OutboxRow.not_before.is_(None)) | (OutboxRow.not_before <= now))
        .order_by(OutboxRow.priority, OutboxRow.id)
        .limit(limit)
    )
    return list((await session.scalars(query)).all())


async def resolve(session: AsyncSession, refs: dict[str, Any]) -> dict[str, str | None]:
    """Event ids for a row's `refs`. None stands for a message that never arrived in its room."""
    found: dict[str, str | None] = {}
    for name, ref in refs.items():
        if str(ref).startswith("row:"):
            found[name] = await event_of(session, int(str(ref).removeprefix("row:")))
        else:
            found[name] = str(ref)
    return found


async def event_of(session: AsyncSession, row_id: int) -> str | None:
    """The event id of a row that was sent, else None."""
    return await session.scalar(select(OutboxRow.event_id).where(OutboxRow.id == row_id))


async def row_of(session: AsyncSession, event_id: str) -> OutboxRow | None:
    """The row that became this event."""
    return await session.scalar(select(OutboxRow).where(OutboxRow.event_id == event_id))


async def mark_sent(session: AsyncSession, key: str, event_id: str, now: datetime) -> None:
    """Notes that the row with transaction id `key` is in its room as `event_id`. Safe to repeat."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.txn_id == key, OutboxRow.state != "sent")
        .values(state="sent", event_id=event_id, sent_at=now, error=None, content={})
    )


async def suspect_all(session: AsyncSession) -> None:
    """After a change of device: the homeserver would send again what the old device already sent, so look first."""
    await session.execute(update(OutboxRow).where(_PENDING).values(look_first=True))


async def put_off(
    session: AsyncSession, row_id: int, until: datetime, error: str, *, counts: bool = True
) -> None:
    """Notes a failed attempt; the row is tried again at `until`. Being asked to wait does not count as one."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id, _PENDING)
        .values(attempts=OutboxRow.attempts + (1 if counts else 0), not_before=until, error=error)
    )


async def give_up(session: AsyncSession, row_id: int, state: str, error: str) -> bool:
    """Ends a row that can't be sent: 'failed' (told to the coordinators) or 'dropped' (nothing was lost by it).

    False when it was not waiting any more: sent after all, or replaced.
    """
    done = await session.execute(
        update(OutboxRow).where(OutboxRow.id == row_id, _PENDING).values(state=state, error=error)
    )
    return isinstance(done, CursorResult) and done.rowcount > 0


async def settle(session: AsyncSession, row_id: int, now: datetime) -> None:
    """Ends a row that was done and leaves no event behind: a join, a leave, a new direct chat."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id)
        .values(state="sent", sent_at=now, error=None, content={})
    )


async def suspect(session: AsyncSession, row_id: int) -> None:
    """From here on it may have happened without our knowing: look before doing it again."""
    await session.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(look_first=True))


async def move_room(session: AsyncSession, old: str, new: str) -> None:
    """What waited for a room that had yet to be made goes there."""
    await session.execute(update(OutboxRow).where(OutboxRow.room_id == old).values(room_id=new))


async def next_moment(session: AsyncSession, now: datetime) -> datetime | None:
    """When the next row that was put off is due."""
    query = select(func.min(OutboxRow.not_before)).where(_PENDING, OutboxRow.not_before > now)
    return await session.scalar(query)


async def backlog(session: AsyncSession, now: datetime) -> tuple[int, timedelta]:
    """How many rows wait, and since when the oldest does."""
    query = select(func.count(), func.min(OutboxRow.created_at)).where(_PENDING)
    count, oldest = (await session.execute(query)).one()
    return count, (now - oldest) if oldest else timedelta()


async def waits(session: AsyncSession, room_id: str, kind: str) -> bool:
    """Whether something of this kind is still to be done for this room."""
    query = select(OutboxRow.id).where(OutboxRow.room_id == room_id, OutboxRow.kind == kind, _PENDING)
    return await session.scalar(query.limit(1)) is not None


async def get(session: AsyncSession, row_id: int) -> OutboxRow | None:
    return await session.get(OutboxRow, row_id)


async def drop_room(session: AsyncSession, room_id: str) -> None:
    """Nothing can be said any more in a room the bot is not in."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.room_id == room_id, _PENDING, OutboxRow.kind != "join")
        .values(state="dropped", error="not in the room")
    )
