import asyncio
import random

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from helpdesk_bot.storage import inbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Bookmark, OutboxRow, TicketEvent
from tests.storage.conftest import NOW


async def test_all_or_nothing(db: Database) -> None:
    async def breaks_off() -> None:
        async with db.transaction() as session:
            await inbox.move_bookmark(session, "sync", "s1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await breaks_off()
    async with db.reading() as session:
        assert await inbox.bookmark(session, "sync") is None


async def test_reading_changes_nothing(db: Database) -> None:
    async with db.reading() as session:
        session.add(Bookmark(name="sync", value="s1"))
        await session.flush()
    async with db.reading() as session:
        assert await inbox.bookmark(session, "sync") is None


async def test_rows_point_only_at_rows_that_are_there(db: Database) -> None:
    with pytest.raises(IntegrityError):
        async with db.transaction() as session:
            session.add(TicketEvent(ticket_id=99, at=NOW, what="x", detail={}))


async def test_an_error_does_not_quote_what_people_wrote(db: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with db.transaction() as session:
            await session.execute(text("INSERT INTO nowhere VALUES (:said)"), {"said": "een geheim"})
    assert "een geheim" not in str(caught.value)


async def test_many_writers_wait_for_each_other(db: Database) -> None:
    async with db.transaction() as session:
        await inbox.move_bookmark(session, "count", "0")

    async def count_up() -> None:
        async with db.transaction() as session:
            row = await session.get(Bookmark, "count", with_for_update=True)
            assert row is not None
            row.value = str(int(row.value) + 1)

    await asyncio.gather(*(count_up() for _ in range(30)))
    async with db.reading() as session:
        assert await inbox.bookmark(session, "count") == "30"


async def test_a_moment_comes_back_in_utc(db: Database) -> None:
    async with db.transaction() as session:
        session.add(
            OutboxRow(
                txn_id="t",
                kind="send",
                room_id="!r:x.org",
                type="m.room.message",
                content={},
                refs={},
                priority=0,
                state="pending",
                created_at=NOW,
            )
        )
    async with db.reading() as session:
        row = await session.get(OutboxRow, 1)
        assert row is not None
        assert row.created_at == NOW
        assert row.created_at.utcoffset() == NOW.utcoffset()


async def test_work_that_is_broken_off_locks_nobody_out(sqlite_url: str) -> None:
    """Without `_let_go` in engine.py the write lock stays taken after a few rounds."""
    db = Database(sqlite_url)
    dice = random.Random(1)

    async def work() -> None:
        while True:
            async with db.transaction() as session:
                await inbox.move_bookmark(session, "count", str(dice.random()))
            async with db.reading() as session:
                await inbox.bookmark(session, "count")

    kept = []
    for _ in range(60):
        tasks = [asyncio.create_task(work()) for _ in range(4)]
        await asyncio.sleep(dice.uniform(0, 0.03))
        for task in tasks:
            task.cancel()
        kept += await asyncio.gather(
            *tasks, return_exceptions=True
        )  # with all that their tracebacks hold on to
        async with asyncio.timeout(5), db.transaction() as session:
            await inbox.move_bookmark(session, "other", "1")
    await db.close()
    assert kept
