import asyncio
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Base, OutboxRow
from helpdesk_bot.storage.outbox import Outgoing, Urgency, row_ref
from tests.storage.conftest import NOW

ROOM, OTHER = "!room:x.org", "!other:x.org"


async def put(db: Database, room: str = ROOM, body: str = "", **more: Any) -> int:
    async with db.transaction() as session:
        return await outbox.enqueue(session, Outgoing(room, {"body": body}, **more), NOW)


async def heads(db: Database, *busy: str, limit: int = 10, after: float = 0) -> list[int]:
    async with db.reading() as session:
        rows = await outbox.heads(session, NOW + timedelta(seconds=after), busy, limit)
        return [row.id for row in rows]


async def sent(db: Database, row_id: int) -> None:
    async with db.transaction() as session:
        row = await session.get(OutboxRow, row_id)
        assert row is not None
        await outbox.mark_sent(session, row.txn_id, f"$e{row_id}", NOW)


async def test_one_row_per_room_the_oldest_first(db: Database) -> None:
    first, _, other = await put(db), await put(db), await put(db, OTHER)
    assert await heads(db) == [first, other]
    assert await heads(db, ROOM) == [other]
    assert await heads(db, ROOM, OTHER) == []
    assert await heads(db, limit=1) == [first]


async def test_people_go_before_paperwork_but_nobody_before_what_they_point_at(db: Database) -> None:
    card = await put(db, priority=Urgency.CARD)
    thread = await put(db, thread=row_ref(card), priority=Urgency.PERSON)
    person = await put(db, priority=Urgency.PERSON)
    order = []
    for _ in range(3):
        (head,) = await heads(db)
        order.append(head)
        await sent(db, head)
    assert order == [person, card, thread]


async def test_a_row_that_was_put_off_holds_back_its_room_only(db: Database) -> None:
    first, _, other = await put(db), await put(db), await put(db, OTHER)
    async with db.transaction() as session:
        await outbox.put_off(session, first, NOW + timedelta(seconds=30), "503")
    assert await heads(db) == [other]
    async with db.reading() as session:
        assert await outbox.next_moment(session, NOW) == NOW + timedelta(seconds=30)
        assert await outbox.next_moment(session, NOW + timedelta(minutes=1)) is None
    assert await heads(db, after=31) == [first, other]


async def test_a_later_version_replaces_one_that_was_not_sent(db: Database) -> None:
    card = await put(db)
    await sent(db, card)
    older = await put(db, body="1", edits=row_ref(card), coalesce="card:1")
    newer = await put(db, body="2", edits=row_ref(card), coalesce="card:1")
    assert newer > older
    assert await heads(db) == [newer]
    await sent(db, newer)
    newest = await put(db, body="3", edits=row_ref(card), coalesce="card:1")
    assert await heads(db) == [newest]
    assert len({older, newer, newest}) == 3, "the number of a deleted row is never given to another"


async def test_references_become_event_ids(db: Database) -> None:
    first, second = await put(db), await put(db)
    await sent(db, first)
    async with db.reading() as session:
        refs = {"thread": row_ref(first), "reply": row_ref(second), "about": "$given"}
        assert await outbox.resolve(session, refs) == {
            "thread": f"$e{first}",
            "reply": None,
            "about": "$given",
        }


async def test_sent_stays_sent(db: Database) -> None:
    row_id = await put(db)
    async with db.transaction() as session:
        row = await session.get(OutboxRow, row_id)
        assert row is not None
        await outbox.mark_sent(session, row.txn_id, "$first", NOW)
        await outbox.mark_sent(session, row.txn_id, "$second", NOW)
        assert not await outbox.give_up(session, row_id, "failed", "M_FORBIDDEN")
    async with db.reading() as session:
        row = await outbox.row_of(session, "$first")
        assert row is not None
        assert (row.id, row.state, row.content) == (row_id, "sent", {})
        assert await outbox.row_of(session, "$second") is None


