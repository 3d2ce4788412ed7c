"""What must leave the process. A row is written in the transaction that decided it and sent by `matrix/send`.

Within a room, rows go out in the order of (urgency, id). A row that points at another ('row:12') waits for it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import CursorResult, case, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage import echoes, keys
from helpdesk_bot.storage.models import OutboxRow

# In the content of every event of ours: with it we recognise our own message in a room when the homeserver no longer
# remembers the transaction id (it forgets after 24 hours, and at once for another device).
REF_KEY = "nl.helpdesk.ref"
# Written out in the SQL, because SQLite uses a partial index only for a condition that it can read.
_PENDING = OutboxRow.state == literal("pending", literal_execute=True)
LONG_ENOUGH = timedelta(minutes=3)
_JOIN = OutboxRow.kind == literal("join", literal_execute=True)


class Urgency(IntEnum):
    """What goes first when the homeserver allows only a few messages: people before paperwork."""

    ROOM = -10  # must be there before anything can be said in it
    PERSON = 0
    TEAM = 10
    MARK = 20
    CARD = 30


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One event to send. `thread`, `reply`, `edits` and `about` are event ids ('$…') or rows (see `row_ref`).

    `about` is the message that a reaction or a redaction is for. `coalesce`: a later row with the same word replaces
    this one while it is unsent. `after`: not before this moment. `asked_by`: for a join, who invited us.
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


def row_ref(row_id: int) -> str:
    """How one outbox row points at another, whose event id is not known yet."""
    return f"row:{row_id}"


async def enqueue(session: AsyncSession, out: Outgoing, now: datetime) -> int:
    """Adds a row and returns its id. Nothing leaves before the caller's transaction commits."""
    waiting_since = now
    if out.coalesce:
        same = (OutboxRow.coalesce == out.coalesce, _PENDING)
        waiting_since = await session.scalar(select(func.min(OutboxRow.created_at)).where(*same)) or now
        # The row stays: it may be on its way at this moment, and must be known if its words have to be taken away.
        await session.execute(update(OutboxRow).where(*same).values(state="replaced", content={}))
    refs = {"thread": out.thread, "reply": out.reply, "edits": out.edits, "about": out.about}
    if out.asked_by:
        refs["asked_by"] = out.asked_by
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
    counts: Counter[str] = session.info["counts"]
    what: list[object] = [out.kind, out.room_id, out.type, out.ticket_id]
    opened = out.ticket_id if out.ticket_id == session.info["opened"] else None
    while True:
        counts[str(what)] += 1
        place = [*what, counts[str(what)]]
        begin = keys.place_of(cause, place)
        taken = select(OutboxRow.id).where(OutboxRow.txn_id >= begin, OutboxRow.txn_id < begin + "g").limit(1)
        if await session.scalar(taken) is None:
            return keys.key(cause, place, out.content, opened)


async def _not_before_targets(session: AsyncSession, refs: Iterable[str | None], priority: int) -> int:
    """A row must not overtake the row it points at: it takes that one's priority if its own would."""
    rows = [int(ref.removeprefix("row:")) for ref in refs if ref and ref.startswith("row:")]
    if not rows:
        return priority
    slowest = await session.scalar(select(func.max(OutboxRow.priority)).where(OutboxRow.id.in_(rows)))
    return max(priority, slowest or 0)


async def heads(
    session: AsyncSession, now: datetime, busy: Sequence[str], limit: int, *, untried: bool = False
) -> list[OutboxRow]:
    """The first unsent row of each room that is not `busy`, the most urgent rooms first.

    What has waited for `LONG_ENOUGH` is as urgent as a person, or in a busy hour it would wait for ever. A row whose
    `not_before` is in the future holds back its whole room, so that the order stays. `untried`: without the rooms whose
    first row has failed before.
    """
    waited = OutboxRow.created_at <= now - LONG_ENOUGH
    urgency = case(
        (waited & (OutboxRow.priority > Urgency.PERSON), int(Urgency.PERSON)), else_=OutboxRow.priority
    )
    place = func.row_number().over(partition_by=OutboxRow.room_id, order_by=(urgency, OutboxRow.id))
    first = (
        select(OutboxRow.id, place.label("place")).where(_PENDING, OutboxRow.room_id.not_in(busy)).subquery()
    )
    query = (
        select(OutboxRow)
        .join(first, first.c.id == OutboxRow.id)
        .where(first.c.place == 1, (OutboxRow.not_before.is_(None)) | (OutboxRow.not_before <= now))
        .order_by(urgency, OutboxRow.id)
        .limit(limit)
    )
    if untried:
        query = query.where(OutboxRow.attempts == 0)
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


