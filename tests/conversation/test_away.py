"""Somebody is away, needs a break, comes back, or does not: what they hold is never left lying."""

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage.models import Technician
from tests.conversation.conftest import COORDINATION, FATIMA, KWAME, SANNE, TEAM
from tests.conversation.stage import Said, Stage, to

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
async def mine(stage: Stage) -> str:
    """Sanne's direct chat."""
    return await stage.direct(SANNE)


@pytest.fixture
async def two(stage: Stage, helped: str, mine: str) -> str:
    """Sanne helps with question 1 of Fatima and 2 of Kwame, who has to answer; returns her direct chat."""
    dm = await stage.direct(KWAME)
    await stage.says(KWAME, dm, "Mijn printer doet het niet meer")
    await stage.says(KWAME, dm, "Noord")
    await stage.says(KWAME, dm, "geen")
    await stage.reacts(SANNE, TEAM, await stage.card(2), "✋")
    await stage.says(SANNE, TEAM, "!wacht 2 Kun je een foto sturen?")
    await stage.says(SANNE, mine, "!mijn")
    return mine


async def sanne(stage: Stage) -> Technician:
    async with stage.db.reading() as session:
        return await session.get_one(Technician, SANNE)


async def holds(stage: Stage) -> list[int]:
    return [n for n in (1, 2) if (await stage.ticket(n)).assignee == SANNE]


def texts(said: list[Said]) -> str:
    return "\n".join(s.body for s in said)


class TestWeg:
    """On Monday 23 November, ten in the morning."""

    @pytest.mark.parametrize(
        ("words", "until"),
        [
            ("!weg tot vrijdag", "vrijdag 27 november"),
            ("!weg 3 dagen", "donderdag 26 november"),
            ("!afwezig tot 4 december", "vrijdag 4 december"),
        ],
    )
    async def test_until_a_day(self, stage: Stage, mine: str, words: str, until: str) -> None:
        [noted] = to(mine, await stage.says(SANNE, mine, words))
        assert f"weg tot {until}" in noted

    async def test_in_english(self, stage: Stage, mine: str) -> None:
        await stage.says(SANNE, mine, "!language en")
        [noted] = to(mine, await stage.says(SANNE, mine, "!away until friday"))
        assert "away until Friday" in noted

    async def test_later(self, stage: Stage, mine: str) -> None:
        [noted] = to(mine, await stage.says(SANNE, mine, "!weg van 1 tot 10 december"))
        assert "van dinsdag 1 december tot donderdag 10 december" in noted
        away = await sanne(stage)
        assert (away.away_from, away.away_until) == (
            datetime(2026, 11, 30, 23, tzinfo=UTC),
            datetime(2026, 12, 9, 23, tzinfo=UTC),
        )

    async def test_a_typo_is_suggested(self, stage: Stage, mine: str) -> None:
        assert "Bedoel je !weg?" in texts(await stage.says(SANNE, mine, "!wegg tot vrijdag"))

    @pytest.mark.parametrize("words", ["!weg tot gisteren", "!weg heel lang", "!weg tot 31 februari"])
    async def test_nonsense_changes_nothing(self, stage: Stage, mine: str, words: str) -> None:
        [what] = to(mine, await stage.says(SANNE, mine, words))
        assert "begrijp niet" in what
        await stage.says(SANNE, mine, "!profiel")
        assert (await sanne(stage)).away_from is None

    async def test_alone_asks_until_when(self, stage: Stage, mine: str) -> None:
        [asked] = to(mine, await stage.says(SANNE, mine, "!weg"))
        assert "Tot wanneer" in asked
        [how] = to(mine, await stage.says(SANNE, mine, "geen idee"))
        assert "begrijp niet" in how
        [noted] = to(mine, await stage.says(SANNE, mine, "vrijdag"))
        assert "weg tot vrijdag 27 november" in noted

    async def test_alone_and_never_mind(self, stage: Stage, mine: str) -> None:
        await stage.says(SANNE, mine, "!weg")
        assert "niets veranderd" in texts(await stage.says(SANNE, mine, "laat maar"))

    async def test_alone_and_then_a_question(self, stage: Stage, mine: str) -> None:
        await stage.says(SANNE, mine, "!weg")
        assert "vraag 1" in texts(await stage.says(SANNE, mine, "Mijn eigen mail doet het niet tot nu toe?"))

    async def test_in_the_team_room(self, stage: Stage) -> None:
        said = await stage.says(SANNE, TEAM, "!weg")
        assert "eigen gesprek" in to(TEAM, said)[0]
        assert "Tot wanneer" in to("!new-dm-sanne:test", said)[0]

    async def test_not_for_requesters(self, stage: Stage, dm: str) -> None:
        assert "voor mensen van het team" in texts(await stage.says(FATIMA, dm, "!weg tot vrijdag"))


