"""What came in. A row is written in the transaction that moves the sync position, and worked on once, in order."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import Bookmark, InboxEvent

MAX_ATTEMPTS = 3
_AT_ONCE = 5_000  # rows, so that no transaction is long
_EVENT_ID = re.compile(r"\$[!-~]{1,254}")
# Unreadable events of one sender in one room that wait for a key: as many as clients encrypt with the same one. More of
# them, from anybody who likes, would fill the database and every look at it.
MAX_HELD = 100
MAX_DEATHS = 10  # of the process; most have nothing to do with the event that was in work
# Written out in the SQL, because SQLite uses a partial index only for a condition that it can read.
_IN_LINE = InboxEvent.state.in_(("next", "pending"))
WAITING = InboxEvent.state != literal("done", literal_execute=True)


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event as it came, decrypted where it could be, checked for nothing else.

    `session_id` is set when it could not be decrypted. `type` is Matrix's own, or one of ours for what is no event:
    'helpdesk.invite', 'helpdesk.arrived', 'helpdesk.gap', 'helpdesk.removed', and 'helpdesk.route', a part of
    the work on another.
    """

    event_id: str
    room_id: str
    sender: str
    type: str
    content: dict[str, Any]
    sent_at: datetime
    encrypted: bool = False
    state_key: str | None = None
    session_id: str | None = None


async def accept(
    session: AsyncSession, events: Sequence[RawEvent], now: datetime, behind: Collection[str] = ()
) -> int:
    """Writes the events that are new and returns how many those are. In the rooms `behind` they wait for `line_up`."""
    unique = {event.event_id: event for event in events}
    known: set[str] = set()
    ids = list(unique)
    for start in range(0, len(ids), 500):  # SQLite limits the number of parameters
        chunk = ids[start : start + 500]
        known.update(await session.scalars(select(InboxEvent.event_id).where(InboxEvent.event_id.in_(chunk))))
    fresh = [event for event in unique.values() if event.event_id not in known]
    places = await _places(session, [e for e in fresh if e.session_id and e.room_id not in behind])
    full: dict[str, RawEvent] = {}  # per room
    for event in fresh:
        state = "behind" if event.room_id in behind else _ready(event.session_id)
        if state == "held":
            places[event.room_id, event.sender] -= 1
            if places[event.room_id, event.sender] < 0:
                state, full[event.room_id] = "done", event
        session.add(_row(event, state, now))
        await session.flush()  # one by one: the ids must follow the order of the stream
    if full:
        await accept(session, [_left_out(event, now) for event in full.values()], now)
    return len(fresh)


def _row(event: RawEvent, state: str, now: datetime) -> InboxEvent:
    return InboxEvent(
        event_id=event.event_id,
        room_id=event.room_id,
        sender=event.sender,
        type=event.type,
        state_key=event.state_key,
        content=event.content if state != "done" else None,
        encrypted=event.encrypted,
        sent_at=event.sent_at,
        received_at=now,
        state=state,
        session_id=event.session_id,
        thread=_thread(event.content),
    )


async def _places(session: AsyncSession, unreadable: Sequence[RawEvent]) -> Counter[tuple[str, str]]:
    """How many more may be held, per room and sender."""
    places = Counter[tuple[str, str]]()
    for room_id, sender in {(event.room_id, event.sender) for event in unreadable}:
        query = select(func.count()).where(WAITING, InboxEvent.state == "held", InboxEvent.room_id == room_id)
        held = await session.scalar(query.where(InboxEvent.sender == sender))
        places[room_id, sender] = MAX_HELD - (held or 0)
    return places


def _left_out(event: RawEvent, now: datetime) -> RawEvent:
    """Says aloud that something was not even kept, once a day in a room."""
    return RawEvent(
        event_id=f"gap:{event.room_id}:unreadable:{now:%Y-%m-%d}",
        room_id=event.room_id,
        sender=event.sender,
        type="helpdesk.gap",
        content={"room_id": event.room_id, "reason": "too many unreadable"},
        sent_at=now,
    )


async def behind(session: AsyncSession, room_id: str) -> list[InboxEvent]:
    """What waits until a gap in its room is filled."""
    query = select(InboxEvent).where(WAITING, InboxEvent.state == "behind", InboxEvent.room_id == room_id)
    return list((await session.scalars(query.order_by(InboxEvent.id))).all())


async def line_up(
    session: AsyncSession,
    room_id: str,
    older: Sequence[RawEvent],
    readable: Mapping[int, RawEvent | None],
    now: datetime,
) -> int:
    """Puts `older`, and then everything that waited behind it, in line; returns how many events of `older` were new.

    `readable`: rows behind it whose key has come by now; None for those that say nothing to us.
    """
    rows = await behind(session, room_id)
    later = [readable.get(row.id, _raw(row)) for row in rows]
    for row in rows:
        await session.delete(row)  # they come back with new ids, because the ids are the order
    await session.flush()
    fresh = await accept(session, older, now)
    await accept(session, [event for event in later if event], now)
    return fresh


def _raw(row: InboxEvent) -> RawEvent:
    return RawEvent(
        event_id=row.event_id,
        room_id=row.room_id,
        sender=row.sender,
        type=row.type,
        content=row.content or {},
        sent_at=row.sent_at,
        encrypted=row.encrypted,
        state_key=row.state_key,
        session_id=row.session_id,
    )


def _thread(content: dict[str, Any]) -> str | None:
    """The root of the thread that an event stands in; in the clear for encrypted ones too."""
    relates = content.get("m.relates_to")
    if not isinstance(relates, dict) or relates.get("rel_type") != "m.thread":
        return None
    root = relates.get("event_id")
    return root if isinstance(root, str) and _EVENT_ID.fullmatch(root) else None


