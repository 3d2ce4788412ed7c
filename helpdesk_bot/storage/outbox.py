"""What must leave the process. A row is written in the transaction that decided it and sent by `matrix/send`.

Within a room, rows go out in the order of (urgency, id). A row that points at another ('row:12') waits for it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import CursorResult, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.federation.addresses import is_elsewhere
from helpdesk_bot.storage import echoes, keys
from helpdesk_bot.storage.models import OutboxRow

# In the content of every event of ours: with it we recognise our own message in a room when the homeserver no longer
# remembers the transaction id (it forgets after 24 hours, and at once for another device).
REF_KEY = "nl.helpdesk.ref"
# Written out in the SQL, because SQLite uses a partial index only for a condition that it can read.
PENDING = OutboxRow.state == literal("pending", literal_execute=True)
_JOIN = OutboxRow.kind == literal("join", literal_execute=True)


class Urgency(IntEnum):
    """What goes first when the homeserver allows only a few messages: people before paperwork."""

    ROOM = -10  # must be there before anything can be said in it
    ALARM = -5  # somebody is called in an emergency
    PERSON = 0
    TEAM = 10
    MARK = 20
    CARD = 30


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One event to send. `thread`, `reply`, `edits` and `about` are event ids ('$…') or rows (see `row_ref`).

    `about` is the message that a reaction or a redaction is for. `coalesce`: a later row with the same word replaces
    this one while it is unsent. `after`: not before this moment. `asked_by`: for a join, who invited us. `run`: the run
    that it is about, and its step, as '3/inventory' or '3/'.
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
    asked_by: str | None = None
    run: str | None = None


def row_ref(row_id: int) -> str:
    """How one outbox row points at another, whose event id is not known yet."""
    return f"row:{row_id}"


async def enqueue(session: AsyncSession, out: Outgoing, now: datetime) -> int:
    """Adds a row and returns its id. Nothing leaves before the caller's transaction commits."""
    waiting_since = now
    if out.coalesce:
        same = (OutboxRow.coalesce == out.coalesce, PENDING)
        waiting = await session.scalar(select(func.min(OutboxRow.created_at)).where(*same))
        if waiting is not None:
            waiting_since = waiting
            # The row stays: it may be on its way at this moment, and must be known if its words have to be taken away.
            await session.execute(update(OutboxRow).where(*same).values(state="replaced", content={}))
    elsewhere = is_elsewhere(out.room_id)  # what is said there goes by way of the other helpdesk
    refs = {"thread": out.thread, "reply": out.reply, "edits": out.edits, "about": out.about}
    if out.asked_by:
        refs["asked_by"] = out.asked_by
    if out.run:
        refs["run"] = out.run
    row = OutboxRow(
        txn_id=await _txn_id(session, out),
        kind=out.kind,
        room_id=out.room_id,
        type=out.type,
        content={} if elsewhere else out.content,
        refs={name: ref for name, ref in refs.items() if ref},
        priority=await _not_before_targets(session, refs.values(), int(out.priority)),
        coalesce=out.coalesce,
        ticket_id=out.ticket_id,
        state="elsewhere" if elsewhere else "pending",
        created_at=waiting_since,
        not_before=out.after,
        look_first=session.info.get("again", False),
    )
    if row.look_first and out.kind == "send" and out.room_id.startswith("!"):
        row.event_id = await echoes.take(session, row.txn_id, exact=out.edits is not None)
    if row.event_id is not None:
        row.state, row.content, row.sent_at = "sent", {}, now
    session.add(row)
    await session.flush()
    return row.id


def caused_by(session: AsyncSession, cause: str, *, again: bool = False) -> None:
    """Says what the rows of this transaction come from: an event, or a moment that was due.

    `again`: it may have been worked on before a restore, so its rows may be in their rooms already.
    """
    session.info.update(cause=cause, counts=Counter(), again=again, opened=None)


async def number_before(session: AsyncSession) -> int | None:
    """The number that the ticket which is opened now had before a restore."""
    return await echoes.number_of(session, session.info["cause"]) if session.info.get("again") else None


def opened(session: AsyncSession, ticket_id: int) -> None:
    """What this transaction says about that ticket from here on carries its number (see `keys`)."""
    session.info["opened"] = ticket_id