class TestWhatTheyHold:
    @pytest.mark.both_databases
    async def test_for_long_it_goes_back_by_itself(self, stage: Stage, two: str, dm: str) -> None:
        noted, asked = to(two, await stage.says(SANNE, two, "!weg tot maandag"))
        assert "weg tot maandag 30 november" in noted
        assert "2 vragen" in asked
        assert "geef ik die vandaag om 11:00 terug" in asked
        assert await holds(stage) == [1, 2]
        said = await stage.passes(HOUR)
        assert await holds(stage) == []
        assert (await stage.ticket(2)).status == Status.NEW  # also what waits for the requester
        assert "Sanne is er een tijdje niet" in texts([s for s in said if s.room == dm])
        [told] = to(COORDINATION, said)
        assert "weg tot maandag 30 november. 2 vragen" in told
        team = texts([s for s in said if s.room == TEAM])
        assert "Samenvatting van vraag 2" in team
        assert "Kun je een foto sturen?" in team
        assert "We wachten op de vrager" in team
        assert not await stage.passes(HOUR)

    async def test_for_a_day_they_keep_it(self, stage: Stage, two: str) -> None:
        _, asked = to(two, await stage.says(SANNE, two, "!weg morgen"))
        assert "daarom houd je die" in asked
        await stage.passes(DAY)
        assert await holds(stage) == [1, 2]

    @pytest.mark.parametrize(
        ("words", "left"),
        [
            ("houden", [1, 2]),
            ("alles houden", [1, 2]),
            ("houd 2", [2]),
            ("geef 2 terug", [1]),
            ("teruggeven", []),
            ("give back 1 and 2", []),
            ("keep 1", [1]),
        ],
    )
    async def test_they_say_which(self, stage: Stage, two: str, words: str, left: list[int]) -> None:
        await stage.says(SANNE, two, "!weg tot maandag")
        assert to(two, await stage.says(SANNE, two, words))
        assert await holds(stage) == left
        await stage.passes(2 * HOUR)
        assert await holds(stage) == left

    async def test_both_at_once_is_explained(self, stage: Stage, two: str) -> None:
        await stage.says(SANNE, two, "!weg tot maandag")
        assert "houd 3" in texts(await stage.says(SANNE, two, "houd 1 en geef 2 terug"))
        assert await holds(stage) == [1, 2]

    async def test_a_number_that_is_not_theirs(self, stage: Stage, two: str) -> None:
        await stage.says(SANNE, two, "!weg tot maandag")
        assert "heb je niet: 7" in texts(await stage.says(SANNE, two, "houd 7"))
        assert await holds(stage) == [1, 2]

    async def test_a_question_is_no_answer(self, stage: Stage, two: str) -> None:
        await stage.says(SANNE, two, "!weg tot maandag")
        said = await stage.says(SANNE, two, "Hoe kan ik mijn wachtwoord houden na de overstap?")
        assert "vraag 3" in texts(said)
        assert await holds(stage) == [1, 2]

    async def test_said_before_they_go(self, stage: Stage, two: str) -> None:
        await stage.says(SANNE, two, "!weg van 1 tot 10 december")
        assert "dinsdag 1 december" in texts(await stage.says(SANNE, two, "houd 1"))
        assert await holds(stage) == [1, 2]
        await stage.passes(8 * DAY)
        assert await holds(stage) == [1]

    async def test_nothing_said_before_they_go(self, stage: Stage, two: str) -> None:
        await stage.says(SANNE, two, "!weg van 1 tot 10 december")
        await stage.passes(8 * DAY)
        assert await holds(stage) == []

    async def test_it_does_not_go_ahead(self, stage: Stage, two: str) -> None:
        await stage.says(SANNE, two, "!weg van 1 tot 10 december")
        assert "het gaat niet door" in texts(await stage.says(SANNE, two, "!terug"))
        await stage.passes(8 * DAY)
        assert await holds(stage) == [1, 2]

    async def test_after_a_long_stop_all_of_it_happens_once(self, stage: Stage, two: str) -> None:
        await stage.says(SANNE, two, "!weg tot vrijdag")
        said = await stage.passes(21 * DAY)
        assert await holds(stage) == []
        assert sum("Ben je er weer" in body for body in to(two, said)) == 1
        assert len([body for body in to(COORDINATION, said) if "Sanne" in body]) == 1


