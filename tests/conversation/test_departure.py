"""Somebody stops: nothing that hangs on them is forgotten. And who is there, for those who may see it."""

from datetime import timedelta

import pytest

from helpdesk_bot.storage.models import Room
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, HELP, JORIS, SANNE, TEAM, WEST
from tests.conversation.duty import with_duty
from tests.conversation.stage import Said, Stage, to


async def leaves(stage: Stage, user: str, room: str = TEAM, membership: str = "leave") -> list[Said]:
    await stage.join(room, user, membership=membership)
    return (await stage.event(user, room, "m.room.member", {"membership": membership}, state_key=user))[1]


@pytest.fixture
async def hanging(stage: Stage, dm: str) -> str:
    """Sanne helps with question 1, for Buurtwarmte, of which she is the helper; returns Fatima's chat."""
    await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(FATIMA, dm, "Buurtwarmte")
    await stage.says(SANNE, TEAM, "!pak 1")
    await stage.says(ELS, COORDINATION, "!vaste-helper @sanne:test voor Buurtwarmte")
    return dm


class TestLeaving:
    @pytest.mark.both_databases
    async def test_the_coordinators_get_the_list(self, stage: Stage, hanging: str) -> None:
        said = await leaves(stage, SANNE)
        alarm, points = to(COORDINATION, said)
        assert "Eén vraag is weer vrij" in alarm
        assert "Sanne stopt met helpen" in points
        assert "geen open vragen meer" in points
        assert "Buurtwarmte: was vaste helper, en niemand anders" in points
        assert "beheer-accounts" in points
        assert "dank je wel" in points
        assert (await stage.ticket()).assignee is None

    async def test_with_a_backup(self, stage: Stage, hanging: str) -> None:
        await stage.says(ELS, COORDINATION, "!reserve @joris:test voor Buurtwarmte")
        assert "Joris is de reserve" in to(COORDINATION, await leaves(stage, SANNE))[1]
        assert "er is geen vaste helper meer" in to(COORDINATION, await leaves(stage, JORIS))[0]

    async def test_once(self, stage: Stage) -> None:
        dm = await stage.direct(SANNE)
        await stage.says(SANNE, dm, "!profiel aantal 3")
        assert len(to(COORDINATION, await leaves(stage, SANNE))) == 1
        assert not to(COORDINATION, await leaves(stage, SANNE, membership="ban"))

    async def test_whoever_comes_back_keeps_the_profile(self, stage: Stage) -> None:
        dm = await stage.direct(SANNE)
        await stage.says(SANNE, dm, "!profiel aantal 3")
        await leaves(stage, SANNE)
        assert not await leaves(stage, SANNE, membership="join")
        assert "hoogstens 3 vragen" in to(dm, await stage.says(SANNE, dm, "!profiel"))[0]
        assert len(to(COORDINATION, await leaves(stage, SANNE))) == 1

    async def test_to_another_team_is_no_goodbye(self, stage: Stage) -> None:
        await stage.join(WEST, SANNE)
        assert not await leaves(stage, SANNE)

    async def test_an_invitation_is_no_goodbye(self, stage: Stage) -> None:
        assert not await leaves(stage, "@noor:test", membership="invite")
        assert not await leaves(stage, "@noor:test", membership="leave")

    async def test_who_is_invited_anew_has_not_left(self, stage: Stage) -> None:
        dm = await stage.direct(SANNE)
        await stage.says(SANNE, dm, "!profiel aantal 3")
        assert not await leaves(stage, SANNE, membership="invite")

    async def test_from_a_room_that_was_upgraded_everybody_leaves(self, stage: Stage) -> None:
        async with stage.db.transaction() as session:
            (await session.get_one(Room, TEAM)).successor = "!team-noord-2:test"
        assert not await leaves(stage, SANNE)

    async def test_nothing_more_is_asked(self, stage: Stage) -> None:
        dm = await stage.direct(SANNE)
        await stage.says(SANNE, dm, "!weg tot vrijdag")
        await leaves(stage, SANNE)
        assert not await stage.passes(timedelta(days=30))


