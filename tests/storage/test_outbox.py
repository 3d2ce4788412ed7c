"""What waits to be sent goes out once, in its room's order, people before paperwork."""

import asyncio
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text

from helpdesk_bot.storage import delivery, outbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Base, OutboxRow
from helpdesk_bot.storage.outbox import Outgoing, Urgency, row_ref
from tests.storage.conftest import NOW
from tests.storage.rows import OTHER, ROOM, heads, put, sent


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


async def test_what_waited_long_enough_goes_before_people_who_came_later(db: Database) -> None:
    long = delivery.LONG_ENOUGH.total_seconds()
    mark = await put(db, about="$question", priority=Urgency.MARK)
    person = await put(db, priority=Urgency.PERSON)
    elsewhere = await put(db, OTHER, priority=Urgency.PERSON)
    assert await heads(db, after=long - 1) == [person, elsewhere]
    assert await heads(db, after=long) == [mark, elsewhere]


async def test_a_card_that_is_changed_again_and_again_does_not_wait_from_anew(db: Database) -> None:
    await put(db, priority=Urgency.CARD, coalesce="card:1")
    async with db.transaction() as session:
        later = NOW + delivery.LONG_ENOUGH
        out = Outgoing(ROOM, {"body": "nieuwer"}, priority=Urgency.CARD, coalesce="card:1")
        newer = await outbox.enqueue(session, out, later)
        person = await outbox.enqueue(session, Outgoing(ROOM, {"body": "mens"}), later)
    assert person > newer
    assert await heads(db, after=delivery.LONG_ENOUGH.total_seconds()) == [newer]


async def test_a_row_that_was_put_off_holds_back_its_room_only(db: Database) -> None:
    first, _, other = await put(db), await put(db), await put(db, OTHER)
    async with db.transaction() as session:
        await delivery.put_off(session, first, NOW + timedelta(seconds=30), "503")
    assert await heads(db) == [other]
    async with db.reading() as session:
        assert await delivery.next_moment(session, NOW) == NOW + timedelta(seconds=30)
        assert await delivery.next_moment(session, NOW + timedelta(minutes=1)) is None
    assert await heads(db, after=31) == [first, other]


async def test_a_clock_that_steps_back_holds_up_nothing_but_planned_joins(db: Database) -> None:
    message, join = await put(db), await put(db, OTHER, kind="join")
    longest = delivery.LONGEST_PUT_OFF
    async with db.transaction() as session:
        for row in (message, join):
            await delivery.put_off(session, row, NOW + longest, "503")
    assert await heads(db) == []
    assert await heads(db, after=-1) == [message]


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
        assert await delivery.resolve(session, refs) == {
            "thread": f"$e{first}",
            "reply": None,
            "about": "$given",
        }


async def test_sent_stays_sent(db: Database) -> None:
    row_id = await put(db)
    async with db.transaction() as session:
        row = await session.get(OutboxRow, row_id)
        assert row is not None
        await delivery.mark_sent(session, row.txn_id, "$first", NOW)
        await delivery.mark_sent(session, row.txn_id, "$second", NOW)
        assert not await delivery.give_up(session, row_id, "failed", "M_FORBIDDEN")
    async with db.reading() as session:
        row = await outbox.row_of(session, "$first")
        assert row is not None
        assert (row.id, row.state, row.content) == (row_id, "sent", {})
        assert await outbox.row_of(session, "$second") is None


async def test_given_up_and_yet_arrived(db: Database) -> None:
    row_id = await put(db)
    async with db.transaction() as session:
        assert await delivery.give_up(session, row_id, "failed", "TIMEOUT")
        assert not await delivery.give_up(session, row_id, "failed", "TIMEOUT")
    await sent(db, row_id)
    async with db.reading() as session:
        assert await outbox.event_of(session, row_id) == f"$e{row_id}"


async def test_backlog(db: Database) -> None:
    async with db.reading() as session:
        assert await delivery.backlog(session, NOW) == (0, timedelta())
    await put(db)
    async with db.reading() as session:
        assert await delivery.backlog(session, NOW + timedelta(minutes=2)) == (1, timedelta(minutes=2))


