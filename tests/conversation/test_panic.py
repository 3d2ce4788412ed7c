"""An emergency: raised in people's own words, and called about until somebody comes. All of it is seen by who waits."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.undelivered import undelivered
from helpdesk_bot.domain.tickets import Priority
from helpdesk_bot.schedule.jobs import Jobs
from helpdesk_bot.storage.models import OutboxRow, Panic, PanicCall
from helpdesk_bot.storage.outbox import Urgency
from tests.conversation.conftest import (
    CITY,
    COORDINATION,
    ELS,
    FATIMA,
    HELP,
    JORIS,
    KWAME,
    SANNE,
    TEAM,
    WEST,
    WIM,
)
from tests.conversation.duty import KIM, NOORD, WHOLE_CITY, away, chat, profile, with_duty
from tests.conversation.stage import Said, Stage, redacted, to

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
PATIENCE = 5 * MINUTE
OWN = "!buurtwarmte:test"


@pytest.fixture
async def duty(stage: Stage, dm: str) -> Stage:
    """Sanne is on duty in Noord, Kim in the whole city. Fatima is in Noord."""
    await with_duty(stage)
    await stage.says(FATIMA, dm, "!stadsdeel Noord")
    return stage


async def panics(stage: Stage) -> list[Panic]:
    async with stage.db.reading() as session:
        return list((await session.scalars(select(Panic).order_by(Panic.id))).all())


async def state(stage: Stage) -> str:
    return (await panics(stage))[-1].state


async def called(stage: Stage) -> list[tuple[str | None, str | None]]:
    """Who was called, and what became of it."""
    async with stage.db.reading() as session:
        rows = await session.scalars(select(PanicCall).order_by(PanicCall.id))
        return [(row.user_id, row.outcome) for row in rows]


def call_to(user: str, said: list[Said]) -> str:
    """The event that calls somebody."""
    [call] = [s.event_id for s in said if s.room == chat(user) and "noodgeval" in s.body]
    return call


class TestRaising:
    @pytest.mark.parametrize(
        "text", ["!paniek we zijn gehackt", "!panic we zijn gehackt", "! Paniek: we zijn gehackt"]
    )
    async def test_in_a_direct_chat(self, duty: Stage, dm: str, text: str) -> None:
        said = await duty.says(FATIMA, dm, text)
        ticket = await duty.ticket()
        assert (ticket.question, ticket.priority) == ("we zijn gehackt", Priority.URGENT)
        words = to(dm, said)
        assert len(words) == 2  # whoever is in need reads no more than that
        assert "vraag 1 heeft nu spoed" in words[0]
        assert "Ik bel nu Sanne, die dienst heeft voor Noord" in words[0]
        assert "Eerste hulp: account gehackt" in words[1]
        assert "Is dit een **noodgeval**" not in "".join(words)
        [call] = [s for s in said if s.room == chat(SANNE)]
        assert "we zijn gehackt" in call.body
        assert call.content["msgtype"] == "m.text"
        assert call.content["m.mentions"] == {"user_ids": [SANNE]}
        assert any("Noodgeval bij vraag 1" in words for words in to(TEAM, said))
        assert any("spoed" in words for words in to(TEAM, said))
        assert not any(
            "kun jij vraag 1 oppakken" in words for words in to(TEAM, said)
        )  # who is called is enough

    async def test_in_english(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "!language en")
        said = to(dm, await duty.says(FATIMA, dm, "!panic we have been hacked"))
        assert "I am calling Sanne now" in said[0]
        assert "First aid: account hacked" in said[1]

    async def test_without_words_about_what_was_asked_just_now(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "Onze site ligt plat")
        said = to(dm, await duty.says(FATIMA, dm, "!paniek"))
        assert "vraag 1 heeft nu spoed" in said[0]
        assert "website ligt plat" in said[1]
        assert len(await panics(duty)) == 1

    async def test_by_the_number_of_their_question(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "Onze site ligt plat")
        await duty.says(FATIMA, dm, "!nieuw Wie helpt met de printer?")
        said = await duty.says(FATIMA, dm, "!paniek 1")
        assert any("vraag 1 heeft nu spoed" in words for words in to(dm, said))
        assert (await duty.ticket(2)).priority == Priority.NORMAL
        assert not any("schrijft" in words for words in to(TEAM, said))

    async def test_not_by_the_number_of_somebody_elses(self, duty: Stage, dm: str) -> None:
        await duty.says(KWAME, HELP, "!hulp Mijn mail doet het niet")
        await duty.says(FATIMA, dm, "!paniek 1")
        assert not await panics(duty)

    async def test_without_any_words(self, duty: Stage, dm: str) -> None:
        said = to(dm, await duty.says(FATIMA, dm, "!paniek"))
        assert "Noodgeval" in (await duty.ticket()).question
        assert "Antwoord met een nummer: 1 account gehackt, 2 gegevens gelekt" in said[1]

    async def test_in_a_help_room(self, duty: Stage) -> None:
        said = await duty.says(KWAME, HELP, "!paniek onze ledenlijst ligt op straat")
        assert any("Ik bel nu Sanne" in words for words in to(HELP, said))
        assert {s.refs["thread"] for s in said if s.room == HELP} == {duty.last}

    async def test_in_a_room_of_their_own(self, duty: Stage) -> None:
        await duty.room(OWN, size=6)
        said = await duty.says(KWAME, OWN, "!paniek alles is weg")
        assert any("Ik bel nu Kim" in words for words in to(OWN, said))  # nobody knows the stadsdeel

    async def test_by_a_colleague_in_the_same_thread_it_is_one(self, duty: Stage) -> None:
        await duty.room(OWN, size=6)
        await duty.says(KWAME, OWN, "!paniek alles is weg")
        root = duty.last
        said = await duty.in_thread(FATIMA, OWN, root, "!paniek en de back-up ook")
        assert len(await panics(duty)) == 1
        assert any("al aan het bellen" in words for words in to(OWN, said))
        assert any("back-up" in words for words in to(CITY, said))

    async def test_a_typo(self, duty: Stage, dm: str) -> None:
        assert "Bedoel je !paniek?" in to(dm, await duty.says(FATIMA, dm, "!panike"))[0]
        assert not await panics(duty)

    async def test_again_joins_what_goes_on(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "!paniek we zijn gehackt")
        said = await duty.says(FATIMA, dm, "!paniek nu ook onze mail")
        assert "al aan het bellen voor vraag 1" in to(dm, said)[-1]
        assert any("nu ook onze mail" in words for words in to(TEAM, said))
        assert not to(chat(JORIS), said)
        assert len(await panics(duty)) == 1
        await duty.says(SANNE, chat(SANNE), "ik kom")
        said = await duty.says(FATIMA, dm, "!paniek snel!")
        assert "Er helpt al iemand" in to(dm, said)[-1]

    async def test_when_the_helper_gave_it_back_somebody_is_called_again(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "!paniek we zijn gehackt")
        await duty.says(SANNE, chat(SANNE), "ik kom")
        await duty.says(SANNE, TEAM, "!loslaten 1")
        said = await duty.says(FATIMA, dm, "!paniek help")
        assert any("Ik bel nu Sanne" in words for words in to(dm, said))

    async def test_from_another_room_it_joins_as_well(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "!paniek we zijn gehackt")
        said = await duty.says(FATIMA, HELP, "!paniek help!")
        assert len(await panics(duty)) == 1
        assert any("al aan het bellen" in words for words in to(HELP, said))

    async def test_by_a_helper_for_somebody_else(self, duty: Stage, asked: str) -> None:
        said = await duty.says(JORIS, TEAM, "!paniek 1")
        assert any("Ik bel nu Sanne" in words for words in to(asked, said))
        assert any("Ik sla alarm voor vraag 1" in words for words in to(TEAM, said))
        assert "al aan het bellen" in to(TEAM, await duty.says(JORIS, TEAM, "!paniek 1"))[0]

    async def test_by_a_helper_with_the_first_aid_for_what_was_asked(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "Hoe kan het dat ik gehackt ben?")
        said = to(dm, await duty.says(JORIS, TEAM, "!paniek 1"))
        assert "Eerste hulp: account gehackt" in said[-1]

    async def test_by_a_helper_as_often_as_it_takes(self, stage: Stage, asked: str) -> None:
        await with_duty(stage, NOORD, per_day=1)
        for _ in range(2):
            await stage.says(JORIS, TEAM, "!paniek 1")
            assert await state(stage) == "calling"
            await stage.says(SANNE, chat(SANNE), "ik kom")

    async def test_not_in_a_room_of_another_team(self, duty: Stage, asked: str) -> None:
        await duty.says(WIM, WEST, "!paniek 1")
        assert not await panics(duty)


class TestUrgentWords:
    @pytest.mark.parametrize(
        "text",
        [
            "Ik ben gehackt!",
            "Spoed: de mail doet het niet",
            "Help, onze ledenlijst is gelekt",
            "we have been hacked",
        ],
    )
    async def test_are_asked_about(self, duty: Stage, dm: str, text: str) -> None:
        said = to(dm, await duty.says(FATIMA, dm, text))
        assert len(said) == 1
        assert "vraag 1" in said[0] or "question 1" in said[0]
        assert "noodgeval" in said[0] or "emergency" in said[0]
        assert not await panics(duty)
        assert (await duty.ticket()).priority == Priority.NORMAL

    @pytest.mark.parametrize(
        "text",
        ["De mail doet het niet, maar geen spoed", "Is er een cursus tegen gehackt worden?", "niet dringend"],
    )
    async def test_not_when_they_are_taken_back(self, duty: Stage, dm: str, text: str) -> None:
        assert len(to(dm, await duty.says(FATIMA, dm, text))) == 1

    @pytest.mark.parametrize("text", ["ja", "Ja, snel alsjeblieft!", "ja we kunnen nergens meer in", "yes"])
    async def test_yes_calls(self, duty: Stage, dm: str, text: str) -> None:
        await duty.says(FATIMA, dm, "Ik ben gehackt!")
        said = await duty.says(FATIMA, dm, text)
        assert any("Ik bel nu Sanne" in words for words in to(dm, said))
        assert await state(duty) == "calling"

    async def test_a_thumb_calls(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "Ik ben gehackt!")
        confirm = next(s.event_id for s in duty.sent if "Antwoord ja of nee" in s.body)
        await duty.reacts(FATIMA, dm, confirm, "👍🏽")
        assert await state(duty) == "calling"

    @pytest.mark.parametrize(
        "text", ["nee", "Nee hoor", "nee, het kan wachten", "nee, maar vandaag graag", "no"]
    )
    async def test_no_changes_nothing(self, duty: Stage, dm: str, text: str) -> None:
        await duty.says(FATIMA, dm, "Spoed: de printer")
        assert any("ik bel niemand" in words for words in to(dm, await duty.says(FATIMA, dm, text)))
        assert not await panics(duty)
        assert (await duty.ticket()).priority == Priority.NORMAL
        await duty.says(FATIMA, dm, "ja")
        assert not await panics(duty)

    @pytest.mark.parametrize(
        "text", ["ja maar het hoeft niet vannacht", "misschien", "wat bedoel je?", "het werkt weer", "ok"]
    )
    async def test_nothing_clear_calls_nobody_and_is_not_lost(self, duty: Stage, dm: str, text: str) -> None:
        await duty.says(FATIMA, dm, "Spoed: de printer")
        said = await duty.says(FATIMA, dm, text)
        assert not await panics(duty)
        assert any(text in words for words in to(TEAM, said))

    async def test_without_an_answer_it_goes_on_as_it_would(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "Ik ben gehackt!")
        await duty.passes(2 * HOUR)
        await duty.says(FATIMA, dm, "ja")  # about something else by now
        assert not await panics(duty)
        assert (await duty.ticket()).card is not None

    async def test_what_a_helper_asks_is_not_answered_with_an_alarm(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "Ik ben gehackt!")
        await duty.replies(JORIS, TEAM, await duty.card(), "Heb je je wachtwoord veranderd?")
        await duty.says(FATIMA, dm, "ja")
        assert not await panics(duty)

    async def test_the_rest_is_asked_after_no(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "Spoed: de printer")
        [words] = to(dm, await duty.says(FATIMA, dm, "nee"))
        assert "ik bel niemand" in words
        assert "Voor welke organisatie" in words
        assert not [words for words in to(dm, await duty.passes(HOUR)) if "organisatie" in words]

    async def test_the_rest_is_asked_when_they_say_nothing(self, stage: Stage, dm: str) -> None:
        [words] = to(dm, await stage.says(FATIMA, dm, "Ik ben gehackt!"))
        assert "stadsdeel" not in words
        [words] = to(dm, await stage.passes(3 * MINUTE))
        assert "In welk stadsdeel" in words
        assert await stage.passes(10 * MINUTE)
        assert (await stage.ticket()).card is not None

    async def test_a_number_says_which_first_aid_and_a_name_where(self, stage: Stage, dm: str) -> None:
        await with_duty(stage)
        await stage.says(FATIMA, dm, "Spoed! Help!")
        said = await stage.says(FATIMA, dm, "ja")
        assert "Schrijf de naam: Noord, West, Nieuw-West" in to(dm, said)[1]
        await stage.says(FATIMA, dm, "3")
        assert (await stage.ticket()).stadsdeel is None
        said = await stage.says(FATIMA, dm, "Noord")
        assert to(dm, said) == ["Dank je. Vraag 1 is nu bij het team van Noord."]
        assert any("Noodgeval bij vraag 1" in words for words in to(TEAM, said))
        assert not any("organisatie" in words for words in to(dm, await stage.passes(HOUR)))

    async def test_asked_once_about_a_question(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "Ik ben gehackt!")
        assert not any(
            "noodgeval" in words for words in to(dm, await duty.says(FATIMA, dm, "echt gehackt hoor"))
        )

    async def test_asked_later_in_the_conversation_too(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "De mail doet raar")
        said = to(dm, await duty.says(FATIMA, dm, "Ik denk dat ik gehackt ben, dit is een noodgeval"))
        assert any("Antwoord ja of nee" in words for words in said)
        said = to(dm, await duty.says(FATIMA, dm, "ja"))
        assert "Eerste hulp: account gehackt" in said[-1]


class TestCalling:
    @pytest.fixture
    async def ringing(self, duty: Stage, dm: str) -> str:
        await duty.says(FATIMA, dm, "!paniek we zijn gehackt")
        return dm

    @pytest.mark.both_databases
    async def test_one_after_the_other_up_to_the_coordinators(self, duty: Stage, ringing: str) -> None:
        assert not await duty.passes(PATIENCE - MINUTE)
        said = await duty.passes(MINUTE)
        assert to(ringing, said) == [
            "Nog geen antwoord.\n\nIk bel nu Joris, de volgende in de rij voor Noord. Komt er binnen 5 minuten geen "
            "antwoord, dan bel ik weer iemand anders."
        ]
        assert to(chat(JORIS), said)
        assert (
            "Ik bel nu Kim, die dienst heeft voor de hele stad" in to(ringing, await duty.passes(PATIENCE))[0]
        )
        assert "Ik bel nu Wim" in to(ringing, await duty.passes(PATIENCE))[0]
        said = await duty.passes(PATIENCE)
        assert "alle coördinatoren" in to(ringing, said)[0]
        [room] = [s for s in said if s.room == COORDINATION]
        assert room.content["m.mentions"] == {"user_ids": [ELS]}
        assert any("noodgeval" in s.body for s in said if s.room.startswith(("!new-dm-els", "direct:@els")))
        said = await duty.passes(PATIENCE)
        [words] = to(ringing, said)
        assert "nog niemand heeft geantwoord" in words
        assert "Uiterlijk" in words
        assert "112" in words
        assert "niemand heeft geantwoord" in to(COORDINATION, said)[0]
        assert await state(duty) == "unanswered"

    async def test_whoever_slept_is_called_once_more(self, duty: Stage, ringing: str) -> None:
        await duty.passes(PATIENCE)
        await duty.says(JORIS, chat(JORIS), "nee")
        for _ in range(4):
            await duty.passes(PATIENCE)
        assert await state(duty) == "unanswered"
        said = await duty.passes(24 * HOUR)  # late, after a stop
        assert "iedereen nog een keer" in to(ringing, said)[0]
        assert all("meer mensen tegelijk" in words for words in to(chat(SANNE), said))
        assert [len(to(chat(user), said)) for user in (SANNE, JORIS, KIM, WIM)] == [1, 0, 1, 1]
        said = await duty.says(SANNE, chat(SANNE), "ik kom")
        assert "Sanne heeft het gezien" in to(ringing, said)[0]
        assert [len(to(chat(user), said)) for user in (JORIS, KIM, WIM)] == [0, 1, 1]
        assert not await duty.passes(24 * HOUR)

    async def test_a_second_time_is_the_last(self, duty: Stage, ringing: str) -> None:
        for _ in range(6):
            await duty.passes(PATIENCE)
        assert await duty.passes(3 * PATIENCE)
        assert not await duty.passes(24 * HOUR)

    async def test_nobody_is_asked_beside_whoever_is_called(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "Onze agenda is ineens leeg")
        said = await duty.says(FATIMA, dm, "!paniek")
        offers = [s.body for s in said if "kun jij vraag 1 oppakken" in s.body]
        assert not offers
        assert (await duty.ticket()).suggested == []
        await duty.says(FATIMA, dm, "het gaat over onze website")
        for _ in range(3):
            assert not [s for s in await duty.passes(PATIENCE) if "oppakken" in s.body]
        said = await duty.passes(PATIENCE)  # now it is up to the coordinators, and to anybody
        assert any("Er komt nog niemand" in words for words in to(TEAM, said))
        assert not [s for s in said if "kun jij vraag 1 oppakken" in s.body and "Sanne" in s.body]

    @pytest.mark.parametrize(
        "text", ["Vals alarm!", "laat maar", "Het is opgelost, dank je!", "nee toch niet nodig"]
    )
    async def test_a_false_alarm(self, duty: Stage, ringing: str, text: str) -> None:
        said = await duty.says(FATIMA, ringing, text)
        assert "ik bel niemand meer" in to(ringing, said)[0]
        assert "Je hoeft niet meer te komen" in to(chat(SANNE), said)[0]
        assert any(text in words for words in to(TEAM, said))
        assert any("kun jij vraag 1 oppakken" in words for words in to(TEAM, said))  # it is still a question
        assert await state(duty) == "over"

    @pytest.mark.parametrize(
        "text", ["het is nog niet opgelost", "Is het opgelost?", "laat maar iemand komen"]
    )
    async def test_no_false_alarm(self, duty: Stage, ringing: str, text: str) -> None:
        await duty.says(FATIMA, ringing, text)
        assert await state(duty) == "calling"

    async def test_what_was_asked_and_is_deleted_goes_from_the_calls_too(self, duty: Stage, dm: str) -> None:
        said = await duty.says(FATIMA, dm, "!paniek we zijn gehackt")
        call = call_to(SANNE, said)
        said = await duty.deletes(FATIMA, dm, duty.last)
        assert call in redacted(said)
        again = call_to(SANNE, said)
        assert not any(
            "gehackt" in words for words in to(chat(SANNE), said) if "account gehackt" not in words
        )
        await duty.reacts(SANNE, chat(SANNE), again, "✋")
        assert (await duty.ticket()).assignee == SANNE

    async def test_what_others_say_calls_nothing_off(self, duty: Stage) -> None:
        await duty.room(OWN, size=6)
        await duty.says(KWAME, OWN, "!paniek alles is weg")
        await duty.in_thread(FATIMA, OWN, duty.last, "laat maar")
        assert await state(duty) == "calling"

    async def test_late_after_a_stop_it_goes_on_where_it_was_and_once(
        self, duty: Stage, ringing: str
    ) -> None:
        said = await duty.passes(6 * HOUR)
        assert [words for words in to(ringing, said) if "Ik bel nu" in words] == to(ringing, said)
        assert len(to(ringing, said)) == 1
        assert (await called(duty)) == [(SANNE, "silent"), (JORIS, None)]

    async def test_a_homeserver_that_is_away_holds_up_no_call(self, duty: Stage, ringing: str) -> None:
        heard: list[datetime] = []
        jobs = Jobs(
            duty.db, duty.setting, lambda: duty.now, lambda: None, lambda: heard[-1] if heard else None
        )
        await duty.says(KWAME, HELP, "!hulp Mijn mail doet het niet")
        duty.now += (
            PATIENCE + MINUTE
        )  # it was stopped, and has just been started: what was said is waited for
        await jobs.due()
        duty.now += 2 * MINUTE - SECOND
        await jobs.due()
        assert await called(duty) == [(SANNE, None)]
        duty.now += SECOND
        await jobs.due()
        assert await called(duty) == [(SANNE, "silent"), (JORIS, None)]
        heard.append(duty.now)
        await jobs.due()
        heard.clear()
        duty.now += PATIENCE
        await jobs.due()  # away again, and it may be back at once
        assert await called(duty) == [(SANNE, "silent"), (JORIS, None)]

    async def test_merged_with_another_question_it_goes_on_for_that(self, duty: Stage, ringing: str) -> None:
        await duty.says(FATIMA, ringing, "!nieuw De printer doet het ook niet")
        await duty.says(JORIS, TEAM, "!samenvoegen 1 2")
        assert (await panics(duty))[0].ticket_id == 2
        assert (await duty.ticket(2)).priority == Priority.URGENT
        assert await state(duty) == "calling"
        said = await duty.says(SANNE, chat(SANNE), "ik kom")
        assert "Sanne heeft het gezien" in to(ringing, said)[0]
        assert (await duty.ticket(2)).assignee == SANNE

    async def test_a_call_that_the_homeserver_refuses_is_not_waited_for(
        self, duty: Stage, ringing: str
    ) -> None:
        async with duty.db.transaction() as session:
            call = await session.get_one(PanicCall, 1)
            row = await session.get_one(OutboxRow, call.asked)
            assert row.priority == Urgency.ALARM
            await undelivered(Act(session, duty.now, duty.setting), row, "M_FORBIDDEN")
        said = await duty.settle()
        assert "Mijn oproep kwam niet aan" in to(ringing, said)[0]
        assert "Ik bel nu Joris" in to(ringing, said)[0]
        assert "kon niet worden verstuurd" in to(COORDINATION, said)[0]

    async def test_whoever_cannot_come_is_not_waited_for(self, duty: Stage, ringing: str) -> None:
        said = await duty.says(SANNE, chat(SANNE), "Nee, sorry")
        assert "kan nu niet komen" in to(ringing, said)[0]
        assert "Ik bel nu Joris" in to(ringing, said)[0]
        assert "ik bel de volgende" in to(chat(SANNE), said)[-1]

    async def test_who_is_away_or_has_left_is_not_called(self, duty: Stage, dm: str) -> None:
        await away(duty, SANNE)
        await duty.join(TEAM, JORIS, membership="leave")
        said = await duty.says(FATIMA, dm, "!paniek alles is weg")
        assert any("Ik bel nu Kim" in words for words in to(dm, said))

    async def test_in_a_gap_the_next_one_is_called_and_that_is_said(self, duty: Stage, dm: str) -> None:
        await away(duty, SANNE)
        said = await duty.says(FATIMA, dm, "!paniek alles is weg")
        assert any("nu niemand dienst. Ik bel daarom Joris" in words for words in to(dm, said))

    async def test_whoever_raises_the_alarm_is_not_called(self, duty: Stage) -> None:
        await duty.says(SANNE, chat(SANNE), "!stadsdeel noord")
        said = await duty.says(SANNE, chat(SANNE), "!paniek alles is weg")
        assert any(
            "Ik bel daarom Joris" in words or "Ik bel nu Joris" in words for words in to(chat(SANNE), said)
        )

    async def test_whoever_would_rather_not_be_named_is_not(self, duty: Stage, dm: str) -> None:
        await profile(duty, SANNE, show_name=False)
        said = await duty.says(FATIMA, dm, "!paniek alles is weg")
        assert any("Ik bel nu iemand van de helpdesk" in words for words in to(dm, said))
        assert not any("Sanne" in words for words in to(dm, said))
        assert any("Ik bel nu Sanne" in words for words in to(TEAM, said))

    async def test_without_a_rota_the_coordinators_and_the_team(self, stage: Stage, asked: str) -> None:
        said = await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
        assert any(
            "geen dienst ingesteld" in words and "alle coördinatoren" in words for words in to(asked, said)
        )
        assert "noodgeval" in to(COORDINATION, said)[0]
        assert any("Er komt nog niemand voor vraag 1" in words for words in to(TEAM, said))

    async def test_nobody_of_the_rota_is_there(self, stage: Stage, asked: str) -> None:
        await with_duty(stage, {**NOORD, "people": ["@weg:test"]})
        said = await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
        assert any("Er heeft nu niemand dienst" in words for words in to(asked, said))

    async def test_at_night_when_the_clocks_change(self, stage: Stage, dm: str) -> None:
        """The turn ends at half past two in the night in which that hour comes twice."""
        stage.now = datetime(2026, 10, 25, 0, 28, tzinfo=UTC)  # 2:28 in summer time
        rota = {
            **NOORD,
            "days": 1,
            "handover_time": "02:30",
            "first_day": "2026-10-24",
            "handover_day": "saturday",
        }
        await with_duty(stage, rota)
        await stage.says(FATIMA, dm, "!stadsdeel Noord")
        said = await stage.says(FATIMA, dm, "!paniek we zijn gehackt")
        assert any("Ik bel nu Sanne" in words for words in to(dm, said))  # until 2:30, the first one
        said = await stage.passes(PATIENCE)
        assert "Ik bel nu Joris, die dienst heeft" in to(dm, said)[0]
        said = await stage.passes(HOUR - MINUTE)  # 2:32 again, in winter time: it is Joris' turn still
        assert "alle coördinatoren" in to(dm, said)[0]
        assert await called(stage) == [(SANNE, "silent"), (JORIS, "silent"), (ELS, None), (None, None)]

    async def test_somebody_takes_the_question_by_the_card(self, duty: Stage, ringing: str) -> None:
        said = await duty.reacts(JORIS, TEAM, await duty.card(), "✋")
        assert "Joris heeft het gezien en komt eraan" in to(ringing, said)[0]
        assert "Je hoeft niet meer te komen" in to(chat(SANNE), said)[0]
        assert not await duty.passes(HOUR)
        assert await called(duty) == [(SANNE, "off")]

    async def test_called_off_when_it_is_solved(self, duty: Stage, ringing: str) -> None:
        said = await duty.says(FATIMA, ringing, "!opgelost")
        assert "geen hulp meer nodig" in to(chat(SANNE), said)[0]
        assert await state(duty) == "over"
        assert not [words for words in to(ringing, await duty.passes(HOUR)) if "bel" in words]
        assert "niemand meer gebeld" in to(chat(SANNE), await duty.says(SANNE, chat(SANNE), "!ik-kom 1"))[0]

    async def test_often_a_day_a_coordinator_decides(self, duty: Stage, dm: str) -> None:
        for _ in range(3):
            await duty.says(FATIMA, dm, "!paniek alles is weg")
            await duty.says(FATIMA, dm, "!opgelost")
            duty.now += HOUR
        said = await duty.says(FATIMA, dm, "!paniek alweer")
        assert any("kijkt nu eerst een coördinator" in words for words in to(dm, said))
        assert not to(chat(SANNE), said)
        [asked] = [s for s in said if s.room == COORDINATION]
        assert await state(duty) == "held"
        said = await duty.passes(PATIENCE)
        [again] = [s for s in said if s.room == COORDINATION]
        assert again.content["m.mentions"] == {"user_ids": [ELS]}
        assert "Nog geen coördinator heeft gekeken" in to(dm, said)[0]
        assert to(COORDINATION, await duty.passes(PATIENCE))
        said = await duty.passes(24 * HOUR)
        assert "nog niemand heeft gekeken" in to(dm, said)[0]
        assert not await duty.passes(24 * HOUR)
        said = await duty.reacts(ELS, COORDINATION, asked.event_id, "👍")
        assert "Ik bel nu Sanne" in to(dm, said)[0]

    async def test_what_is_no_longer_to_be_decided_is_said(self, stage: Stage, dm: str) -> None:
        await with_duty(stage, NOORD, per_day=1)
        await stage.says(FATIMA, dm, "!stadsdeel Noord")
        await stage.says(FATIMA, dm, "!paniek alles is weg")
        await stage.says(FATIMA, dm, "!opgelost")
        stage.now += HOUR
        said = await stage.says(FATIMA, dm, "!paniek alweer")
        [asked] = [s for s in said if s.room == COORDINATION]
        assert "niet meer te beslissen" in to(COORDINATION, await stage.says(FATIMA, dm, "vals alarm"))[0]
        said = await stage.reacts(ELS, COORDINATION, asked.event_id, "👍")
        assert "al beslist" in to(COORDINATION, said)[0]
        assert await state(stage) == "over"

    async def test_a_decision_on_the_second_asking(self, stage: Stage, dm: str) -> None:
        await with_duty(stage, NOORD, per_day=1)
        await stage.says(FATIMA, dm, "!stadsdeel Noord")
        await stage.says(FATIMA, dm, "!paniek alles is weg")
        await stage.says(FATIMA, dm, "!opgelost")
        stage.now += HOUR
        await stage.says(FATIMA, dm, "!paniek alweer")
        [again] = [s for s in await stage.passes(PATIENCE) if s.room == COORDINATION]
        await stage.replies(ELS, COORDINATION, again.event_id, "ja")
        assert await state(stage) == "calling"
        assert not [s for s in await stage.passes(PATIENCE) if "wacht nog" in s.body]

    async def test_whoever_asked_very_much_today_may_still_raise_the_alarm(
        self, duty: Stage, dm: str
    ) -> None:
        for _ in range(duty.setting.config.asking.questions_per_day):
            await duty.says(FATIMA, dm, "!nieuw Mijn printer print niet")
            await duty.says(FATIMA, dm, "!opgelost")
        duty.now += HOUR
        assert any(
            "Ik bel nu Sanne" in words for words in to(dm, await duty.says(FATIMA, dm, "!paniek brand"))
        )

    @pytest.mark.parametrize(("words", "then"), [("ja", "calling"), ("nee", "over")])
    async def test_a_coordinator_decides_in_words(self, stage: Stage, dm: str, words: str, then: str) -> None:
        await with_duty(stage, NOORD, per_day=1)
        await stage.says(FATIMA, dm, "!stadsdeel Noord")
        await stage.says(FATIMA, dm, "!paniek alles is weg")
        await stage.says(FATIMA, dm, "!opgelost")
        stage.now += HOUR
        said = await stage.says(FATIMA, dm, "!paniek alweer")
        [asked] = [s for s in said if s.room == COORDINATION]
        said = await stage.replies(ELS, COORDINATION, asked.event_id, words)
        assert await state(stage) == then
        assert to(dm, said)


class TestComing:
    @pytest.fixture
    async def ringing(self, duty: Stage, dm: str) -> str:
        await duty.says(FATIMA, dm, "!paniek we zijn gehackt")
        return dm

    @pytest.mark.parametrize(
        "text", ["ik kom", "Ik kom eraan!", "ok", "ja", "on it", "✋", "!ik-kom", "!ack", "!ik-kom 1"]
    )
    async def test_by_words(self, duty: Stage, ringing: str, text: str) -> None:
        said = await duty.says(SANNE, chat(SANNE), text)
        [told] = to(ringing, said)
        assert "Sanne heeft het gezien en komt eraan." in told
        assert any(
            word in to(chat(SANNE), said)[-1] for word in ("vraag 1 is van jou", "question 1 is yours")
        )
        assert (await duty.ticket()).assignee == SANNE
        assert await state(duty) == "answered"
        assert not await duty.passes(HOUR)

    @pytest.mark.parametrize(
        "text",
        [
            "Ja ik kom er zo aan",
            "ik ben er over 10 minuten",
            "Ik kom zo!",
            "yes on my way!",
            "be right there",
            "Komt goed",
        ],
    )
    async def test_in_their_own_words(self, duty: Stage, ringing: str, text: str) -> None:
        await duty.says(SANNE, chat(SANNE), text)
        assert (await duty.ticket()).assignee == SANNE

    @pytest.mark.parametrize(
        "text",
        [
            "ik kan nu niet, ben op mijn werk",
            "Sorry, ik kan even niet",
            "ik slaap",
            "kom niet",
            "Can't come, sorry",
            "bel iemand anders",
        ],
    )
    async def test_that_they_can_not_in_their_own_words(self, duty: Stage, ringing: str, text: str) -> None:
        said = await duty.says(SANNE, chat(SANNE), text)
        assert "Ik bel nu Joris" in to(ringing, said)[0]

    @pytest.mark.parametrize(
        "text",
        [
            "ik kom er niet uit met mijn agenda",
            "Ik kan niet inloggen in mijn agenda",
            "Kom je morgen?",
            "ik kijk er morgen naar",
        ],
    )
    async def test_what_is_neither(self, duty: Stage, ringing: str, text: str) -> None:
        await duty.says(SANNE, chat(SANNE), text)
        assert await called(duty) == [(SANNE, None)]

    @pytest.mark.parametrize("key", ["✋", "👍", "✅", "👍🏿"])
    async def test_by_a_reaction(self, duty: Stage, ringing: str, key: str) -> None:
        await duty.reacts(SANNE, chat(SANNE), call_to(SANNE, duty.sent), key)
        assert (await duty.ticket()).assignee == SANNE

    async def test_a_reaction_that_says_no(self, duty: Stage, ringing: str) -> None:
        said = await duty.reacts(SANNE, chat(SANNE), call_to(SANNE, duty.sent), "👎")
        assert "Ik bel nu Joris" in to(ringing, said)[0]

    @pytest.mark.both_databases
    async def test_two_at_once(self, duty: Stage, ringing: str) -> None:
        said = await duty.passes(PATIENCE)
        joris = call_to(JORIS, said)
        await duty.says(SANNE, chat(SANNE), "ik kom")  # late, and still the first
        said = await duty.reacts(JORIS, chat(JORIS), joris, "✋")
        assert "al van Sanne" in to(chat(JORIS), said)[0]
        assert not to(ringing, said)
        assert await called(duty) == [(SANNE, "came"), (JORIS, "off")]

    async def test_the_others_are_told(self, duty: Stage, ringing: str) -> None:
        await duty.passes(PATIENCE)
        said = await duty.says(JORIS, chat(JORIS), "ik kom")
        assert "Je hoeft niet meer te komen voor vraag 1: Joris helpt" in to(chat(SANNE), said)[0]

    async def test_from_another_team_the_question_goes_where_they_are(
        self, duty: Stage, ringing: str
    ) -> None:
        await duty.passes(PATIENCE)
        await duty.passes(PATIENCE)
        said = await duty.says(KIM, chat(KIM), "ik kom")
        ticket = await duty.ticket()
        assert (ticket.assignee, ticket.team_room, ticket.lent_to) == (KIM, CITY, CITY)
        assert "Kim heeft het gezien" in to(ringing, said)[0]
        assert any("we zijn gehackt" in words for words in to(CITY, said))
        answer = await duty.replies(KIM, CITY, await duty.card(), "Ik ben er, wat zie je?")
        assert "wat zie je" in to(ringing, answer)[0]

    async def test_in_the_rota_and_no_helper_any_more(self, duty: Stage, ringing: str) -> None:
        await duty.join(TEAM, SANNE, membership="leave")
        said = await duty.says(SANNE, chat(SANNE), "ik kom")
        assert not to(ringing, said)
        assert (await duty.ticket()).assignee is None
        assert "Alleen" in to(chat(SANNE), said)[0]

    async def test_a_coordinator_who_can_not_come_hears_what_is_true(self, stage: Stage, asked: str) -> None:
        said = await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
        [call] = [s for s in said if s.room == "!new-dm-els:test" and s.kind == "send"]
        assert "bel ik meteen de volgende" not in call.body
        await stage.join(call.room, ELS)
        said = await stage.says(ELS, call.room, "nee")
        assert "ik bel de volgende" not in to(call.room, said)[0]

    async def test_what_is_promised_while_helpers_are_there_is_still_to_come(
        self, stage: Stage, asked: str
    ) -> None:
        await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
        said = await stage.passes(PATIENCE)  # five past ten
        [words] = [words for words in to(asked, said) if "Uiterlijk" in words]
        assert "Uiterlijk vandaag om 10:05" not in words

    async def test_a_coordinator_in_their_room(self, stage: Stage, asked: str) -> None:
        said = await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
        [room] = [s for s in said if s.room == COORDINATION]
        said = await stage.replies(ELS, COORDINATION, room.event_id, "ik kom")
        assert "Els heeft het gezien" in to(asked, said)[0]

    async def test_what_coordinators_say_to_each_other_in_the_thread(self, stage: Stage, asked: str) -> None:
        said = await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
        [room] = [s for s in said if s.room == COORDINATION]
        assert not await stage.in_thread(ELS, COORDINATION, room.event_id, "ok")
        assert await stage.in_thread(ELS, COORDINATION, room.event_id, "ik kom")
        assert (await stage.ticket()).assignee == ELS

    async def test_a_coordinator_by_a_reaction_there(self, stage: Stage, asked: str) -> None:
        said = await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
        [room] = [s for s in said if s.room == COORDINATION]
        await stage.reacts(ELS, COORDINATION, room.event_id, "✋")
        assert (await stage.ticket()).assignee == ELS

    async def test_after_everybody_was_called_it_can_still_be_answered(
        self, duty: Stage, ringing: str
    ) -> None:
        for _ in range(6):
            await duty.passes(PATIENCE)
        said = await duty.says(SANNE, chat(SANNE), "!ik-kom")
        assert "Sanne heeft het gezien" in to(ringing, said)[0]

    async def test_a_question_of_their_own_is_not_lost(self, duty: Stage, ringing: str) -> None:
        said = await duty.says(SANNE, chat(SANNE), "Hoe zet ik mijn eigen agenda over?")
        assert "nummer 2" in to(chat(SANNE), said)[0] or "vraag 2" in to(chat(SANNE), said)[0]
        assert (await duty.ticket()).assignee is None

    async def test_too_late_is_said_and_is_no_question(self, duty: Stage, ringing: str) -> None:
        await duty.reacts(JORIS, TEAM, await duty.card(), "✋")
        said = await duty.says(SANNE, chat(SANNE), "ik kom")
        assert "al van Joris" in to(chat(SANNE), said)[0]
        for polite in ("ok", "Top, bedankt!", "👍"):
            assert not await duty.says(SANNE, chat(SANNE), polite)
        said = await duty.says(SANNE, chat(SANNE), "Mijn agenda is leeg, kan iemand kijken?")
        assert "vraag 2" in to(chat(SANNE), said)[0] or "nummer 2" in to(chat(SANNE), said)[0]

    async def test_an_answer_to_who_waits_is_coming_too(self, duty: Stage, helped: str) -> None:
        await duty.says(FATIMA, helped, "!paniek het wordt erger")
        await duty.passes(PATIENCE)
        said = await duty.replies(SANNE, TEAM, await duty.card(), "Ik ben er, blijf rustig")
        assert "Je hoeft niet meer te komen" in to(chat(JORIS), said)[0]
        assert await state(duty) == "answered"

    async def test_a_reply_that_is_not_clear(self, duty: Stage, ringing: str) -> None:
        call = call_to(SANNE, duty.sent)
        said = await duty.replies(SANNE, chat(SANNE), call, "Wat is er aan de hand?")
        assert "Kom je?" in to(chat(SANNE), said)[0]

    @pytest.mark.parametrize("who", [KWAME, WIM])
    async def test_not_by_others(self, duty: Stage, ringing: str, who: str) -> None:
        room = await duty.direct(who)
        await duty.says(who, room, "!ik-kom 1")
        assert (await duty.ticket()).assignee is None

    async def test_a_helper_of_the_team_who_was_not_called(self, duty: Stage, ringing: str) -> None:
        await duty.says(JORIS, TEAM, "!ik-kom 1")
        assert (await duty.ticket()).assignee == JORIS

    async def test_nothing_to_come_for(self, duty: Stage) -> None:
        assert "geen noodgeval" in to(TEAM, await duty.says(SANNE, TEAM, "!ik-kom"))[0]

    async def test_of_two_emergencies_the_one_that_is_replied_to(self, duty: Stage, ringing: str) -> None:
        first = call_to(SANNE, duty.sent)
        await duty.says(KWAME, HELP, "!paniek alles is weg")
        await duty.replies(SANNE, chat(SANNE), first, "ik kom")
        assert [(await duty.ticket(n)).assignee for n in (1, 2)] == [SANNE, None]
        await duty.says(SANNE, chat(SANNE), "ik kom")
        assert (await duty.ticket(2)).assignee == SANNE

    async def test_whoever_helps_already_says_that_they_come(self, duty: Stage, helped: str) -> None:
        await duty.says(FATIMA, helped, "!paniek het wordt erger")
        said = await duty.says(SANNE, chat(SANNE), "ik kom")
        assert "Sanne heeft het gezien" in to(helped, said)[0]
        assert await state(duty) == "answered"


class TestFirstAid:
    @pytest.mark.parametrize(
        ("text", "title"),
        [
            ("onze ledenlijst ligt op straat", "gegevens gelekt"),
            ("mijn laptop is gestolen", "apparaat gestolen"),
            ("onze website ligt plat", "website ligt plat"),
            ("onze beheerder is overleden", "wie alles regelde is weg"),
        ],
    )
    async def test_by_words(self, duty: Stage, dm: str, text: str, title: str) -> None:
        said = to(dm, await duty.says(FATIMA, dm, f"!paniek {text}"))
        assert f"Eerste hulp: {title}" in said[-1]

    async def test_what_the_law_asks(self, duty: Stage, dm: str) -> None:
        said = to(dm, await duty.says(FATIMA, dm, "!paniek datalek"))
        assert "binnen 72 uur" in said[-1]
        assert "Autoriteit Persoonsgegevens" in said[-1]

    @pytest.mark.parametrize(
        ("answer", "title"),
        [
            ("1", "account gehackt"),
            ("5", "apparaat gestolen"),
            ("website ligt plat", "website"),
            ("6", "wacht"),
        ],
    )
    async def test_by_number_or_name(self, duty: Stage, dm: str, answer: str, title: str) -> None:
        await duty.says(FATIMA, dm, "!paniek help")
        said = await duty.says(FATIMA, dm, answer)
        assert title in to(dm, said)[0]
        assert any("Het gaat volgens de vrager om" in words for words in to(TEAM, said))

    async def test_nonsense_is_passed_on(self, duty: Stage, dm: str) -> None:
        await duty.says(FATIMA, dm, "!paniek help")
        assert any("77" in words for words in to(TEAM, await duty.says(FATIMA, dm, "77")))

    async def test_a_stadsdeel_is_still_understood(self, stage: Stage, dm: str) -> None:
        await with_duty(stage, NOORD, WHOLE_CITY)
        said = await stage.says(FATIMA, dm, "!paniek help")
        assert any("Ik bel nu Kim" in words for words in to(dm, said))
        await stage.says(FATIMA, dm, "Noord")
        assert (await stage.ticket()).stadsdeel == "noord"
        await stage.passes(PATIENCE)
        assert (await called(stage))[-1][0] == SANNE
