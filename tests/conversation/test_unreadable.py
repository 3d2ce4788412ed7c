"""Messages whose key does not come: one kind word for all of them, and none is given up in silence."""

from datetime import datetime, timedelta

from helpdesk_bot.actions import unreadable
from helpdesk_bot.actions.context import Act
from helpdesk_bot.storage import held, inbox
from helpdesk_bot.storage.inbox import RawEvent
from tests.conversation.conftest import COORDINATION, FATIMA, HELP, JORIS, SANNE, TEAM
from tests.conversation.stage import Said, Stage, to


async def comes(stage: Stage, user: str, room: str, *event_ids: str) -> None:
    events = [
        RawEvent(event_id, room, user, "m.room.encrypted", {}, stage.now, encrypted=True, session_id="S1")
        for event_id in event_ids
    ]
    async with stage.db.transaction() as session:
        await inbox.accept(session, events, stage.now)


async def later(stage: Stage, time: timedelta, heard_since: datetime | None = None) -> list[Said]:
    """`heard_since`: when the bot came back, if it was away."""
    stage.now += time
    async with stage.db.transaction() as session:
        await unreadable.tell(Act(session, stage.now, stage.setting), heard_since or stage.now - time)
    return await stage.settle()


async def test_one_word_for_many(stage: Stage, dm: str) -> None:
    await comes(stage, FATIMA, dm, "$a", "$b")
    assert not await later(stage, timedelta(minutes=1))
    await comes(stage, FATIMA, dm, "$c")
    [told] = await later(stage, timedelta(minutes=1))
    assert "niet lezen" in told.body
    assert told.refs["reply"] == "$a"
    assert not await later(stage, timedelta(minutes=5))
    await comes(stage, FATIMA, dm, "$d")
    assert not await later(stage, timedelta(minutes=50))
    [again] = await later(stage, timedelta(minutes=10))
    assert again.refs["reply"] == "$d"
    assert not await later(stage, timedelta(hours=5))


async def test_to_everybody_in_their_own_room(stage: Stage, dm: str) -> None:
    await comes(stage, FATIMA, dm, "$a")
    await comes(stage, SANNE, TEAM, "$b")
    await comes(stage, JORIS, TEAM, "$c")
    said = await later(stage, timedelta(minutes=3))
    assert sorted(str(s.refs["reply"]) for s in said) == ["$a", "$b", "$c"]


async def test_not_about_what_people_say_to_each_other(stage: Stage) -> None:
    await comes(stage, FATIMA, HELP, "$a")
    assert not await later(stage, timedelta(minutes=3))


async def test_it_is_worked_on_when_the_key_comes_and_told_anew_when_it_fails_anew(
    stage: Stage, dm: str
) -> None:
    await comes(stage, FATIMA, dm, "$a")
    assert await later(stage, timedelta(minutes=3))
    async with stage.db.transaction() as session:
        [[row]] = [rows async for rows in held.parts(session)]
        held.put_in_line(row, "m.room.message", {"msgtype": "m.text", "body": "Mijn mail doet het niet"})
    assert "vraag 1" in to(dm, await stage.settle())[0]
    await comes(stage, FATIMA, dm, "$b")
    assert len(await later(stage, timedelta(minutes=3))) == 1


async def test_given_up_aloud(stage: Stage, dm: str) -> None:
    await comes(stage, FATIMA, dm, "$a", "$b")
    await later(stage, timedelta(minutes=3))
    said = await later(stage, timedelta(days=7))
    assert "2 berichten" in to(COORDINATION, said)[0]
    assert len(await stage.failed()) == 2


async def test_not_given_up_in_the_moment_in_which_it_is_told(stage: Stage, dm: str) -> None:
    await comes(stage, FATIMA, dm, "$a")
    [told] = await later(stage, timedelta(days=8))
    assert "niet lezen" in told.body
    assert not await later(stage, timedelta(days=6))
    assert not await stage.failed()
    assert to(COORDINATION, await later(stage, timedelta(days=1)))
    assert len(await stage.failed()) == 1


async def test_not_given_up_before_a_key_could_come_that_came_while_we_were_away(
    stage: Stage, dm: str
) -> None:
    await comes(stage, FATIMA, dm, "$a")
    assert await later(stage, timedelta(minutes=3))
    back = stage.now + timedelta(days=8)
    assert not await later(stage, timedelta(days=8), back)
    assert not await later(stage, timedelta(minutes=9), back)
    assert to(COORDINATION, await later(stage, timedelta(minutes=1), back))
