"""Who never said when they rest is left alone at night, and asked in the morning; who said that any hour is fine is not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from helpdesk_bot.actions.resting import RESTED
from helpdesk_bot.config.helping import Helping
from helpdesk_bot.storage.models import PanicCall, Technician, Timer
from tests.conversation.conftest import CITY, FATIMA, JORIS, KWAME, SANNE, TEAM, WIM
from tests.conversation.duty import with_duty
from tests.conversation.helpers import helps, outcomes, pinged
from tests.conversation.stage import CONFIG, Said, Stage, to

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MINUTE = timedelta(minutes=1)


def here(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


TUESDAY = (2026, 11, 24)
AT_THREE, AT_EIGHT = here(*TUESDAY, 3), here(*TUESDAY, 8)


async def asks(
    stage: Stage, words: str = "Onze gedeelde agenda is ineens leeg", who: str = FATIMA
) -> list[Said]:
    """Somebody in Noord asks something new."""
    room = await stage.direct(who)
    await stage.says(who, room, f"!nieuw {words}")
    return await stage.says(who, room, "Noord")


async def due(stage: Stage) -> list[datetime]:
    """When the team of Noord is up again, as it stands in the database."""
    async with stage.db.reading() as session:
        return list(await session.scalars(select(Timer.due_at).where(Timer.kind == RESTED)))


async def until(stage: Stage, moment: datetime) -> list[Said]:
    return await stage.passes(moment - stage.now)


class TestAtNight:
    @pytest.mark.parametrize(
        ("clock", "asked"),
        [((21, 59), [JORIS]), ((22, 0), []), ((3, 0), []), ((7, 59), []), ((8, 0), [JORIS])],
    )
    async def test_who_said_nothing(self, stage: Stage, clock: tuple[int, int], asked: list[str]) -> None:
        stage.now = here(*TUESDAY, *clock)
        assert pinged(await asks(stage)) == asked

    async def test_a_profile_that_says_nothing_of_it_is_no_other(self, stage: Stage) -> None:
        for user in (JORIS, SANNE):
            await helps(stage, user, skills=["calendar"])
        stage.now = AT_THREE
        assert not pinged(await asks(stage))

    async def test_who_said_that_any_hour_is_fine(self, stage: Stage) -> None:
        await stage.says(SANNE, await stage.direct(SANNE), "!profiel rust altijd goed")
        stage.now = AT_THREE
        assert pinged(await asks(stage)) == [SANNE]
        assert await outcomes(stage) == {SANNE: None}
        assert not await due(stage)

    async def test_a_no_at_night_wakes_nobody_else(self, stage: Stage) -> None:
        await stage.says(SANNE, await stage.direct(SANNE), "!profiel rust altijd goed")
        stage.now = AT_THREE
        await asks(stage)
        assert not pinged(await stage.says(SANNE, TEAM, "!nee 1"))
        assert pinged(await until(stage, AT_EIGHT)) == [JORIS]

    async def test_urgent_is_no_panic(self, stage: Stage) -> None:
        stage.now = AT_THREE
        await asks(stage)
        assert not pinged(await stage.says(JORIS, TEAM, "!prioriteit 1 urgent"))

    async def test_whoever_is_on_duty_is_called(self, stage: Stage, dm: str) -> None:
        await with_duty(stage)
        await stage.says(FATIMA, dm, "!stadsdeel Noord")
        stage.now = AT_THREE
        await stage.says(FATIMA, dm, "!paniek onze site is gehackt")
        async with stage.db.reading() as session:
            assert list(await session.scalars(select(PanicCall.user_id))) == [SANNE]

    async def test_the_hours_are_the_helpdesks_own(self, stage: Stage) -> None:
        helping = Helping.model_validate({"rest": "00:30-06:00"})
        stage.configure(CONFIG.model_copy(update={"helping": helping}))
        stage.now = AT_THREE
        assert not pinged(await asks(stage))
        assert pinged(await until(stage, here(*TUESDAY, 6))) == [JORIS]

    async def test_or_there_are_none(self, stage: Stage) -> None:
        stage.configure(CONFIG.model_copy(update={"helping": Helping.model_validate({"rest": False})}))
        stage.now = AT_THREE
        assert pinged(await asks(stage)) == [JORIS]

    async def test_colleagues_see_who_rests(self, stage: Stage) -> None:
        stage.now = AT_THREE
        [shown] = to(TEAM, await stage.says(JORIS, TEAM, "!team"))
        assert "Sanne: heeft 0 vragen (hoogstens 5); heeft nu rust" in shown


class TestInTheMorning:
    @pytest.mark.both_databases
    async def test_they_are_asked_at_eight(self, stage: Stage) -> None:
        stage.now = AT_THREE
        told = " ".join(s.body for s in await asks(stage))
        # Being asked before they are there makes no promise of it.
        assert "vandaag om 09:00" in told
        assert "uiterlijk vandaag om 13:00" in told
        assert await due(stage) == [AT_EIGHT]
        assert not pinged(await until(stage, AT_EIGHT - MINUTE))
        said = await until(stage, AT_EIGHT)
        assert pinged(said) == [JORIS]
        assert "Joris, kun jij vraag 1 oppakken?" in to(TEAM, said)[0]
        assert not await due(stage)
        assert (await stage.ticket()).wave == 2

    @pytest.mark.parametrize(
        ("asked", "morning"),
        [
            (here(2026, 10, 25, 1, 30), datetime(2026, 10, 25, 7, tzinfo=UTC)),  # an hour comes twice
            (here(2027, 3, 28, 1, 30), datetime(2027, 3, 28, 6, tzinfo=UTC)),  # and one does not come
        ],
    )
    async def test_when_the_clocks_change(self, stage: Stage, asked: datetime, morning: datetime) -> None:
        stage.now = asked
        await asks(stage)
        assert await due(stage) == [morning]
        assert not pinged(await until(stage, morning - MINUTE))
        assert pinged(await until(stage, morning)) == [JORIS]

    async def test_the_first_who_is_up(self, stage: Stage) -> None:
        await helps(stage, SANNE, quiet_from="23:00", quiet_until="06:30")
        stage.now = AT_THREE
        await asks(stage)
        assert pinged(await until(stage, here(*TUESDAY, 6, 30))) == [SANNE]

    async def test_not_on_a_day_of_rest(self, stage: Stage) -> None:
        for user in (JORIS, SANNE):
            await stage.says(user, await stage.direct(user), "!profiel rust niet op dinsdag")
        stage.now = AT_THREE
        await asks(stage)
        assert await due(stage) == [here(2026, 11, 25, 8)]  # nobody said anything of the night after it

    async def test_what_somebody_took_meanwhile_is_not_asked(self, stage: Stage) -> None:
        stage.now = AT_THREE
        await asks(stage)
        await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
        assert not pinged(await until(stage, AT_EIGHT))

    async def test_a_full_night_fills_nobody_s_hands(self, stage: Stage) -> None:
        """The most urgent first; what is left goes wider by time, as any question."""
        stage.now = AT_THREE
        for user in (JORIS, SANNE):
            await helps(stage, user, most_open=1)
        for n in (1, 2, 3):
            await asks(stage, f"Vraag {n} over de website", who=(FATIMA, KWAME, "@noor:test")[n - 1])
        await stage.says(JORIS, TEAM, "!prioriteit 3 urgent")
        said = await until(stage, AT_EIGHT)
        assert sorted(pinged(said)) == [JORIS, SANNE]
        assert [bool(await outcomes(stage, n)) for n in (1, 2, 3)] == [True, False, True]

    async def test_once_after_a_long_stop(self, stage: Stage) -> None:
        stage.now = AT_THREE
        await asks(stage)
        said = await until(stage, AT_EIGHT + timedelta(hours=2))
        assert pinged(said) == [JORIS]

    async def test_in_the_city_s_room_too(self, stage: Stage, dm: str) -> None:
        await stage.join(CITY, WIM)
        stage.now = AT_THREE
        await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
        await until(stage, AT_THREE + timedelta(minutes=11))  # nobody said which stadsdeel
        assert (await stage.ticket()).team_room == CITY
        assert pinged(await until(stage, AT_EIGHT)) == [WIM]


class TestWhatIsSaid:
    async def says(self, stage: Stage, words: str) -> str:
        dm = await stage.direct(SANNE)
        return to(dm, await stage.says(SANNE, dm, words))[-1]

    async def said(self, stage: Stage) -> bool:
        async with stage.db.reading() as session:
            return (await session.get_one(Technician, SANNE)).quiet_said

    async def test_the_usual_hours_until_they_say_so(self, stage: Stage) -> None:
        shown = await self.says(stage, "!profiel")
        assert "Rust: van 22:00 tot 08:00. Dat geldt zolang je niets anders zegt." in shown
        assert "!profiel rust altijd goed" in shown
        assert not await self.said(stage)

    async def test_in_english(self, stage: Stage) -> None:
        await self.says(stage, "!language en")
        shown = await self.says(stage, "!profile")
        assert "Quiet: from 22:00 until 08:00. That holds as long as you say nothing else." in shown
        assert "you may get something at any time" in await self.says(
            stage, "!profile quiet any time is fine"
        )
        assert await self.said(stage)

    @pytest.mark.parametrize("words", ["altijd goed", "op elk uur", "dag en nacht", "nee", "ook 's nachts"])
    async def test_any_hour_and_back(self, stage: Stage, words: str) -> None:
        assert "je mag altijd iets krijgen" in await self.says(stage, f"!profiel rust {words}")
        assert "zolang" not in await self.says(stage, "!profiel")
        assert await self.said(stage)
        assert "van 22:00 tot 08:00. Dat geldt zolang" in await self.says(stage, "!profiel rust gewoon")
        assert not await self.said(stage)

    async def test_days_say_nothing_of_the_night(self, stage: Stage) -> None:
        noted = await self.says(stage, "!profiel rust niet in het weekend")
        assert "de hele dag op zaterdag en zondag, en van 22:00 tot 08:00." in noted
        assert not await self.said(stage)
        noted = await self.says(stage, "!profiel rust niet in het weekend, verder altijd goed")
        assert "de hele dag op zaterdag en zondag; verder mag je altijd iets krijgen" in noted
        assert await self.said(stage)

    async def test_without_usual_hours_nothing_is_said_of_them(self, stage: Stage) -> None:
        stage.configure(CONFIG.model_copy(update={"helping": Helping.model_validate({"rest": False})}))
        assert "je mag altijd iets krijgen" in await self.says(stage, "!profiel")