async def test_given_up_and_yet_arrived(db: Database) -> None:
    row_id = await put(db)
    async with db.transaction() as session:
        assert await outbox.give_up(session, row_id, "failed", "TIMEOUT")
        assert not await outbox.give_up(session, row_id, "failed", "TIMEOUT")
    await sent(db, row_id)
    async with db.reading() as session:
        assert await outbox.event_of(session, row_id) == f"$e{row_id}"


async def test_backlog(db: Database) -> None:
    async with db.reading() as session:
        assert await outbox.backlog(session, NOW) == (0, timedelta())
    await put(db)
    async with db.reading() as session:
        assert await outbox.backlog(session, NOW + timedelta(minutes=2)) == (1, timedelta(minutes=2))


async def test_looking_for_work_does_not_read_what_was_sent(db: Database) -> None:
    if not db.is_sqlite:
        return
    async with db.reading() as session:
        plan = await session.execute(
            text("EXPLAIN QUERY PLAN SELECT id FROM outbox WHERE state = 'pending' AND room_id NOT IN ('!a')")
        )
        assert "ix_outbox_pending" in str(plan.all())
    assert "'pending'" in str(outbox._PENDING.compile(db.engine.sync_engine)) or "POSTCOMPILE" in str(
        outbox._PENDING.compile(db.engine.sync_engine)
    )


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([ROOM, OTHER, "!third:x.org"]),
            st.sampled_from(list(Urgency)),
            st.integers(0, 30),  # which earlier row of the room it points at, if any
            st.booleans(),  # whether one is sent in between
        ),
        max_size=25,
    )
)
def test_whatever_is_queued_all_of_it_goes_out_once_and_in_order(
    rows: list[tuple[str, Urgency, int, bool]],
) -> None:
    asyncio.run(_goes_out(rows))


async def _goes_out(rows: list[tuple[str, Urgency, int, bool]]) -> None:
    db = Database("sqlite+aiosqlite://")
    async with db.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    order: list[int] = []
    targets: dict[int, int] = {}
    queued: dict[str, list[int]] = {}
    for room, urgency, back, send in rows:
        earlier = queued.setdefault(room, [])
        target = earlier[-back] if 0 < back <= len(earlier) else None
        row_id = await put(db, room, priority=urgency, thread=row_ref(target) if target else None)
        earlier.append(row_id)
        if target:
            targets[row_id] = target
        if send:
            (head,) = await heads(db, limit=1)
            order.append(head)
            await sent(db, head)
    while due := await heads(db, limit=2):
        for head in due:
            order.append(head)
            await sent(db, head)
    await db.close()
    assert sorted(order) == sorted(row_id for ids in queued.values() for row_id in ids)
    for row_id, target in targets.items():
        assert order.index(target) < order.index(row_id)


async def test_the_same_work_done_again_gets_the_same_transaction_ids(db: Database) -> None:
    """As after a restored backup: the homeserver knows what it was sent, and other words are other messages."""

    async def said(*words: str) -> list[str]:
        async with db.transaction() as session:
            outbox.caused_by(session, "$question")
            ids = [await outbox.enqueue(session, Outgoing("!a", {"body": word}), NOW) for word in words]
            found = [(await session.get_one(OutboxRow, id_)).txn_id for id_ in ids]
            await session.execute(delete(OutboxRow))
        return found

    first = await said("Dag", "Dag", "Tot ziens")
    assert len(set(first)) == 3
    assert await said("Dag", "Dag", "Tot ziens") == first
    assert (await said("Dag", "Hoi"))[1] not in first


async def test_a_repetition_on_purpose_is_sent(db: Database) -> None:
    for _ in range(2):
        async with db.transaction() as session:
            outbox.caused_by(session, "$question")
            await outbox.enqueue(session, Outgoing("!a", {"body": "Dag"}), NOW)
    async with db.reading() as session:
        assert len(set((await session.scalars(select(OutboxRow.txn_id))).all())) == 2