class TestVertrek:
    async def test_before_they_go(self, stage: Stage, hanging: str) -> None:
        [points] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!vertrek @sanne:test"))
        assert "nog één open vraag: 1" in points
        assert "zit nog in: team Noord" in points
        assert (await stage.ticket()).assignee == SANNE

    async def test_whom_they_teach(self, stage: Stage) -> None:
        await stage.says(ELS, COORDINATION, "!mentor @joris:test @sanne:test")
        [points] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!departure @sanne:test"))
        assert "new mentor for Joris" in points

    async def test_their_turns_of_duty(self, stage: Stage) -> None:
        await with_duty(stage)
        [points] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!vertrek @sanne:test"))
        assert "rooster voor spoed (Noord)" in points

    async def test_in_the_team_room_it_stays_among_coordinators(self, stage: Stage) -> None:
        said = await stage.says(ELS, TEAM, "!vertrek @sanne:test")
        assert "kamer van de coördinatoren" in to(TEAM, said)[0]
        assert "stopt met helpen" in to(COORDINATION, said)[0]

    async def test_only_for_coordinators(self, stage: Stage) -> None:
        [refused] = to(TEAM, await stage.says(JORIS, TEAM, "!vertrek @sanne:test"))
        assert "stopt met helpen" not in refused

    async def test_not_the_bot(self, stage: Stage) -> None:
        [refused] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!vertrek @hulp:test"))
        assert "Dat ben ik zelf" in refused


class TestTeam:
    @pytest.mark.both_databases
    async def test_who_is_there(self, stage: Stage, hanging: str) -> None:
        dm = await stage.direct(SANNE)
        await stage.says(SANNE, dm, "!profiel aantal 3")
        await stage.says(SANNE, dm, "!profiel betaald vrijwilliger")
        await stage.says(SANNE, dm, "!profiel vaardigheden mail")
        await stage.says(JORIS, TEAM, "!weg tot vrijdag")
        [shown] = to(TEAM, await stage.says(JORIS, TEAM, "!team"))
        assert "team Noord: 2 mensen" in shown
        assert "Sanne: heeft 1 vraag (hoogstens 3); vrijwilliger; goed in mail" in shown
        assert "Joris: heeft 0 vragen (hoogstens 5); weg tot vrijdag 27 november" in shown

    async def test_quiet_and_no_more_than_that(self, stage: Stage) -> None:
        dm = await stage.direct(SANNE)
        await stage.says(SANNE, dm, "!profiel rust 9:00-11:30")  # it is ten in the morning
        [shown] = to(TEAM, await stage.says(JORIS, TEAM, "!team"))
        assert "heeft nu rust" in shown
        assert "11:30" not in shown
        stage.now += timedelta(hours=2)
        assert "rust" not in to(TEAM, await stage.says(JORIS, TEAM, "!team"))[0]

    async def test_coordinators_see_all_teams_or_one(self, stage: Stage) -> None:
        [every] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!team"))
        assert "team Noord" in every
        assert "team West" in every
        assert "de hele stad" in every
        [one] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!team west"))
        assert "team West" in one
        assert "team Noord" not in one

    async def test_technicians_see_their_own(self, stage: Stage) -> None:
        dm = await stage.direct(SANNE)
        [own] = to(dm, await stage.says(SANNE, dm, "!team"))
        assert "team Noord" in own
        assert "West" not in own

    async def test_an_unknown_team(self, stage: Stage) -> None:
        assert "Welk team" in to(COORDINATION, await stage.says(ELS, COORDINATION, "!team Rotterdam"))[0]

    @pytest.mark.parametrize("room", [HELP, "dm"])
    async def test_never_to_requesters(self, stage: Stage, dm: str, room: str) -> None:
        said = await stage.says(FATIMA, dm if room == "dm" else room, "!team")
        assert "Sanne" not in "".join(s.body for s in said)

    async def test_not_even_by_a_technician_in_a_help_room(self, stage: Stage) -> None:
        said = await stage.says(SANNE, HELP, "!team")
        assert "Joris" not in "".join(s.body for s in said)
