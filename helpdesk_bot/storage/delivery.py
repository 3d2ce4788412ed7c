"""What the outbox owes: which row goes next, and what became of it. `matrix/send` asks, and notes.

Within a room, rows go out in the order of (urgency, id).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Select, bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from helpdesk_bot.storage import keys
from helpdesk_bot.storage.models import OutboxRow
from helpdesk_bot.storage.outbox import PENDING, Urgency, event_of, row_ref

LONG_ENOUGH = timedelta(minutes=3)
# No row is put off for longer; what seems to wait longer was put off before the clock stepped back.
LONGEST_PUT_OFF = timedelta(minutes=10)


async def heads(
    session: AsyncSession, now: datetime, busy: Sequence[str], limit: int, *, untried: bool = False
) -> list[OutboxRow]:
    """The first unsent row of each room that is not `busy`, the most urgent rooms first.

    What has waited for `LONG_ENOUGH` is as urgent as a person, or in a busy hour it would wait for ever. A row whose
    `not_before` is in the future holds back its whole room, so that the order stays. `untried`: without the rooms whose
    first row has failed before.
    """
    params = {
        "now": now,
        "long_ago": now - LONG_ENOUGH,
        "too_far": now + LONGEST_PUT_OFF,
        "busy": busy,
        "most": limit,
    }
    return list((await session.scalars(_UNTRIED if untried else _HEADS, params)).all())


def _heads() -> Select[OutboxRow]:
    waited = OutboxRow.created_at <= bindparam("long_ago")
    urgency = case(
        (waited & (OutboxRow.priority > Urgency.PERSON), int(Urgency.PERSON)), else_=OutboxRow.priority
    )
    place = func.row_number().over(partition_by=OutboxRow.room_id, order_by=(urgency, OutboxRow.id))
    free = OutboxRow.room_id.not_in(bindparam("busy", expanding=True))
    first = select(OutboxRow.id, place.label("place")).where(PENDING, free).subquery()
    return (
        select(OutboxRow)
        .join(first, first.c.id == OutboxRow.id)
        .where(first.c.place == 1, _due())
        .order_by(urgency, OutboxRow.id)
        .limit(bindparam("most"))
    )


def _due() -> ColumnElement[bool]:
    """Only joins are planned ahead, for as long as a day (see `welcome_from`)."""
    moment = OutboxRow.not_before
    stepped_back = (moment > bindparam("too_far")) & (OutboxRow.kind != "join")
    return moment.is_(None) | (moment <= bindparam("now")) | stepped_back


# Asked after each message, and putting it together takes four times as long as asking it.
_HEADS = _heads()
_UNTRIED = _HEADS.where(OutboxRow.attempts == 0)


async def next_moment(session: AsyncSession, now: datetime) -> datetime | None:
    """When the next row that was put off is due."""
    query = select(func.min(OutboxRow.not_before)).where(PENDING, OutboxRow.not_before > now)
    return await session.scalar(query)


async def backlog(session: AsyncSession, now: datetime) -> tuple[int, timedelta]:
    """How many rows wait, and since when the oldest does."""
    query = select(func.count(), func.min(OutboxRow.created_at)).where(PENDING)
    count, oldest = (await session.execute(query)).one()
    return count, (now - oldest) if oldest else timedelta()


async def resolve(session: AsyncSession, refs: dict[str, Any]) -> dict[str, str | None]:
    """Event ids for a row's `refs`. None stands for a message that never arrived in its room."""
    found: dict[str, str | None] = {}
    for name, ref in refs.items():
        if str(ref).startswith("row:"):
            found[name] = await event_of(session, int(str(ref).removeprefix("row:")))
        else:
            found[name] = str(ref)
    return found


async def mark_sent(session: AsyncSession, key: str, event_id: str, now: datetime) -> None:
    """Notes that the row with transaction id `key` is in its room as `event_id`. Safe to repeat."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.txn_id == key, OutboxRow.state != "sent")
        .values(state="sent", event_id=event_id, sent_at=now, error=None, content={})
    )


async def heard(session: AsyncSession, key: str, event_id: str, now: datetime) -> bool:
    """Like `mark_sent`, for what was said before a restore: the row may say it in other words, or not be there yet.

    False when there is none.
    """
    same = OutboxRow.txn_id == key
    if await session.scalar(select(OutboxRow.id).where(same)) is None:
        begin = keys.place_in(key)
        place = (OutboxRow.txn_id >= begin) & (OutboxRow.txn_id < begin + "g")
        doubtful = (
            PENDING,
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


async def suspect_all(session: AsyncSession) -> None:
    """After a change of device, or a restore: the homeserver would send again what was already sent, so look first."""
    await session.execute(update(OutboxRow).where(PENDING).values(look_first=True))


async def put_off(
    session: AsyncSession, row_id: int, until: datetime, error: str, *, counts: bool = True
) -> None:
    """Notes a failed attempt; the row is tried again at `until`. Being asked to wait does not count as one."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id, PENDING)
        .values(attempts=OutboxRow.attempts + (1 if counts else 0), not_before=until, error=error)
    )


async def give_up(session: AsyncSession, row_id: int, state: str, error: str) -> bool:
    """Ends a row that can't be sent: 'failed' (told to the coordinators) or 'dropped' (nothing was lost by it).

    False when it was not waiting any more: sent after all, or replaced.
    """
    done = await session.execute(
        update(OutboxRow).where(OutboxRow.id == row_id, PENDING).values(state=state, error=error)
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


async def forget_contents(session: AsyncSession, older_than: timedelta, now: datetime) -> None:
    """Empties what could not be delivered in all that time: it may be what somebody wrote. It can't be replayed then."""
    last_tried = func.coalesce(OutboxRow.not_before, OutboxRow.created_at)
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.state.in_(("failed", "dropped")), last_tried < now - older_than)
        .values(state="forgotten", content={})
    )


def _replaces(later: OutboxRow, row: OutboxRow) -> bool:
    """Whether `later` is a newer version of the same thing."""
    target = row.refs.get("edits")
    said = later.state not in ("dropped", "forgotten")
    return target is not None and later.refs.get("edits") == target and said
