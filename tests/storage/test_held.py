from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage import held, inbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import InboxEvent
from tests.storage.conftest import NOW
from tests.storage.test_inbox import accepted, event, worked_off

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


async def waiting(session: AsyncSession, *session_ids: str) -> list[str]:
    """The newest first."""
    return [row.event_id async for rows in held.parts(session, session_ids or None) for row in rows]


async def row_of(session: AsyncSession, event_id: str) -> InboxEvent:
    row = await inbox.event(session, event_id)
    assert row is not None
    return row


async def test_it_takes_its_place_when_its_key_comes(db: Database) -> None:
    sealed = event("sealed", type="m.room.encrypted", session_id="S1", encrypted=True)
    await accepted(db, sealed, event("later"))
    async with db.transaction() as session:
        assert await waiting(session, "S2") == []
        assert await waiting(session, "S1", "S2") == ["$sealed"]
        row = await row_of(session, "$sealed")
        await held.release(session, {row.id: event("sealed"), 10_000: event("gone")})
    assert await worked_off(db) == ["$sealed", "$later"]


async def test_what_says_nothing_to_us_is_done_with(db: Database) -> None:
    await accepted(db, event("sealed", session_id="S1"))
    async with db.transaction() as session:
        await held.release(session, {(await row_of(session, "$sealed")).id: None})
        assert await waiting(session) == []
    assert await worked_off(db) == []


async def test_in_parts(db: Database) -> None:
    held_at_once = held.AT_ONCE
    try:
        held.AT_ONCE = 2
        await accepted(db, *(event(name, session_id="S1") for name in "abcde"))
        async with db.reading() as session:
            parts = [[row.event_id for row in rows] async for rows in held.parts(session)]
    finally:
        held.AT_ONCE = held_at_once
    assert parts == [["$e", "$d"], ["$c", "$b"], ["$a"]]


async def test_what_is_deleted_stays_unread(db: Database) -> None:
    await accepted(db, event("sealed", session_id="S1"), event("other", session_id="S1"))
    async with db.transaction() as session:
        await held.drop(session, "!elsewhere:x.org", ["$other"])
        await held.drop(session, "!room:x.org", ["$sealed"])
    async with db.reading() as session:
        assert await waiting(session) == ["$other"]


async def test_what_was_given_up_and_is_replayed_waits_for_its_key_again(db: Database) -> None:
    await accepted(db, event("sealed", session_id="S1"), event("new", session_id="S2"))
    async with db.transaction() as session:
        await inbox.fail(session, (await row_of(session, "$sealed")).id, "its key never came")
        assert await inbox.replay(session, NOW + 8 * DAY, "$sealed") == 1
    assert await worked_off(db) == []
    async with db.transaction() as session:
        assert await waiting(session, "S1") == ["$sealed"]
        (again,) = await held.replayed(session)
        assert again.event_id == "$sealed"
        assert again.received_at == NOW + 8 * DAY, "else it would be given up again at once"
        await held.release(session, {again.id: event("sealed")})
        assert await held.replayed(session) == []
        assert again.error is None


async def test_who_has_to_hear_of_it(db: Database) -> None:
    tim = {"sender": "@tim:x.org", "session_id": "S2"}
    await accepted(db, event("a", session_id="S1"), event("b", session_id="S1"), event("c", **tim))

    async def untold(after: timedelta) -> list[str]:
        async with db.reading() as session:
            rows = await held.untold(session, NOW + after, 2 * MINUTE, 60 * MINUTE)
            return [row.event_id for row in rows]

    assert await untold(MINUTE) == []
    assert await untold(2 * MINUTE) == ["$a", "$c"]
    async with db.transaction() as session:
        await held.told(session, "!room:x.org", "@noor:x.org", NOW + 2 * MINUTE)
    assert await untold(3 * MINUTE) == ["$c"]
    await accepted(db, event("d", session_id="S1"))
    assert await untold(61 * MINUTE) == ["$c"]
    assert await untold(62 * MINUTE) == ["$c", "$d"]


async def test_given_up(db: Database) -> None:
    elsewhere = event("c", session_id="S1", room_id="!other:x.org")
    await accepted(db, event("a", session_id="S1"), event("b", session_id="S1"), elsewhere, event("d"))
    async with db.transaction() as session:
        assert not await held.give_up(session, NOW), "nobody has been told"
        for room in ("!room:x.org", "!other:x.org"):
            await held.told(session, room, "@noor:x.org", NOW + MINUTE)
        assert not await held.give_up(session, NOW)
        assert await held.give_up(session, NOW + MINUTE) == {"!room:x.org": 2, "!other:x.org": 1}
        assert await waiting(session) == []
        assert {row.error for row in await inbox.failed(session)} == {"its key never came"}
    assert await worked_off(db) == ["$d"]


async def test_what_is_put_back_waits_as_long_as_the_first_time(db: Database) -> None:
    await accepted(db, event("a", session_id="S1"))
    async with db.transaction() as session:
        await held.told(session, "!room:x.org", "@noor:x.org", NOW)
        assert await held.give_up(session, NOW)
        await inbox.replay(session, NOW + 5 * MINUTE)
        assert not await held.give_up(session, NOW + 4 * MINUTE)
        assert await held.give_up(session, NOW + 5 * MINUTE)


async def test_nobody_fills_the_database_with_what_can_not_be_read(db: Database) -> None:
    def flood(name: str, count: int, **more: str) -> list[inbox.RawEvent]:
        return [event(f"{name}{number}", session_id="S1", **more) for number in range(count)]

    await accepted(db, *flood("early", 60))
    await accepted(db, *flood("late", 60), *flood("other", 5, sender="@tim:x.org"))
    await accepted(db, *flood("more", 5))
    async with db.reading() as session:
        kept = await waiting(session)
        assert len(kept) == inbox.MAX_HELD + 5
        assert "$late39" in kept
        assert "$late40" not in kept
        left_out = await row_of(session, "$late40")
        assert (left_out.state, left_out.content) == ("done", None)
        aloud = (await session.scalars(select(InboxEvent).where(InboxEvent.type == "helpdesk.gap"))).all()
        assert [row.room_id for row in aloud] == ["!room:x.org"]
    async with db.transaction() as session:
        await inbox.accept(session, flood("tomorrow", 1), NOW + DAY)
    assert len(await worked_off(db)) == 2, "once a day it is said"
    async with db.transaction() as session:
        assert await inbox.accept(session, flood("behind", 5), NOW, behind={"!room:x.org"}) == 5
        assert len(await inbox.behind(session, "!room:x.org")) == 5
        await inbox.line_up(session, "!room:x.org", [], {}, NOW)
        assert len(await waiting(session)) == inbox.MAX_HELD + 5
