"""Somebody comes to help, and is asked how: once, a little later, and only where helpers are."""

from datetime import timedelta

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.getting_to_know import meet_one
from tests.conversation.conftest import HELP, JORIS, SANNE, TEAM, WEST
from tests.conversation.first_chat.amira import AMIRA, DM, MINUTE, joins, says
from tests.conversation.stage import BOT, Said, Stage, to


class TestWelcome:
    async def test_it_begins_a_little_later(self, stage: Stage) -> None:
        assert not await joins(stage, AMIRA)
        said = await stage.passes(MINUTE)
        assert [s.kind for s in said if s.room == f"direct:{AMIRA}"] == ["direct"]
        [hello] = to(DM, said)
        assert "Hallo Amira" in hello
        assert "team van Noord" in hello
        assert "1 van 7" in hello
        assert "overslaan" in hello
        assert not await stage.passes(timedelta(hours=1))

    async def test_once_also_when_they_join_another_team(self, stage: Stage, met: list[str]) -> None:
        await joins(stage, AMIRA, WEST)
        await joins(stage, AMIRA)
        assert len(met) == 1
        assert not await stage.passes(timedelta(hours=1))

    async def test_two_rooms_at_once_are_one_chat(self, stage: Stage) -> None:
        await joins(stage, AMIRA, WEST)
        await joins(stage, AMIRA)
        [hello] = to(DM, await stage.passes(MINUTE))
        assert "Noord en West" in hello

    async def test_not_whoever_has_left_again(self, stage: Stage) -> None:
        await joins(stage, AMIRA)
        await stage.join(TEAM, AMIRA, membership="leave")
        assert not await stage.passes(MINUTE)

    async def test_not_where_anybody_can_walk_in(self, stage: Stage) -> None:
        await stage.room(TEAM, join_rule="public")
        await joins(stage, AMIRA)
        assert not await stage.passes(MINUTE)

    async def test_not_in_a_help_room_and_not_the_bot(self, stage: Stage) -> None:
        await joins(stage, AMIRA, HELP)
        await joins(stage, BOT)
        assert not await stage.passes(MINUTE)

    async def test_in_their_own_language(self, stage: Stage) -> None:
        dm = await stage.direct(AMIRA)
        await stage.says(AMIRA, dm, "!language en")
        await joins(stage, AMIRA)
        [hello] = to(dm, await stage.passes(MINUTE))
        assert "1 of 7" in hello
        [noted] = to(dm, await stage.says(AMIRA, dm, "mail and website"))
        assert "mail and website" in noted


class TestWhoSatThereAlready:
    """Five people have been in the team rooms since before the helpdesk asked such things."""

    async def look(self, stage: Stage) -> list[Said]:
        async with stage.db.transaction() as session:
            await meet_one(Act(session, stage.now, stage.setting))
        return await stage.passes(timedelta())

    async def test_one_at_a_time(self, stage: Stage) -> None:
        asked = [await self.look(stage) for _ in range(4)]
        hellos = [[s.room for s in said if s.type == "m.room.message"] for said in asked]
        assert hellos == [["!new-dm-joris:test"], ["!new-dm-sanne:test"], ["!new-dm-wim:test"], []]

    async def test_who_only_wrote_a_command_before_is_asked_too(self, stage: Stage) -> None:
        await stage.says(JORIS, TEAM, "!terug")
        await stage.says(SANNE, TEAM, "!weg tot vrijdag")  # not while she is away
        asked = [await self.look(stage) for _ in range(3)]
        hellos = [[s.room for s in said if s.type == "m.room.message"] for said in asked]
        assert hellos == [["!new-dm-joris:test"], ["!new-dm-wim:test"], []]

    async def test_who_found_their_profile_is_not(self, stage: Stage) -> None:
        await stage.says(JORIS, TEAM, "!profiel aantal 3")
        assert [s.room for s in await self.look(stage) if s.kind == "send"] == ["!new-dm-sanne:test"]

    async def test_not_at_night(self, stage: Stage) -> None:
        stage.now += timedelta(hours=12)  # 22:00 in Amsterdam
        assert not await self.look(stage)


class TestReminder:
    async def test_once(self, stage: Stage, met: list[str]) -> None:
        await says(stage, "mail")
        [again] = to(DM, await stage.passes(timedelta(days=4)))
        assert "enige keer" in again
        assert "2 van 7" in again
        assert "3 van 7" in await says(stage, "Nederlands")
        assert not await stage.passes(timedelta(days=30))

    async def test_late_after_a_long_stop(self, stage: Stage, met: list[str]) -> None:
        assert len(await stage.passes(timedelta(days=40))) == 1

    async def test_not_when_it_is_finished(self, stage: Stage, met: list[str]) -> None:
        for _ in range(7):
            await stage.says(AMIRA, DM, "overslaan")
        assert not await stage.passes(timedelta(days=30))