async def test_counting_joins_reads_nothing_else(db: Database) -> None:
    async with db.transaction() as session:
        for kind, created in (("join", NOW), ("join", NOW - timedelta(hours=2)), ("leave", NOW)):
            await outbox.enqueue(session, Outgoing(ROOM, {}, type="m.room.member", kind=kind), created)
        assert await outbox.joins_since(session, NOW - timedelta(hours=1)) == [(NOW, None)]
    query = select(func.count()).where(outbox._JOIN, OutboxRow.created_at > NOW)
    sql = str(query.compile(db.engine.sync_engine, compile_kwargs={"literal_binds": True}))
    async with db.reading() as session:
        if not db.is_sqlite:
            await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await session.execute(text(f"EXPLAIN {'QUERY PLAN ' if db.is_sqlite else ''}{sql}"))
        assert "ix_outbox_joins" in str(plan.all())
    assert "POSTCOMPILE" in str(outbox._JOIN.compile(db.engine.sync_engine)), "not a parameter"


async def test_looking_for_work_does_not_read_what_was_sent(db: Database) -> None:
    if not db.is_sqlite:
        return
    async with db.reading() as session:
        plan = await session.execute(
            text("EXPLAIN QUERY PLAN SELECT id FROM outbox WHERE state = 'pending' AND room_id NOT IN ('!a')")
        )
        assert "ix_outbox_pending" in str(plan.all())
    assert "'pending'" in str(outbox.PENDING.compile(db.engine.sync_engine)) or "POSTCOMPILE" in str(
        outbox.PENDING.compile(db.engine.sync_engine)
    )


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([ROOM, OTHER, "!third:x.org"]),
            st.sampled_from(list(Urgency)),
            st.integers(0, 30),  # which earlier row of the room it points at, if any
            st.booleans(),  # whether one is sent in between
            st.integers(0, 400),  # seconds that go by after it
        ),
        max_size=25,
    )
)
def test_whatever_is_queued_all_of_it_goes_out_once_and_in_order(
    rows: list[tuple[str, Urgency, int, bool, int]],
) -> None:
    asyncio.run(_goes_out(rows))


async def _goes_out(rows: list[tuple[str, Urgency, int, bool, int]]) -> None:
    db = Database("sqlite+aiosqlite://")
    async with db.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    order: list[int] = []
    targets: dict[int, int] = {}
    queued: dict[str, list[int]] = {}
    now = 0
    for room, urgency, back, send, seconds in rows:
        earlier = queued.setdefault(room, [])
        target = earlier[-back] if 0 < back <= len(earlier) else None
        thread = row_ref(target) if target else None
        async with db.transaction() as session:
            out = Outgoing(room, {}, priority=urgency, thread=thread)
            row_id = await outbox.enqueue(session, out, NOW + timedelta(seconds=now))
        earlier.append(row_id)
        now += seconds
        if target:
            targets[row_id] = target
        if send:
            (head,) = await heads(db, limit=1, after=now)
            order.append(head)
            await sent(db, head)
    while due := await heads(db, limit=2, after=now):
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


async def test_what_waits_goes_along_to_another_room(db: Database) -> None:
    said = await put(db, thread="$question", reply="$before")
    await sent(db, said)
    waiting = await put(db, thread="$question", ticket_id=None)
    corrected = await put(db, edits=row_ref(waiting))
    put_off = await put(db, thread=row_ref(waiting))
    old_mark = await put(db, about="$question", priority=Urgency.MARK)
    async with db.transaction() as session:
        await delivery.put_off(session, put_off, NOW + timedelta(minutes=5), "M_FORBIDDEN")
        await outbox.move_messages(session, ROOM, OTHER)
    async with db.reading() as session:
        rows = {row.id: row for row in await session.scalars(select(OutboxRow))}
    assert [rows[n].room_id for n in (said, waiting, corrected, put_off, old_mark)] == [
        ROOM,
        OTHER,
        OTHER,
        OTHER,
        ROOM,
    ]
    assert rows[waiting].refs == {}
    assert rows[corrected].refs == {"edits": row_ref(waiting)}
    assert rows[put_off].refs == {"thread": row_ref(waiting)}
    assert rows[put_off].not_before is None


async def test_hurry(db: Database) -> None:
    join = await put(db, kind="join")
    async with db.transaction() as session:
        await delivery.put_off(session, join, NOW + timedelta(minutes=5), "M_FORBIDDEN")
        assert not await outbox.hurry(session, OTHER, "join")
        assert not await outbox.hurry(session, ROOM, "leave")
        assert await outbox.hurry(session, ROOM, "join")
    assert await heads(db) == [join]
