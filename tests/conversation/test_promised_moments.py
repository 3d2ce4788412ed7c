"""What requesters can count on, what they hear of it, and what happens when it is half gone, due and late."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk_bot.actions import targets
from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.routing import Wave
from helpdesk_bot.domain.targets import Clock, kinds
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.models import Ticket, TicketOffer
from tests.conversation.conftest import CITY, COORDINATION, FATIMA, JORIS, KWAME, SANNE, TEAM
from tests.conversation.helpers import helps
from tests.conversation.stage import Said, Stage, to

HOUR = timedelta(hours=1)


async def standing(stage: Stage, number: int = 1) -> set[str]:
    """The clocks that run for a question."""
    async with stage.db.reading() as session:
        found = await timers.moments(
            session, timers.of_ticket(number), *(kind for clock in Clock for kind in kinds(clock))
        )
    return {kind.partition("_")[0] for kind in found}


def pinged(said: list[Said]) -> set[str]:
    return {user for s in said for user in s.content.get("m.mentions", {}).get("user_ids", [])}


class TestWhatIsTold:
    async def test_when_somebody_is_heard_of_at_the_latest(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
        [noted] = to(dm, await stage.says(FATIMA, dm, "Noord"))
        assert "Je hoort uiterlijk vandaag om 14:00 wie je helpt" in noted

    async def test_in_the_weekend_also_when_somebody_is_there_again(self, stage: Stage, dm: str) -> None:
        stage.now = datetime(2026, 11, 28, 12, tzinfo=UTC)
        await stage.says(FATIMA, dm, "Our shared calendar is empty since this morning")
        [noted] = to(dm, await stage.says(FATIMA, dm, "Noord"))
        assert "We are here Monday to Friday from 09:00 to 17:00, so we are back" in noted
        assert "Monday, 30 November at 09:00" in noted or "Monday 30 November at 09:00" in noted
        assert "at 13:00" in noted

    async def test_before_christmas(self, stage: Stage, dm: str) -> None:
        stage.now = datetime(2026, 12, 24, 15, tzinfo=UTC)  # a Thursday, an hour before closing
        await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
        [noted] = to(dm, await stage.says(FATIMA, dm, "Noord"))
        assert "uiterlijk maandag 28 december om 12:00" in noted

    async def test_of_a_known_requester_at_once(self, stage: Stage, asked: str) -> None:
        [created] = to(asked, await stage.says(FATIMA, asked, "!nieuw mijn printer is stuk"))
        assert "uiterlijk vandaag om 14:00" in created

    async def test_when_somebody_helps(self, stage: Stage, asked: str) -> None:
        said = await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
        assert "Je krijgt uiterlijk morgen om 10:00 een antwoord" in to(asked, said)[0]

    async def test_not_with_an_answer(self, stage: Stage, asked: str) -> None:
        said = await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij nog aan?")
        assert not [words for words in to(asked, said) if "uiterlijk" in words]

    async def test_when_it_becomes_more_urgent(self, stage: Stage, asked: str) -> None:
        said = await stage.says(SANNE, TEAM, "!prioriteit 1 spoed")
        [told] = to(asked, said)
        assert "Er is iets veranderd" in told
        assert "uiterlijk vandaag om 10:30" in told
        assert not to(asked, await stage.says(SANNE, TEAM, "!prioriteit 1 spoed"))

    async def test_less_urgent_is_never_sooner(self, stage: Stage, asked: str) -> None:
        await stage.passes(3 * HOUR)
        [told] = to(asked, await stage.says(SANNE, TEAM, "!prioriteit 1 laag"))
        assert "uiterlijk morgen om 13:00" in told

    async def test_when_it_is_given_back(self, stage: Stage, helped: str) -> None:
        await stage.passes(HOUR)
        said = await stage.says(SANNE, TEAM, "!loslaten 1")
        [told] = [words for words in to(helped, said) if "We zoeken iemand anders" in words]
        assert "uiterlijk vandaag om 15:00" in told

    async def test_asked_for(self, stage: Stage, asked: str) -> None:
        assert "uiterlijk vandaag om 14:00" in to(asked, await stage.says(FATIMA, asked, "!status"))[0]
        await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
        assert "uiterlijk morgen om 10:00" in to(asked, await stage.says(FATIMA, asked, "!status"))[0]
        await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij nog aan?")
        assert "uiterlijk" not in to(asked, await stage.says(FATIMA, asked, "!status"))[0]


class TestNobodyTakesItUp:
    @pytest.mark.both_databases
    async def test_step_by_step(self, stage: Stage, asked: str) -> None:
        """Two hours, four, six, eight of working time: it is ten in the morning."""
        wave = (await stage.ticket()).wave
        half = await stage.passes(2 * HOUR)
        assert (await stage.ticket()).wave > wave
        assert not to(asked, half)
        due = await stage.passes(2 * HOUR)
        [told] = to(asked, due)
        assert "duurt langer dan we beloofden" in told
        assert "vandaag om 16:00" in told
        assert not to(COORDINATION, due)
        late = await stage.passes(2 * HOUR)
        assert not to(asked, late)
        [coordinators] = to(COORDINATION, late)
        assert "vraag 1" in coordinators
        assert "nog niemand" in coordinators
        over = await stage.passes(18 * HOUR)
        assert (await stage.ticket()).wave == Wave.CITY
        assert not to(asked, over)
        later = await stage.passes(timedelta(days=4))
        assert not to(asked, later)
        assert not [words for words in to(COORDINATION, later) if "nog niemand" in words]

    async def test_each_step_once_after_a_long_stop(self, stage: Stage, asked: str) -> None:
        said = await stage.passes(timedelta(days=3))
        [told] = to(asked, said)
        assert "De coördinatoren weten het" in told
        assert len(to(COORDINATION, said)) == 1
        assert (await stage.ticket()).wave == Wave.CITY
        assert not await stage.passes(timedelta(0))

    async def test_not_when_somebody_has_it(self, stage: Stage, asked: str) -> None:
        await stage.passes(HOUR)
        await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij nog aan?")
        assert not await stage.passes(6 * HOUR)

    async def test_not_while_nobody_is_there(self, stage: Stage, asked: str) -> None:
        """Eight working hours from eleven on Monday are over at eleven on Tuesday."""
        await stage.passes(HOUR)
        await stage.says(SANNE, TEAM, "!prioriteit 1 laag")
        for _ in range(23):
            assert not to(asked, await stage.passes(HOUR))
        assert "duurt langer" in to(asked, await stage.passes(HOUR))[0]

    async def test_a_restart_at_night_wakes_nobody(self, stage: Stage, asked: str) -> None:
        assert not await stage.passes(timedelta(days=1, hours=16))  # two in the night
        said = await stage.passes(7 * HOUR)
        assert len(to(asked, said)) == 1
        assert len(to(COORDINATION, said)) == 1

    async def test_after_it_was_solved_nothing_is_late(self, stage: Stage, asked: str) -> None:
        await stage.says(FATIMA, asked, "!opgelost")
        assert await standing(stage) == set()

    async def test_asked_with_an_unknown_stadsdeel(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        [told] = to(dm, await stage.passes(timedelta(minutes=11)))
        assert "uiterlijk vandaag om 14:00" in told
        said = await stage.passes(4 * HOUR)
        assert "duurt langer" in to(dm, said)[0]


class TestTheHelperIsLate:
    async def test_at_half_the_helper_hears_it_in_the_thread(self, stage: Stage, helped: str) -> None:
        said = await stage.passes(4 * HOUR)
        [nudge] = [s for s in said if s.room == TEAM and s.type == "m.room.message"]
        assert pinged(said) == {SANNE}
        assert "eerste antwoord" in nudge.body
        assert "morgen om 10:00" in nudge.body
        assert nudge.refs["thread"] == await stage.card()
        assert not to(helped, said)

    @pytest.mark.parametrize(
        "profile", [{"quiet_days": [0]}, {"quiet_from": "13:00", "quiet_until": "15:00"}]
    )
    async def test_no_phone_buzzes_when_they_asked_for_quiet(
        self, stage: Stage, helped: str, profile: dict[str, Any]
    ) -> None:
        await helps(stage, SANNE, **profile)
        [nudge] = await stage.passes(4 * HOUR)
        assert "wacht nog op een eerste antwoord" in nudge.body
        assert nudge.content["msgtype"] == "m.notice"
        assert not pinged([nudge])

    async def test_a_question_that_is_late_twice_is_one_question(self, stage: Stage, helped: str) -> None:
        said = await stage.passes(timedelta(days=21))
        for room in (TEAM, COORDINATION):
            [told] = [words for words in to(room, said) if "langer dan beloofd" in words]
            assert "Eén vraag" in told
            assert told.count("heeft nog niet geantwoord") == 1
            assert "nog niet opgelost" not in told

    async def test_at_the_whole_everybody_who_can_do_something(self, stage: Stage, helped: str) -> None:
        await stage.passes(4 * HOUR)
        said = await stage.passes(20 * HOUR)
        [told] = to(helped, said)
        assert "Het antwoord op vraag 1 duurt langer" in told
        [team] = to(TEAM, said)
        assert "Sanne heeft nog niet geantwoord" in team
        assert "Sanne heeft nog niet geantwoord" in to(COORDINATION, said)[0]
        assert "Het antwoord duurt langer" in to(helped, await stage.says(FATIMA, helped, "!status"))[0]

    async def test_an_answer_is_all_it_takes(self, stage: Stage, helped: str) -> None:
        await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij nog aan?")
        assert await standing(stage) == {"solve"}
        assert not await stage.passes(30 * HOUR)

    async def test_the_solution(self, stage: Stage, helped: str) -> None:
        """Eighty working hours are two weeks."""
        await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij nog aan?")
        half = await stage.passes(timedelta(days=7))
        assert "de helft van de tijd" in to(TEAM, half)[0]
        assert pinged(half) == {SANNE}
        whole = await stage.passes(timedelta(days=7))
        assert "nog niet opgelost" in to(TEAM, whole)[0]
        assert "nog niet opgelost" in to(COORDINATION, whole)[0]
        assert not to(helped, half + whole)
        assert not await stage.passes(timedelta(days=60))

    async def test_given_to_somebody_else_goes_on_counting(self, stage: Stage, helped: str) -> None:
        await stage.says(SANNE, TEAM, "!overdragen 1 @joris:test")
        assert pinged(await stage.passes(4 * HOUR)) == {JORIS}


class TestWhileTheRequesterIsWaitedFor:
    @pytest.mark.both_databases
    async def test_the_clocks_stand_still(self, stage: Stage, helped: str) -> None:
        before = await stage.ticket()
        await stage.passes(2 * HOUR)
        await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
        assert await standing(stage) == set()
        assert not await stage.passes(20 * HOUR)  # eight the next morning
        await stage.passes(2 * HOUR)
        await stage.says(FATIMA, helped, "hier ben ik weer")
        after = await stage.ticket()
        assert after.rested == 6 * 3600  # from noon until five, and from nine until ten
        assert before.answer_due is not None
        assert after.answer_due == before.answer_due + timedelta(hours=6)
        assert before.solve_due == datetime(2026, 12, 7, 9, tzinfo=UTC)
        assert after.solve_due == before.solve_due + timedelta(hours=6)

    async def test_also_when_the_priority_changes_meanwhile(self, stage: Stage, helped: str) -> None:
        await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
        await stage.passes(HOUR)
        said = await stage.says(SANNE, TEAM, "!prioriteit 1 spoed")
        assert not to(helped, said)  # it is their turn
        assert await standing(stage) == set()
        await stage.passes(HOUR)
        await stage.says(FATIMA, helped, "hier ben ik weer")
        assert (await stage.ticket()).answer_due == stage.now + HOUR

    async def test_so_do_those_of_what_is_put_back(self, stage: Stage, helped: str) -> None:
        await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
        await stage.reacts(SANNE, TEAM, await stage.card(), "↩️")
        assert await standing(stage) == {"claim", "answer", "solve"}
        assert (await stage.ticket()).rests is None

    async def test_opened_again_everything_starts_anew(self, stage: Stage, helped: str) -> None:
        await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij nog aan?")
        await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
        assert await standing(stage) == set()
        await stage.passes(24 * HOUR)
        [told] = to(helped, await stage.says(FATIMA, helped, "nee"))
        assert "uiterlijk morgen om 10:00 een antwoord" in told
        assert await standing(stage) == {"answer", "solve"}
        assert pinged(await stage.passes(4 * HOUR)) == {SANNE}


class TestManyAtOnce:
    @pytest.fixture
    async def weekend(self, stage: Stage) -> list[str]:
        """Fourteen people ask something on Saturday; all of it is due in the same moment."""
        stage.now = datetime(2026, 11, 28, 12, tzinfo=UTC)
        rooms = []
        for number in range(14):
            user = f"@vrager{number}:test"
            room = await stage.direct(user)
            await stage.says(user, room, f"Onze printer nummer {number} is stuk")
            await stage.says(user, room, "Noord")
            rooms.append(room)
        return rooms

    @pytest.mark.both_databases
    async def test_are_one_message(self, stage: Stage, weekend: list[str]) -> None:
        stage.now = datetime(2026, 11, 30, 12, tzinfo=UTC)
        said = await stage.passes(timedelta(0))
        assert [len(to(room, said)) for room in weekend] == [1] * 14
        said = await stage.passes(2 * HOUR + timedelta(minutes=1))
        [coordinators] = to(COORDINATION, said)
        assert "14 vragen" in coordinators
        assert "nog 4 vragen" in coordinators
        assert not [words for room in weekend for words in to(room, said)]

    async def test_are_offered_a_few_at_a_time(self, stage: Stage, weekend: list[str]) -> None:
        stage.now = monday = datetime(2026, 11, 30, 10, tzinfo=UTC)

        async def wider() -> int:
            """Offered to a wider circle, or for the first time to somebody by name: on Saturday all hands were full."""
            async with stage.db.reading() as session:
                query = select(TicketOffer.ticket_id).where(TicketOffer.offered_at >= monday)
                by_name = set(await session.scalars(query))
            tickets = [await stage.ticket(n + 1) for n in range(14)]
            return sum(ticket.wave > before[ticket.id - 1] or ticket.id in by_name for ticket in tickets)

        before = [(await stage.ticket(n + 1)).wave for n in range(14)]
        for most in (5, 10, 14):
            await stage.passes(timedelta(0) if most == 5 else timedelta(minutes=15))
            assert await wider() == most

    async def test_of_one_helper_too(self, stage: Stage, weekend: list[str]) -> None:
        for number in range(1, 4):
            await stage.says(SANNE, TEAM, f"!pak {number}")
        stage.now = datetime(2026, 11, 30, 12, 1, tzinfo=UTC)
        said = await stage.passes(timedelta(0))
        [nudge] = [words for words in to(TEAM, said) if "Een seintje" in words]
        assert "deze 3 vragen" in nudge

    async def test_of_one_requester_too(self, stage: Stage, asked: str) -> None:
        await stage.says(FATIMA, asked, "!nieuw mijn printer is stuk")
        await stage.says(FATIMA, asked, "!nieuw mijn mail is stuk")
        [told] = to(asked, await stage.passes(4 * HOUR))
        assert "Deze 3 vragen van je" in told
        assert "mijn mail is stuk" in told

    async def test_what_was_taken_up_in_between_is_left_out(self, stage: Stage, asked: str) -> None:
        await stage.passes(4 * HOUR)
        await stage.says(KWAME, "!help-noord:test", "!hulp mijn printer is stuk")
        await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij nog aan?")
        said = await stage.passes(20 * HOUR)
        assert not [words for words in to(COORDINATION, said) if "vraag 1" in words]


async def test_a_stadsdeel_of_its_own_hours_keeps_the_time_that_is_left(stage: Stage, asked: str) -> None:
    said = await stage.says(SANNE, TEAM, "!stadsdeel 1 West")
    assert not [words for words in to(asked, said) if "veranderd" in words]  # the same hours: nothing to tell
    assert not [words for words in to(CITY, said) if words]


async def test_questions_from_before_there_were_clocks_get_them_once(stage: Stage, helped: str) -> None:
    async with stage.db.transaction() as session:
        ticket = await session.get_one(Ticket, 1)
        ticket.claim_due = ticket.answer_due = ticket.solve_due = None
        await timers.cancel(session, 1)
    for _ in range(2):
        async with stage.db.transaction() as session:
            await targets.begin_all(Act(session, stage.now, stage.setting))
        stage.now += HOUR
    assert await standing(stage) == {"answer", "solve"}
    assert (await stage.ticket()).answer_due == datetime(2026, 11, 24, 9, tzinfo=UTC)