def _ready(session_id: str | None) -> str:
    """What never could be decrypted waits for its key; it can't be worked on without."""
    return "held" if session_id else "pending"


async def bookmark(session: AsyncSession, name: str) -> str | None:
    """The saved position of a stream, or None at the very first start."""
    return await session.scalar(select(Bookmark.value).where(Bookmark.name == name))


async def move_bookmark(session: AsyncSession, name: str, value: str) -> None:
    moved = await session.execute(update(Bookmark).where(Bookmark.name == name).values(value=value))
    if isinstance(moved, CursorResult) and moved.rowcount == 0:
        session.add(Bookmark(name=name, value=value))


async def event(session: AsyncSession, event_id: str) -> InboxEvent | None:
    return await session.scalar(select(InboxEvent).where(InboxEvent.event_id == event_id))


async def next_pending(session: AsyncSession) -> InboxEvent | None:
    """The oldest event nobody has worked on; before any other what was handed on."""
    return await session.scalar(
        select(InboxEvent).where(WAITING, _IN_LINE).order_by(InboxEvent.state, InboxEvent.id).limit(1)
    )


async def backlog(session: AsyncSession, now: datetime) -> timedelta:
    """Since when the oldest event waits to be worked on."""
    query = select(func.min(InboxEvent.received_at)).where(WAITING, _IN_LINE)
    oldest = await session.scalar(query)
    return now - oldest if oldest else timedelta()


def working_on(session: AsyncSession, event: InboxEvent) -> None:
    """Says which event this transaction is about."""
    session.info["event"] = event


async def hand_on(session: AsyncSession, type_: str, content: dict[str, Any], now: datetime) -> bool:
    """Leaves a part of the work on this transaction's event for a transaction of its own, right after it.

    False when this transaction is not about an event.
    """
    event: InboxEvent | None = session.info.get("event")
    if event is None:
        return False
    part = RawEvent(f"{event.event_id}:{type_}", event.room_id, event.sender, type_, content, event.sent_at)
    session.add(_row(part, "next", now))
    return True


async def finish(session: AsyncSession, row_id: int) -> None:
    """Done. What was said is kept in `messages` if it belongs to a ticket, and nowhere if it does not (see `offers`)."""
    await session.execute(
        update(InboxEvent)
        .where(InboxEvent.id == row_id, InboxEvent.state != "offered")
        .values(state="done", content=None, error=None)
    )


async def note_attempt(session: AsyncSession, row_id: int) -> None:
    await session.execute(
        update(InboxEvent).where(InboxEvent.id == row_id).values(attempts=InboxEvent.attempts + 1)
    )


async def note_death(session: AsyncSession, row_id: int) -> None:
    await session.execute(
        update(InboxEvent).where(InboxEvent.id == row_id).values(deaths=InboxEvent.deaths + 1)
    )


async def fail(session: AsyncSession, row_id: int, error: str) -> None:
    """Sets an event aside. Its content stays, so that it can be replayed. `error` holds no message text."""
    await session.execute(
        update(InboxEvent).where(InboxEvent.id == row_id).values(state="failed", error=error)
    )


async def failed(session: AsyncSession) -> list[InboxEvent]:
    query = select(InboxEvent).where(WAITING, InboxEvent.state == "failed").order_by(InboxEvent.id)
    return list((await session.scalars(query)).all())


async def replay(session: AsyncSession, now: datetime, event_id: str | None = None) -> int:
    """Puts one failed event (or all of them) back in line; returns how many.

    They wait from `now` on: a key that was given up is waited for as long as the first time. What is held keeps its
    error until it has been tried again (see `held.replayed`).
    """
    query = select(InboxEvent).where(WAITING, InboxEvent.state == "failed")
    if event_id:
        query = query.where(InboxEvent.event_id == event_id)
    rows = (await session.scalars(query)).all()
    for row in rows:
        row.state = _ready(row.session_id)
        row.attempts, row.deaths, row.received_at = 0, 0, now
        if row.state == "pending":
            row.error = None
    return len(rows)


async def forget_rows(session: AsyncSession, older_than: timedelta, now: datetime) -> int:
    """Deletes some of the oldest events that have been worked on; returns how many.

    The homeserver does not send them again: the position in its stream is long past them. What is still known of them
    is only needed while somebody may correct, delete or reply to what they wrote to others.
    """
    oldest = await session.execute(
        select(InboxEvent.id, InboxEvent.state, InboxEvent.received_at)
        .order_by(InboxEvent.id)
        .limit(_AT_ONCE)
    )
    gone = [row.id for row in oldest if row.state == "done" and row.received_at < now - older_than]
    for start in range(0, len(gone), 500):  # SQLite limits the number of parameters
        await session.execute(delete(InboxEvent).where(InboxEvent.id.in_(gone[start : start + 500])))
    return len(gone)


async def forget_contents(session: AsyncSession, older_than: timedelta, now: datetime) -> int:
    """Empties what is left of old failed events. Nothing is forgotten while it may still be worked on."""
    query = (
        select(InboxEvent)
        .where(InboxEvent.content.is_not(None), InboxEvent.received_at < now - older_than)
        .where(InboxEvent.state == "failed")
        .where(or_(InboxEvent.told_at.is_(None), InboxEvent.told_at < now - older_than))
    )
    rows = (await session.scalars(query)).all()
    for row in rows:
        row.content, row.state = None, "done"
    return len(rows)