async def heard(session: AsyncSession, key: str, event_id: str, now: datetime) -> bool:
    """Like `mark_sent`, for what was said before a restore: the row may say it in other words, or not be there yet.

    False when there is none.
    """
    same = OutboxRow.txn_id == key
    if await session.scalar(select(OutboxRow.id).where(same)) is None:
        begin = keys.place_in(key)
        place = (OutboxRow.txn_id >= begin) & (OutboxRow.txn_id < begin + "g")
        doubtful = (
            _PENDING,
            OutboxRow.look_first,
            OutboxRow.kind == "send",
            OutboxRow.room_id.startswith("!"),
        )
        row = (await session.scalars(select(OutboxRow).where(place, *doubtful).limit(1))).first()
        if row is None or "edits" in row.refs:
            return False
        key = row.txn_id
    await mark_sent(session, key, event_id, now)
    return True


async def mark_sent(session: AsyncSession, key: str, event_id: str, now: datetime) -> None:
    """Notes that the row with transaction id `key` is in its room as `event_id`. Safe to repeat."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.txn_id == key, OutboxRow.state != "sent")
        .values(state="sent", event_id=event_id, sent_at=now, error=None, content={})
    )


async def suspect_all(session: AsyncSession) -> None:
    """After a change of device, or a restore: the homeserver would send again what was already sent, so look first."""
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


async def failed(session: AsyncSession) -> list[OutboxRow]:
    """What could not be delivered, in the order of each room."""
    query = select(OutboxRow).where(OutboxRow.state == "failed")
    query = query.order_by(OutboxRow.room_id, OutboxRow.priority, OutboxRow.id)
    return list((await session.scalars(query)).all())


async def replay(session: AsyncSession, row_id: int | None = None) -> tuple[int, int]:
    """Puts one failed row (or all of them) back in its place in its room, with what was dropped because of it.

    Returns how many came back, and how many did not because the room has gone on: what they say was said in a newer
    version, or deleted.
    """
    back, overtaken = 0, 0
    for row in await failed(session):
        if row_id not in (None, row.id):
            continue
        query = select(OutboxRow).where(OutboxRow.room_id == row.room_id, OutboxRow.id > row.id)
        later = (await session.scalars(query)).all()
        about_it = [
            other for other in later if row_ref(row.id) in (other.refs.get("about"), other.refs.get("edits"))
        ]
        if any(other.kind == "redact" for other in about_it) or any(_replaces(other, row) for other in later):
            row.state, row.error = "dropped", "overtaken"
            overtaken += 1
            continue
        for each in (row, *(other for other in about_it if other.state == "dropped")):
            each.state, each.attempts, each.not_before, each.error = "pending", 0, None, None
            each.look_first = True  # a homeserver that breaks down over something may have it all the same
        back += 1
    return back, overtaken


def _replaces(later: OutboxRow, row: OutboxRow) -> bool:
    """Whether `later` is a newer version of the same thing."""
    target = row.refs.get("edits")
    return target is not None and later.refs.get("edits") == target and later.state != "dropped"


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


async def move_messages(session: AsyncSession, old: str, new: str, ticket_id: int | None = None) -> None:
    """What still waits to be said in a room is said in another; what belongs to a message of the old room is not."""
    query = select(OutboxRow).where(OutboxRow.room_id == old, OutboxRow.kind == "send", _PENDING)
    if ticket_id is not None:
        query = query.where(OutboxRow.ticket_id == ticket_id)
    moved: set[str] = set()
    for row in (await session.scalars(query.order_by(OutboxRow.id))).all():
        target = row.refs.get("about") or row.refs.get("edits")
        if target is not None and target not in moved:
            continue
        row.room_id, row.not_before = new, None
        row.refs = {name: ref for name, ref in row.refs.items() if ref in moved}
        moved.add(row_ref(row.id))


async def hurry(session: AsyncSession, room_id: str, kind: str) -> bool:
    """Tries what waits of this kind at once; False when there is nothing."""
    query = update(OutboxRow).where(OutboxRow.room_id == room_id, OutboxRow.kind == kind, _PENDING)
    done = await session.execute(query.values(not_before=None))
    return isinstance(done, CursorResult) and done.rowcount > 0


async def next_moment(session: AsyncSession, now: datetime) -> datetime | None:
    """When the next row that was put off is due."""
    query = select(func.min(OutboxRow.not_before)).where(_PENDING, OutboxRow.not_before > now)
    return await session.scalar(query)


async def backlog(session: AsyncSession, now: datetime) -> tuple[int, timedelta]:
    """How many rows wait, and since when the oldest does."""
    query = select(func.count(), func.min(OutboxRow.created_at)).where(_PENDING)
    count, oldest = (await session.execute(query)).one()
    return count, (now - oldest) if oldest else timedelta()


async def joins_since(session: AsyncSession, moment: datetime) -> list[tuple[datetime, str | None]]:
    """When each room was entered, or is to be, and who asked for it."""
    rows = await session.execute(
        select(OutboxRow.created_at, OutboxRow.refs).where(_JOIN, OutboxRow.created_at > moment)
    )
    return [(row.created_at, row.refs.get("asked_by")) for row in rows]


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