class TestReturn:
    async def test_welcomed_in_the_morning(self, stage: Stage, mine: str) -> None:
        await stage.says(SANNE, mine, "!weg tot vrijdag")
        stage.now = datetime(2026, 11, 27, 7, 59, tzinfo=UTC)
        assert not await stage.passes(timedelta())
        [asked] = to(mine, await stage.passes(timedelta(minutes=1)))
        assert "Ben je er weer" in asked
        assert "Welkom terug" in texts(await stage.says(SANNE, mine, "ja"))
        assert (await sanne(stage)).away_from is None
        assert not await stage.passes(10 * DAY)

    async def test_not_yet(self, stage: Stage, mine: str) -> None:
        await stage.says(SANNE, mine, "!weg tot vrijdag")
        await stage.passes(5 * DAY)
        assert "Tot wanneer" in texts(await stage.says(SANNE, mine, "nee"))
        assert "weg tot dinsdag 1 december" in texts(await stage.says(SANNE, mine, "dinsdag"))

    @pytest.mark.both_databases
    async def test_gone_past_it(self, stage: Stage, two: str, dm: str) -> None:
        await stage.says(SANNE, two, "!weg tot vrijdag")
        await stage.says(SANNE, two, "houden")
        await stage.passes(4 * DAY)
        said = await stage.passes(2 * DAY)
        assert await holds(stage) == []
        [alarm] = [body for body in to(COORDINATION, said) if "Sanne" in body]
        assert "niets gehoord" in alarm
        assert "een tijdje niet" in texts([s for s in said if s.room == dm])
        assert "!terug" in texts([s for s in said if s.room == two])
        assert not [body for body in to(COORDINATION, await stage.passes(30 * DAY)) if "Sanne" in body]
        away = await sanne(stage)
        assert (away.away_until, away.away_from is not None) == (None, True)

    async def test_anything_they_wrote_is_a_sign_of_life(self, stage: Stage, two: str) -> None:
        await stage.says(SANNE, two, "!weg tot vrijdag")
        await stage.says(SANNE, two, "houden")
        await stage.passes(4 * DAY)
        await stage.says(SANNE, TEAM, "Goedemorgen allemaal")
        await stage.passes(2 * DAY)
        assert await holds(stage) == [1, 2]
        assert (await sanne(stage)).away_from is None

    async def test_again_before_they_were_back(self, stage: Stage, mine: str) -> None:
        await stage.says(SANNE, mine, "!weg tot vrijdag")
        await stage.says(SANNE, mine, "!weg tot zaterdag")
        assert not await stage.passes(4 * DAY)
        assert len(to(mine, await stage.passes(DAY))) == 1


class TestPause:
    async def test_everything_goes_over_at_once(self, stage: Stage, two: str, dm: str) -> None:
        said = await stage.says(SANNE, two, "!pauze")
        assert await holds(stage) == []
        [warm] = to(two, said)
        assert "Neem je tijd" in warm
        assert "2 vragen" in warm
        [told] = to(COORDINATION, said)
        assert "Sanne is er voorlopig niet" in told
        assert "een tijdje niet" in texts([s for s in said if s.room == dm])
        assert texts([s for s in said if s.room == TEAM]).count("Samenvatting") == 2
        away = await sanne(stage)
        assert (away.away_from, away.away_until) == (stage.now, None)
        assert not [s for s in await stage.passes(60 * DAY) if s.room == two]

    async def test_with_nothing_in_hand(self, stage: Stage, mine: str) -> None:
        said = await stage.says(SANNE, mine, "!pauze")
        assert "Neem je tijd" in texts([s for s in said if s.room == mine])
        assert len(to(COORDINATION, said)) == 1

    async def test_the_team_room_reads_no_more_than_that_it_is_free(self, stage: Stage, two: str) -> None:
        said = await stage.says(SANNE, TEAM, "!pauze")
        assert "Neem je tijd" in texts([s for s in said if s.room == two])
        assert "Neem je tijd" not in texts([s for s in said if s.room == TEAM])

    async def test_back_again(self, stage: Stage, mine: str) -> None:
        await stage.says(SANNE, mine, "!pauze")
        assert "Welkom terug" in texts(await stage.says(SANNE, mine, "!terug"))
        assert "niet op weg" in texts(await stage.says(SANNE, mine, "!terug"))


class TestAtNight:
    """Whoever asked hears of it by day."""

    async def test_it_begins_in_the_morning(self, stage: Stage, two: str) -> None:
        await stage.says(SANNE, two, "!weg van 1 tot 10 december")
        stage.now = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
        assert not await stage.passes(timedelta())
        stage.now = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)  # eight in Amsterdam
        assert "vraag 1" in texts(await stage.passes(timedelta()))
        assert (await stage.ticket()).assignee is None

    async def test_said_late_in_the_evening(self, stage: Stage, two: str) -> None:
        stage.now = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
        assert "morgen om 08:00" in texts(await stage.says(SANNE, two, "!weg tot vrijdag"))
        assert FATIMA not in str(await stage.passes(2 * HOUR))
        assert (await stage.ticket()).assignee == SANNE
        await stage.passes(8 * HOUR)
        assert (await stage.ticket()).assignee is None
