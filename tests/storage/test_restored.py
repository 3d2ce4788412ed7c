"""After a restore: what may have been said before is looked for first, and nothing else is."""

from datetime import timedelta

from sqlalchemy import delete, select

from helpdesk_bot.storage import early, echoes, inbox, keys, outbox, restored
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Echo, InboxEvent, OutboxRow, Secret, Ticket
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
    assert not keys.same_place(first[0], second[0])
    await forgets()
    assert await said("tot 5 december") == first
    assert await said("tot 12 december") == second
    await forgets()
    later = await said("tot 6 december")
    assert later != first
    assert keys.same_place(later[0], first[0])


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


async def asked(db: Database, cause: str) -> tuple[int, str]:
    """A new question in a life of the database: its number, and the id of what was said about it first."""
    async with db.transaction() as session:
        outbox.caused_by(session, cause, again=await restored.recently(session, NOW) is not None)
        ticket = Ticket(
            id=await outbox.number_before(session),
            requester="@f:x",
            opened_by="@f:x",
            room_id="!dm",
            language="nl",
            subject="?",
            question="?",
            status="new",
            priority="normal",
            suggested=[],
            created_at=NOW,
            changed_at=NOW,
        )
        session.add(ticket)
        await session.flush()
        outbox.opened(session, ticket.id)
        words = {"body": f"Het is vraag {ticket.id}"}
        row = await outbox.enqueue(session, Outgoing("!dm", words, ticket_id=ticket.id), NOW)
        return ticket.id, (await session.get_one(OutboxRow, row)).txn_id


async def goes_back(db: Database) -> None:
    """To a backup from before everything."""
    async with db.transaction() as session:
        for table in (OutboxRow, Ticket):
            await session.execute(delete(table))
        await restored.note(session, MADE, NOW)
        await restored.caught_up(session, NOW)


async def test_questions_keep_their_numbers_in_any_order(db: Database) -> None:
    first, key = await asked(db, "$first")
    second, other = await asked(db, "$second")
    await goes_back(db)
    async with db.transaction() as session:
        await restored.hear(session, {other: "$said", "rubbish": "$x", key: "$said-too"}, NOW)
    assert (await asked(db, "$second"))[0] == second
    new = (await asked(db, "$new"))[0]
    assert new > second + echoes.AHEAD / 2, "one that was given out and not heard of stays nobody's"
    assert (await asked(db, "$first"))[0] == first
    async with db.reading() as session:
        rows = await session.execute(select(OutboxRow.event_id, OutboxRow.state).order_by(OutboxRow.id))
        assert rows.all() == [("$said", "sent"), (None, "pending"), ("$said-too", "sent")]
        assert (await session.scalars(select(Echo))).all() == []


async def test_a_number_from_far_ahead_is_not_given_out_again(db: Database) -> None:
    await goes_back(db)
    async with db.transaction() as session:
        far = keys.key(await keys.secret_of(session), "$far", [], "", 5_000)
        await restored.hear(session, {far: "$said"}, NOW)
    assert (await asked(db, "$new"))[0] == 5_001
    assert (await asked(db, "$far"))[0] == 5_000
    assert (await asked(db, "$newer"))[0] == 5_002


async def test_what_is_heard_late_belongs_to_the_row_that_waits(db: Database) -> None:
    _, key = await asked(db, "$first")
    await goes_back(db)
    _, again = await asked(db, "$first")
    assert key != again, "nothing was heard yet, so it has another number"
    async with db.transaction() as session:
        outbox.caused_by(session, "$later", again=True)
        row = await outbox.enqueue(session, Outgoing("!dm", {"body": "tot 12 december"}), NOW)
        said = (await session.get_one(OutboxRow, row)).txn_id[:32] + "0" * 16
        await restored.hear(session, {said: "$said"}, NOW)
        assert await outbox.event_of(session, row) == "$said"


async def test_without_a_restore_nothing_is_remembered(db: Database) -> None:
    async with db.transaction() as session:
        await restored.hear(session, {keys.key(b"", "$a", [], "", 1): "$said"}, NOW)
        assert (await session.scalars(select(Echo))).all() == []


async def test_what_is_about_something_that_is_not_made_again_yet_waits(db: Database) -> None:
    _, key = await asked(db, "$first")
    await goes_back(db)
    about = {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$said", "key": "✋"}}
    hand = inbox.RawEvent("$hand", "!team", "@s:x", "m.reaction", about, NOW)
    command = inbox.RawEvent("$command", "!team", "@s:x", "m.room.message", {"body": "!pak 1"}, NOW)

    async def waiting() -> list[str]:
        async with db.transaction() as session:
            await early.release(session, NOW)
            query = select(InboxEvent.event_id).where(InboxEvent.state == "early").order_by(InboxEvent.id)
            return list(await session.scalars(query))

    async with db.transaction() as session:
        await restored.hear(session, {key: "$said"}, NOW)
        await inbox.accept(session, [hand, command], NOW)
        first, second = await session.scalars(select(InboxEvent).order_by(InboxEvent.id))
        assert not await early.hold_for(session, second, 11, NOW)
        assert await early.hold(session, first, NOW)
        assert await early.hold_for(session, second, 1, NOW)
        assert not await early.hold(session, second, NOW)
    assert await waiting() == ["$hand", "$command"]
    await asked(db, "$first")
    assert await waiting() == []


async def test_whoever_guesses_the_words_can_not_see_that_it_is_right(db: Database) -> None:
    """The key is in the clear beside what is encrypted: another helpdesk has others for the same."""

    async def said() -> str:
        async with db.transaction() as session:
            outbox.caused_by(session, "$question")
            row = await outbox.enqueue(session, Outgoing("!a", {"body": "Ja"}), NOW)
            return (await session.get_one(OutboxRow, row)).txn_id

    ours = await said()
    async with db.transaction() as session:
        await session.execute(delete(OutboxRow))
        (await session.get_one(Secret, "keys")).value = "5ec2e7"
    theirs = await said()
    parts = [{key[start : start + 16] for start in (0, 16, 32)} for key in (ours, theirs)]
    assert not parts[0] & parts[1]
