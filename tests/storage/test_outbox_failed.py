"""What could not be sent is kept for a while, and takes its old place when it is tried again."""

from datetime import timedelta

from helpdesk_bot.storage import delivery
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import OutboxRow
from helpdesk_bot.storage.outbox import Urgency, row_ref
from tests.storage.conftest import NOW
from tests.storage.rows import OTHER, heads, put, sent


async def failed(db: Database, *row_ids: int) -> None:
    async with db.transaction() as session:
        for row_id in row_ids:
            assert await delivery.give_up(session, row_id, "failed", "M_FORBIDDEN")


async def dropped(db: Database, *row_ids: int) -> None:
    async with db.transaction() as session:
        for row_id in row_ids:
            assert await delivery.give_up(session, row_id, "dropped", "never sent")


async def replayed(db: Database, row_id: int | None = None) -> tuple[int, int]:
    async with db.transaction() as session:
        return await delivery.replay(session, row_id)


async def test_what_failed_takes_its_old_place(db: Database) -> None:
    first, other, second = await put(db, body="1"), await put(db, OTHER), await put(db, body="2")
    async with db.transaction() as session:
        await delivery.put_off(session, first, NOW + timedelta(minutes=5), "M_FORBIDDEN")
    await failed(db, first, other, second)
    later = await put(db, body="3")
    async with db.reading() as session:
        assert [row.id for row in await delivery.failed(session)] == [other, first, second]
    assert await replayed(db, 99) == (0, 0)
    assert await replayed(db, first) == (1, 0)
    assert await heads(db) == [first]
    async with db.reading() as session:
        row = await session.get_one(OutboxRow, first)
        assert (row.attempts, row.not_before, row.error) == (0, None, None)
        assert row.look_first, "a homeserver may have it, whatever it said"
        assert row.content == {"body": "1"}
    await sent(db, first)
    assert await heads(db) == [later]
    assert await replayed(db) == (2, 0)
    assert sorted(await heads(db)) == sorted([other, second])


async def test_what_hung_on_it_comes_back_too(db: Database) -> None:
    message = await put(db)
    edit = await put(db, edits=row_ref(message))
    reaction = await put(db, about=row_ref(message), priority=Urgency.MARK)
    await failed(db, message)
    await dropped(db, edit, reaction)
    assert await replayed(db, message) == (1, 0)
    for expected in (message, edit, reaction):
        assert await heads(db) == [expected]
        await sent(db, expected)


async def test_what_was_deleted_meanwhile_is_not_said_again(db: Database) -> None:
    message = await put(db)
    edit = await put(db, edits=row_ref(message))
    deletion = await put(db, kind="redact", about=row_ref(message))
    await failed(db, message)
    await dropped(db, edit, deletion)
    assert await replayed(db) == (0, 1)
    assert await heads(db) == []
    assert await replayed(db) == (0, 0)


async def test_an_older_version_does_not_come_after_a_newer_one(db: Database) -> None:
    card = await put(db)
    await sent(db, card)
    older = await put(db, body="1", edits=row_ref(card), coalesce="card:1")
    await failed(db, older)
    newer = await put(db, body="2", edits=row_ref(card), coalesce="card:1")
    await sent(db, newer)
    assert await replayed(db) == (0, 1)
    last = await put(db, body="3", edits=row_ref(card), coalesce="card:1")
    await failed(db, last)
    assert await replayed(db) == (1, 0)
    assert await heads(db) == [last]


async def test_what_could_not_be_delivered_is_not_kept_for_ever(db: Database) -> None:
    gone, fresh = await put(db, body="geheim"), await put(db, OTHER, body="geheim")
    late = await put(db, "!late:x.org", body="geheim")
    async with db.transaction() as session:  # an outage: it was tried for weeks
        await delivery.put_off(session, late, NOW + timedelta(days=20), "UNREACHABLE", counts=False)
    await failed(db, gone, fresh, late)
    async with db.transaction() as session:
        (await session.get_one(OutboxRow, fresh)).created_at = NOW + timedelta(days=20)
    async with db.transaction() as session:
        await delivery.forget_contents(session, timedelta(days=30), NOW + timedelta(days=31))
    async with db.reading() as session:
        row = await session.get_one(OutboxRow, gone)
        assert (row.content, row.state) == ({}, "forgotten")
        assert {row.id for row in await delivery.failed(session)} == {fresh, late}