async def _txn_id(session: AsyncSession, out: Outgoing) -> str:
    """The same for the same words in the same place, so that work done again after a restore is not said again. A place
    is the n-th thing about a ticket in a room out of one cause; one that is taken, by the same cause an earlier time, is
    not taken again.
    """
    cause = session.info.get("cause")
    if cause is None:
        return uuid4().hex
    secret = await keys.secret_of(session)
    counts: Counter[str] = session.info["counts"]
    what: list[object] = [out.kind, out.room_id, out.type, out.ticket_id]
    opened = out.ticket_id if out.ticket_id == session.info["opened"] else None
    while True:
        counts[str(what)] += 1
        place = [*what, counts[str(what)]]
        begin = keys.place_of(secret, cause, place)
        taken = select(OutboxRow.id).where(OutboxRow.txn_id >= begin, OutboxRow.txn_id < begin + "g").limit(1)
        if await session.scalar(taken) is None:
            return keys.key(secret, cause, place, out.content, opened)


async def _not_before_targets(session: AsyncSession, refs: Iterable[str | None], priority: int) -> int:
    """A row must not overtake the row it points at: it takes that one's priority if its own would."""
    rows = [int(ref.removeprefix("row:")) for ref in refs if ref and ref.startswith("row:")]
    if not rows or priority >= max(Urgency):
        return priority
    slowest = await session.scalar(select(func.max(OutboxRow.priority)).where(OutboxRow.id.in_(rows)))
    return max(priority, slowest or 0)


async def event_of(session: AsyncSession, row_id: int) -> str | None:
    """The event id of a row that was sent, else None."""
    return await session.scalar(select(OutboxRow.event_id).where(OutboxRow.id == row_id))


async def row_of(session: AsyncSession, event_id: str) -> OutboxRow | None:
    """The row that became this event."""
    return await session.scalar(select(OutboxRow).where(OutboxRow.event_id == event_id))


async def move_room(session: AsyncSession, old: str, new: str) -> None:
    """What waited for a room that had yet to be made goes there."""
    await session.execute(update(OutboxRow).where(OutboxRow.room_id == old).values(room_id=new))


async def move_messages(session: AsyncSession, old: str, new: str, ticket_id: int | None = None) -> None:
    """What still waits to be said in a room is said in another; what belongs to a message of the old room is not."""
    query = select(OutboxRow).where(OutboxRow.room_id == old, OutboxRow.kind == "send", PENDING)
    if ticket_id is not None:
        query = query.where(OutboxRow.ticket_id == ticket_id)
    moved: set[str] = set()
    for row in (await session.scalars(query.order_by(OutboxRow.id))).all():
        target = row.refs.get("about") or row.refs.get("edits")
        if target is not None and target not in moved:
            continue
        row.room_id, row.not_before = new, None
        row.refs = {name: ref for name, ref in row.refs.items() if ref in moved or name == "run"}
        moved.add(row_ref(row.id))


async def hurry(session: AsyncSession, room_id: str, kind: str) -> bool:
    """Tries what waits of this kind at once; False when there is nothing."""
    query = update(OutboxRow).where(OutboxRow.room_id == room_id, OutboxRow.kind == kind, PENDING)
    done = await session.execute(query.values(not_before=None))
    return isinstance(done, CursorResult) and done.rowcount > 0


async def joins_since(session: AsyncSession, moment: datetime) -> list[tuple[datetime, str | None]]:
    """When each room was entered, or is to be, and who asked for it."""
    rows = await session.execute(
        select(OutboxRow.created_at, OutboxRow.refs).where(_JOIN, OutboxRow.created_at > moment)
    )
    return [(row.created_at, row.refs.get("asked_by")) for row in rows]


async def waits(session: AsyncSession, room_id: str, kind: str) -> bool:
    """Whether something of this kind is still to be done for this room."""
    query = select(OutboxRow.id).where(OutboxRow.room_id == room_id, OutboxRow.kind == kind, PENDING)
    return await session.scalar(query.limit(1)) is not None


async def last_said(session: AsyncSession, room_id: str) -> OutboxRow | None:
    """The last message of ours in a room, sent or about to be."""
    said = (OutboxRow.room_id == room_id, OutboxRow.kind == "send", OutboxRow.type == "m.room.message")
    query = select(OutboxRow).where(*said, OutboxRow.state.in_(("pending", "sent")))
    return await session.scalar(query.order_by(OutboxRow.id.desc()).limit(1))


async def get(session: AsyncSession, row_id: int) -> OutboxRow | None:
    return await session.get(OutboxRow, row_id)


async def drop_room(session: AsyncSession, room_id: str, why: str = "not in the room") -> None:
    """What waits to be said there is not said any more."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.room_id == room_id, PENDING, OutboxRow.kind != "join")
        .values(state="dropped", error=why)
    )
