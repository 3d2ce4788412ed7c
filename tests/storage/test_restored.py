"""After a restore: what may have been said before is looked for first, and nothing else is."""

from datetime import timedelta

from sqlalchemy import select

from helpdesk_bot.storage import inbox, outbox, restored
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import OutboxRow
from helpdesk_bot.storage.outbox import Outgoing
from tests.storage.conftest import NOW

MADE = NOW - timedelta(days=2)


async def test_what_waited_in_the_backup_is_looked_for(db: Database) -> None:
    async with db.transaction() as session:
        await outbox.enqueue(session, Outgoing("!a", {"body": "Dag"}), MADE)
        await restored.note(session, MADE, NOW)
    async with db.reading() as session:
        assert await session.scalar(select(OutboxRow.look_first)) is True


async def test_it_covers_everything_until_it_had_caught_up(db: Database) -> None:
    async with db.transaction() as session:
        assert await restored.caught_up(session, NOW) is None, "there was no restore"
        await restored.note(session, MADE, NOW)
        started = NOW + timedelta(hours=1)
        first = await restored.caught_up(session, started)
        assert first is not None
        assert first.since == MADE
        assert first.covers(started)
        assert not first.covers(started + timedelta(hours=1))
        # A later start moves nothing.
        assert await restored.caught_up(session, started + timedelta(days=1)) == first
        assert await restored.recently(session, started + timedelta(days=31)) is None


async def test_a_second_restore_looks_as_far_back_as_the_first(db: Database) -> None:
    async with db.transaction() as session:
        await restored.note(session, MADE, NOW)
        await restored.caught_up(session, NOW)
        await restored.note(session, NOW, NOW + timedelta(days=1))
        found = await restored.caught_up(session, NOW + timedelta(days=1))
        assert found is not None
        assert found.since == MADE
        assert found.until == NOW + timedelta(days=1)


async def test_the_same_place_out_of_the_same_cause(db: Database) -> None:
    """Other words in the same place are known as such; a second time on purpose is a place of its own, every time."""

    async def said(*words: str) -> list[str]:
        async with db.transaction() as session:
            outbox.caused_by(session, "timer:remind:1")
            ids = [await outbox.enqueue(session, Outgoing("!a", {"body": word}), NOW) for word in words]
            return [(await session.get_one(OutboxRow, id_)).txn_id for id_ in ids]

    async def forgets() -> None:
        async with db.transaction() as session:
            for row in await session.scalars(select(OutboxRow)):
                await session.delete(row)

    first, second = await said("tot 5 december"), await said("tot 12 december")
    assert not outbox.same_place(first[0], second[0])
    await forgets()
    assert await said("tot 5 december") == first
    assert await said("tot 12 december") == second
    await forgets()
    later = await said("tot 6 december")
    assert later != first
    assert outbox.same_place(later[0], first[0])


async def test_only_the_cause_says_that_it_is_done_again(db: Database) -> None:
    async with db.transaction() as session:
        await restored.note(session, MADE, NOW)
        await inbox.move_bookmark(session, "sync", "s1")
        outbox.caused_by(session, "$old", again=True)
        await outbox.enqueue(session, Outgoing("!a", {"body": "toen"}), NOW)
        outbox.caused_by(session, "$new")
        await outbox.enqueue(session, Outgoing("!a", {"body": "nu"}), NOW)
    async with db.reading() as session:
        looked = await session.scalars(select(OutboxRow.look_first).order_by(OutboxRow.id))
        assert looked.all() == [True, False]
