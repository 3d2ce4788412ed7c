from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, text

from helpdesk_bot.storage import held, inbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.inbox import RawEvent
from helpdesk_bot.storage.models import InboxEvent
from tests.storage.conftest import NOW


def event(name: str, **more: Any) -> RawEvent:
    given: dict[str, Any] = {
        "event_id": f"${name}",
        "room_id": "!room:x.org",
        "sender": "@noor:x.org",
        "type": "m.room.message",
        "content": {"msgtype": "m.text", "body": name},
        "sent_at": NOW,
    }
    return RawEvent(**(given | more))


async def accepted(db: Database, *events: RawEvent) -> int:
    async with db.transaction() as session:
        return await inbox.accept(session, events, NOW)


async def worked_off(db: Database) -> list[str]:
    done: list[str] = []
    while True:
        async with db.transaction() as session:
            row = await inbox.next_pending(session)
            if row is None:
                return done
            done.append(row.event_id)
            await inbox.finish(session, row.id)


async def test_an_event_is_taken_once_and_in_order(db: Database) -> None:
    assert await accepted(db, event("b"), event("a"), event("b")) == 2
    assert await accepted(db, event("a"), event("c")) == 1
    assert await worked_off(db) == ["$b", "$a", "$c"]
    assert await accepted(db, event("a"), event("b"), event("c")) == 0
    assert await worked_off(db) == []


async def test_many_at_once(db: Database) -> None:
    events = [event(f"e{number:04}") for number in range(1_200)]
    assert await accepted(db, *events) == 1_200
    assert await accepted(db, *events) == 0
    async with db.reading() as session:
        ids = (await session.scalars(select(InboxEvent.event_id).order_by(InboxEvent.id))).all()
    assert list(ids) == [e.event_id for e in events]


async def test_what_was_said_is_gone_when_it_is_done(db: Database) -> None:
    await accepted(db, event("a"))
    await worked_off(db)
    async with db.reading() as session:
        kept = await session.scalar(
            text("SELECT count(*) FROM inbox WHERE content IS NOT NULL")  # NULL itself, not a JSON null
        )
        assert kept == 0
        assert await session.scalar(select(func.count()).select_from(InboxEvent)) == 1


async def test_a_failed_event_can_be_replayed(db: Database) -> None:
    await accepted(db, event("poison"), event("good"))
    async with db.transaction() as session:
        row = await inbox.next_pending(session)
        assert row is not None
        await inbox.note_attempt(session, row.id)
        await inbox.fail(session, row.id, "ValueError")
    assert await worked_off(db) == ["$good"]
    async with db.transaction() as session:
        assert [row.event_id for row in await inbox.failed(session)] == ["$poison"]
        assert await inbox.replay(session, NOW, "$unknown") == 0
        assert await inbox.replay(session, NOW, "$poison") == 1
    assert await worked_off(db) == ["$poison"]


async def test_what_is_handed_on_comes_before_everything_that_waits(db: Database) -> None:
    await accepted(db, event("a"), event("b"))
    async with db.transaction() as session:
        first = await inbox.next_pending(session)
        assert first is not None
        inbox.working_on(session, first)
        assert await inbox.hand_on(session, "helpdesk.part", {}, NOW)
        await inbox.finish(session, first.id)
        assert await inbox.backlog(session, NOW + timedelta(minutes=1)) == timedelta(minutes=1)
    assert await worked_off(db) == ["$a:helpdesk.part", "$b"]


async def test_how_long_the_oldest_waits(db: Database) -> None:
    minute = timedelta(minutes=1)
    async with db.reading() as session:
        assert await inbox.backlog(session, NOW) == timedelta()
    await accepted(db, event("held", session_id="S1"), event("waiting"))
    async with db.transaction() as session:
        assert await inbox.backlog(session, NOW + minute) == minute
        row = await inbox.next_pending(session)
        assert row is not None
        await inbox.fail(session, row.id, "ValueError")
        assert await inbox.backlog(session, NOW + minute) == timedelta(), "nobody can work on what is held"
        await inbox.replay(session, NOW + minute)
        assert await inbox.backlog(session, NOW + 2 * minute) == minute


async def test_old_contents_are_forgotten_and_work_is_not(db: Database) -> None:
    await accepted(db, event("held", session_id="S1"), event("waiting"), event("poison"))
    async with db.transaction() as session:
        (poison,) = await session.scalars(select(InboxEvent).where(InboxEvent.event_id == "$poison"))
        await inbox.fail(session, poison.id, "ValueError")
        assert await inbox.forget_contents(session, timedelta(days=7), NOW + timedelta(days=6)) == 0
        assert await inbox.forget_contents(session, timedelta(days=7), NOW + timedelta(days=8)) == 1
    assert await worked_off(db) == ["$waiting"]


async def test_what_was_given_up_late_is_kept_as_long(db: Database) -> None:
    await accepted(db, event("held", session_id="S1"))
    day = timedelta(days=1)
    async with db.transaction() as session:
        await held.told(session, "!room:x.org", "@noor:x.org", NOW + 8 * day)
        assert await held.give_up(session, NOW + 8 * day)
        assert await inbox.forget_contents(session, 7 * day, NOW + 14 * day) == 0
        assert await inbox.forget_contents(session, 7 * day, NOW + 16 * day) == 1


async def test_finding_the_next_event_does_not_read_the_old_ones(db: Database) -> None:
    query = select(InboxEvent).where(inbox.WAITING, InboxEvent.state == "pending").order_by(InboxEvent.id)
    sql = str(query.limit(1).compile(db.engine.sync_engine, compile_kwargs={"literal_binds": True}))
    async with db.reading() as session:
        if db.is_sqlite:
            plan = " ".join(map(str, (await session.execute(text(f"EXPLAIN QUERY PLAN {sql}"))).all()))
        else:
            await session.execute(text("SET LOCAL enable_seqscan = off"))
            plan = " ".join(map(str, (await session.execute(text(f"EXPLAIN {sql}"))).all()))
    assert "ix_inbox_waiting" in plan


async def test_the_position_moves(db: Database) -> None:
    async with db.transaction() as session:
        assert await inbox.bookmark(session, "sync") is None
        await inbox.move_bookmark(session, "sync", "s1")
    async with db.transaction() as session:
        await inbox.move_bookmark(session, "sync", "s2")
    async with db.reading() as session:
        assert await inbox.bookmark(session, "sync") == "s2"


async def test_what_has_been_worked_on_is_not_known_for_ever(db: Database) -> None:
    await accepted(db, event("done"), event("waits"), event("failed"))
    async with db.transaction() as session:
        await inbox.finish(session, 1)
        await inbox.fail(session, 3, "ValueError")
    async with db.transaction() as session:
        assert await inbox.forget_rows(session, timedelta(days=60), NOW + timedelta(days=59)) == 0
        assert await inbox.forget_rows(session, timedelta(days=60), NOW + timedelta(days=61)) == 1
    async with db.reading() as session:
        left = await session.scalars(select(InboxEvent.event_id).order_by(InboxEvent.id))
        assert list(left) == ["$waits", "$failed"]
