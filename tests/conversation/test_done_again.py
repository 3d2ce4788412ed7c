"""The same work in a second life, after a restore: at another time, to the same people."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage import inbox, keys, restored
from helpdesk_bot.storage.inbox import RawEvent
from helpdesk_bot.storage.models import InboxEvent, OutboxRow
from tests.conversation.conftest import FATIMA, SANNE, TEAM, furnished
from tests.conversation.stage import Stage, to


async def life(stage: Stage) -> list[tuple[str, str]]:
    """A question that waits for its requester until it is closed: what was said to them, and by which id."""
    dm = await stage.direct(FATIMA)
    for words in ("Onze gedeelde agenda is ineens leeg", "Noord", "geen"):
        await stage.says(FATIMA, dm, words)
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
    for _ in range(15):
        await stage.passes(timedelta(days=1))
    query = select(OutboxRow).where(OutboxRow.room_id == dm).order_by(OutboxRow.id)
    async with stage.db.reading() as session:
        ids = [row.txn_id for row in await session.scalars(query)]
    return list(zip(ids, [said.body for said in stage.sent if said.room == dm], strict=True))


async def test_it_says_the_same_in_the_same_places(tmp_path: Path) -> None:
    lives = []
    for later in (timedelta(), timedelta(hours=30)):
        async with furnished(f"sqlite+aiosqlite:///{tmp_path / str(later.days)}.db") as stage:
            stage.now += later
            lives.append(await life(stage))
    first, second = lives
    assert [words for _, words in first] != [words for _, words in second], "there are dates in it"
    assert len(first) > 6
    for (one, _), (other, _) in zip(first, second, strict=True):
        assert keys.same_place(one, other)


@pytest.mark.parametrize("sent", [timedelta(hours=-1), timedelta(hours=1)])
async def test_what_was_said_before_the_restart_is_looked_for(stage: Stage, dm: str, sent: timedelta) -> None:
    async with stage.db.transaction() as session:
        await restored.note(session, stage.now - timedelta(days=1), stage.now)
    await stage.worker._count_unfinished()  # what a start does first
    stage.now += sent
    await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
    async with stage.db.reading() as session:
        looked = set((await session.scalars(select(OutboxRow.look_first))).all())
    assert looked == {sent < timedelta()}


async def test_a_claim_waits_for_its_card_and_a_number_for_its_question(stage: Stage) -> None:
    async with stage.db.transaction() as session:
        before = {keys.key(await keys.secret_of(session), "$question", [], "", 1): "$card"}
        await restored.note(session, stage.now, stage.now)
        await restored.hear(session, before, stage.now)
    await stage.worker._count_unfinished()
    assert await stage.reacts(SANNE, TEAM, "$card", "✋") == []
    assert await stage.says(SANNE, TEAM, "!pak 1") == []
    async with stage.db.reading() as session:
        states = await session.scalars(select(InboxEvent.state).order_by(InboxEvent.id.desc()).limit(2))
        assert states.all() == ["early", "early"]
    assert "7" in to(TEAM, await stage.says(SANNE, TEAM, "!pak 7"))[0], "that one was never heard of"
    stage.now += timedelta(days=1, minutes=1)
    assert await stage.worker.step()
    assert await stage.worker.step()
    assert not await stage.worker.step()


async def test_nobody_is_reminded_of_what_they_answered_since_the_backup(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
    async with stage.db.transaction() as session:
        await restored.note(session, stage.now, stage.now)
    assert to(helped, await stage.passes(timedelta(days=4))) == [], "nothing has been heard yet"
    await stage.worker._count_unfinished()  # what a start does after the first sync
    answer = RawEvent(
        "$answer", helped, FATIMA, "m.room.message", {"msgtype": "m.text", "body": "Hij doet het"}, stage.now
    )
    async with stage.db.transaction() as session:
        await inbox.accept(session, [answer], stage.now)
    assert to(helped, await stage.passes(timedelta(days=4))) == []
    assert (await stage.ticket()).status == Status.CLAIMED


async def test_after_a_restore_reminders_go_on(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
    async with stage.db.transaction() as session:
        await restored.note(session, stage.now, stage.now)
    await stage.worker._count_unfinished()
    assert to(helped, await stage.passes(timedelta(days=4)))
