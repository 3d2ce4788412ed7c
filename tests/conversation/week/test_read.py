"""Coordinators tick the week off as read, and are reminded once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk_bot.storage.models import WeekPost
from tests.conversation.conftest import COORDINATION, ELS, SANNE, TEAM
from tests.conversation.stage import Said, Stage, to
from tests.conversation.week.overview import MONDAY, NORA, planned, until, words


async def test_read_by_a_check_mark(stage: Stage, monday: list[Said]) -> None:
    overview = words(monday)[1]
    [told] = await stage.reacts(ELS, COORDINATION, overview.event_id, "✅")
    assert told.body == "Els heeft week 48 gelezen (Noord)."
    assert told.refs["thread"] == overview.event_id
    async with stage.db.reading() as session:
        post = await session.scalar(select(WeekPost).where(WeekPost.scope == "noord"))
    assert post is not None
    assert (post.read_by, post.read_at) == (ELS, stage.now)


async def test_read_twice_and_by_two(stage: Stage, monday: list[Said]) -> None:
    await stage.join(COORDINATION, NORA)
    overview = words(monday)[0].event_id
    await stage.reacts(ELS, COORDINATION, overview, "✔️")
    assert await stage.reacts(ELS, COORDINATION, overview, "✅") == []
    [told] = await stage.reacts(NORA, COORDINATION, overview, "✅")
    assert "Els had week 48 al gelezen" in told.body


async def test_another_sign_is_no_reading(stage: Stage, monday: list[Said]) -> None:
    assert await stage.reacts(ELS, COORDINATION, words(monday)[0].event_id, "👀") == []


@pytest.mark.parametrize("command", ["!gelezen", "!read"])
async def test_read_by_words_in_the_thread(stage: Stage, monday: list[Said], command: str) -> None:
    said = await stage.in_thread(ELS, COORDINATION, words(monday)[1].event_id, command)
    assert to(COORDINATION, said) == ["Els heeft week 48 gelezen (Noord)."]


async def test_read_by_words_without_threads(stage: Stage, monday: list[Said]) -> None:
    [all_] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!gelezen"))
    assert all_ == "Genoteerd: gelezen door Els. Het gaat om: week 48 (hele stad) en week 48 (Noord)."
    [nothing] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!gelezen"))
    assert "Er is geen weekoverzicht" in nothing


async def test_a_helper_ticks_nothing_off(stage: Stage, monday: list[Said]) -> None:
    [no] = to(TEAM, await stage.says(SANNE, TEAM, "!gelezen"))
    assert "gelezen" in no
    async with stage.db.reading() as session:
        assert not (await session.scalars(select(WeekPost).where(WeekPost.read_at.is_not(None)))).all()


async def test_unread_by_wednesday_is_reminded_once(stage: Stage, monday: list[Said]) -> None:
    await stage.reacts(ELS, COORDINATION, words(monday)[1].event_id, "✅")
    assert not await until(stage, MONDAY + timedelta(days=2, seconds=-1))
    [reminder] = await stage.passes(timedelta(seconds=1))
    assert "Nog niemand heeft dit weekoverzicht als gelezen gemeld: week 48, hele stad" in reminder.body
    assert reminder.refs["thread"] == words(monday)[0].event_id
    assert not await stage.passes(timedelta(days=1))


async def test_told_late_there_is_a_day_to_read_it(stage: Stage, helped: str) -> None:
    await planned(stage)
    [city, _] = words(await until(stage, MONDAY + timedelta(days=1, hours=23, minutes=55)))
    assert not await stage.passes(timedelta(hours=23, minutes=59))
    reminders = await stage.passes(timedelta(minutes=1))
    assert reminders[0].refs["thread"] == city.event_id


async def test_nobody_is_reminded_of_a_week_behind_another(stage: Stage, monday: list[Said]) -> None:
    said = await stage.passes(timedelta(weeks=1))
    assert len([s for s in words(said) if s.body.startswith("Week 49")]) == 2
    assert not [s for s in words(said) if "Nog niemand" in s.body]
