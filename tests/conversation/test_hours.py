"""How long somebody worked: written down in words, put right, and never seen by who asked."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk_bot.storage.models import Technician, Work
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, HELP, JORIS, KWAME, SANNE, TEAM, WEST, WIM
from tests.conversation.stage import Stage, to


async def work(stage: Stage) -> list[tuple[str, int, bool]]:
    async with stage.db.reading() as session:
        rows = (await session.scalars(select(Work).order_by(Work.id))).all()
    return [(row.user_id, row.minutes, row.paid) for row in rows]


async def is_paid(stage: Stage, user: str) -> None:
    async with stage.db.transaction() as session:
        empty: list[str] = []
        session.add(
            Technician(
                user_id=user,
                skills=empty,
                learning=empty,
                languages=empty,
                stadsdelen=empty,
                quiet_days=[],
                paid=True,
                created_at=stage.now,
                changed_at=stage.now,
            )
        )


class TestBooking:
    @pytest.mark.both_databases
    async def test_with_the_number(self, stage: Stage, asked: str) -> None:
        said = await stage.says(SANNE, TEAM, "!tijd 30m 1")
        [noted] = to(TEAM, said)
        assert "Genoteerd bij vraag 1: 30 minuten op maandag 23 november, vrijwillig" in noted
        assert "Bewerk je bericht" in noted
        assert not to(asked, said)
        assert await work(stage) == [(SANNE, 30, False)]

    async def test_the_number_may_stand_in_front(self, stage: Stage, asked: str) -> None:
        assert "1 uur en 30 minuten" in to(TEAM, await stage.says(SANNE, TEAM, "!tijd 1 1u30"))[0]

    async def test_in_the_thread_without_it(self, stage: Stage, asked: str) -> None:
        said = await stage.in_thread(
            SANNE, TEAM, await stage.card(), "!tijd 1,5 uur gisteren, 2 mensen gebeld"
        )
        assert "bij vraag 1: 1 uur en 30 minuten op zondag 22 november" in to(TEAM, said)[0]

    async def test_in_english(self, stage: Stage, asked: str) -> None:
        await stage.says(SANNE, await stage.direct(SANNE), "!language english")
        [noted] = to(TEAM, await stage.says(SANNE, TEAM, "!time half an hour yesterday, volunteer 1"))
        assert "Noted for question 1: 30 minutes on Sunday 22 November, volunteer" in noted

    async def test_it_adds_up(self, stage: Stage, asked: str) -> None:
        await stage.says(SANNE, TEAM, "!tijd 30m 1")
        assert "Samen is dat nu 2 uur" in to(TEAM, await stage.says(JORIS, TEAM, "!tijd 1u30 1"))[0]

    async def test_two_people_at_once(self, stage: Stage, asked: str) -> None:
        stage.offline = True
        await stage.says(SANNE, TEAM, "!tijd 30m 1")
        await stage.says(JORIS, TEAM, "!tijd 45m 1")
        assert await work(stage) == [(SANNE, 30, False), (JORIS, 45, False)]

    async def test_paid_as_they_said_of_themselves(self, stage: Stage, asked: str) -> None:
        await is_paid(stage, SANNE)
        assert ", betaald" in to(TEAM, await stage.says(SANNE, TEAM, "!tijd 30m 1"))[0]
        assert ", vrijwillig" in to(TEAM, await stage.says(SANNE, TEAM, "!tijd 30m vrijwillig 1"))[0]
        assert ", vrijwillig" in to(TEAM, await stage.says(JORIS, TEAM, "!tijd 30m 1"))[0]
        assert ", betaald" in to(TEAM, await stage.says(JORIS, TEAM, "!tijd 30m betaald 1"))[0]
        assert [paid for *_, paid in await work(stage)] == [True, False, False, True]

    @pytest.mark.parametrize(
        ("words", "answer"),
        [
            ("bananen 1", "Hoe lang was je bezig"),
            ("0m 1", "minstens één minuut"),
            ("-30m 1", "minstens één minuut"),
            ("25 uur 1", "Meer dan 24 uur"),
            ("30m en 1u 1", "meer dan één tijd"),
            ("14:30 1", "tijd op de klok"),
            ("30m morgen 1", "moet nog komen"),
            ("30m 31 februari 1", "bestaat niet"),
            ("30m 1-1-2020 1", "meer dan een jaar"),
            ("30m", "Over welke vraag gaat het"),
            ("30m 99", "geen vraag 99"),
            ("30 1", "minuten of uren"),
        ],
    )
    async def test_what_can_not_be(self, stage: Stage, asked: str, words: str, answer: str) -> None:
        [refused] = to(TEAM, await stage.says(SANNE, TEAM, f"!tijd {words}"))
        assert answer in refused
        assert await work(stage) == []

    async def test_a_number_that_may_be_minutes_is_asked_about(self, stage: Stage, asked: str) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        [unclear] = to(TEAM, await stage.in_thread(SANNE, TEAM, await stage.card(), "!tijd 1 uur 2"))
        assert "!tijd 1u2" in unclear
        assert "!tijd 1u #2" in unclear
        assert await work(stage) == []
        assert "bij vraag 2" in to(TEAM, await stage.says(SANNE, TEAM, "!tijd 1 uur 2"))[0]

    async def test_minutes_or_hours(self, stage: Stage, asked: str) -> None:
        [unclear] = to(TEAM, await stage.in_thread(SANNE, TEAM, await stage.card(), "!tijd 30"))
        assert "minuten of uren" in unclear

    async def test_after_the_question_was_solved(self, stage: Stage, helped: str) -> None:
        await stage.says(SANNE, TEAM, "!opgelost 1")
        assert "Genoteerd" in to(TEAM, await stage.says(SANNE, TEAM, "!tijd 30m 1"))[0]

    async def test_a_typo_in_the_command(self, stage: Stage, asked: str) -> None:
        assert "!tijd" in to(TEAM, await stage.says(SANNE, TEAM, "!tjid 30m 1"))[0]

    async def test_late_after_a_restart_once(self, stage: Stage, asked: str) -> None:
        content = {"msgtype": "m.text", "body": "!tijd 30m 1"}
        await stage.event(SANNE, TEAM, "m.room.message", content, event_id="$once")
        stage.now += timedelta(days=2)
        await stage.event(SANNE, TEAM, "m.room.message", content, event_id="$once")
        assert await work(stage) == [(SANNE, 30, False)]

    async def test_of_two_questions_that_became_one(self, stage: Stage, asked: str) -> None:
        await stage.says(FATIMA, asked, "!nieuw En de contacten zijn ook leeg")
        await stage.says(SANNE, TEAM, "!tijd 30m 2")
        await stage.says(SANNE, TEAM, "!samenvoegen 2 1")
        assert "samen 30 minuten" in to(TEAM, await stage.says(SANNE, TEAM, "!tijd 1"))[0]


class TestWhoMay:
    async def test_not_who_asked(self, stage: Stage, asked: str) -> None:
        assert "mensen van het team" in to(asked, await stage.says(FATIMA, asked, "!tijd 30m 1"))[0]
        assert "mensen van het team" in to(asked, await stage.says(FATIMA, asked, "!tijd 1"))[0]

    async def test_not_another_team(self, stage: Stage, asked: str) -> None:
        assert "geen vraag 1" in to(WEST, await stage.says(WIM, WEST, "!tijd 30m 1"))[0]
        assert await work(stage) == []

    async def test_not_of_a_question_of_ones_own(self, stage: Stage) -> None:
        """A technician of another team who asked it is a requester here, and sees no hours."""
        dm = await stage.direct(WIM)
        await stage.says(WIM, dm, "Onze gedeelde agenda is leeg")
        await stage.says(WIM, dm, "Noord")
        await stage.says(SANNE, TEAM, "!tijd 30m 1")
        for text in ("!tijd 30m 1", "!tijd 1", "!tijd 1 vrijwillig"):
            assert "30 minuten" not in to(dm, await stage.says(WIM, dm, text))[0]
        assert len(await work(stage)) == 1

    async def test_not_where_others_read_along(self, stage: Stage, asked: str) -> None:
        assert "anderen hier meelezen" in to(HELP, await stage.says(SANNE, HELP, "!tijd 30m 1"))[0]

    async def test_a_coordinator(self, stage: Stage, asked: str) -> None:
        assert "Genoteerd" in to(COORDINATION, await stage.says(ELS, COORDINATION, "!tijd 30m 1"))[0]

    async def test_in_ones_own_chat_with_the_bot(self, stage: Stage, asked: str) -> None:
        dm = await stage.direct(SANNE)
        assert "Genoteerd" in to(dm, await stage.says(SANNE, dm, "!tijd 30m 1"))[0]


class TestWhatIsWritten:
    async def test_shown(self, stage: Stage, asked: str) -> None:
        await stage.says(SANNE, TEAM, "!tijd 30m 1")
        await stage.says(SANNE, TEAM, "!tijd 30u betaald gisteren 1")  # refused
        await stage.says(SANNE, TEAM, "!tijd 20u betaald gisteren 1")
        await stage.says(JORIS, TEAM, "!tijd 15u 1")
        [shown] = to(TEAM, await stage.says(JORIS, TEAM, "!tijd 1"))
        assert "samen 35 uur en 30 minuten" in shown  # never '1 dag en 11 uur'
        assert "- Sanne: 30 minuten (vrijwillig)" in shown
        assert "- Sanne: 20 uur (betaald)" in shown
        assert "- Joris: 15 uur (vrijwillig)" in shown
        in_thread = await stage.in_thread(JORIS, TEAM, await stage.card(), "!tijd")
        assert to(TEAM, in_thread) == [shown]

    async def test_none(self, stage: Stage, asked: str) -> None:
        assert "nog geen tijd" in to(TEAM, await stage.says(SANNE, TEAM, "!tijd 1"))[0]


class TestPutRight:
    async def test_by_editing(self, stage: Stage, asked: str) -> None:
        await stage.says(SANNE, TEAM, "!tijd 30m 1")
        first = stage.last
        [noted] = to(TEAM, await stage.edits(SANNE, TEAM, first, "!tijd 45m 1"))
        assert "45 minuten" in noted
        assert "Samen is dat nu 45 minuten" in noted
        await stage.edits(SANNE, TEAM, first, "!tijd 50m betaald 1")
        assert await work(stage) == [(SANNE, 50, True)]

    async def test_by_editing_in_the_thread(self, stage: Stage, asked: str) -> None:
        card = await stage.card()
        await stage.in_thread(SANNE, TEAM, card, "!tijd 30m")
        said = await stage.edits(SANNE, TEAM, stage.last, "!tijd 45m")
        assert "bij vraag 1: 45 minuten" in to(TEAM, said)[0]
        assert said[0].refs["thread"] == card

    async def test_what_was_not_understood_at_first(self, stage: Stage, asked: str) -> None:
        await stage.says(SANNE, TEAM, "!tijd bananen 1")
        assert "Genoteerd" in to(TEAM, await stage.edits(SANNE, TEAM, stage.last, "!tijd 30m 1"))[0]
        assert await work(stage) == [(SANNE, 30, False)]

    @pytest.mark.parametrize("words", ["!tijd 0m 1", "!tijd 30m morgen 1", "!pak 1", "laat maar"])
    async def test_not_into_nonsense(self, stage: Stage, asked: str, words: str) -> None:
        await stage.says(SANNE, TEAM, "!tijd 30m 1")
        assert len(to(TEAM, await stage.edits(SANNE, TEAM, stage.last, words))) == 1
        assert await work(stage) == [(SANNE, 30, False)]
        assert (await stage.ticket()).assignee is None

    async def test_not_by_another(self, stage: Stage, asked: str) -> None:
        await stage.says(SANNE, TEAM, "!tijd 30m 1")
        await stage.edits(JORIS, TEAM, stage.last, "!tijd 45m 1")
        assert await work(stage) == [(SANNE, 30, False)]

    async def test_not_after_leaving_the_team(self, stage: Stage, asked: str) -> None:
        await stage.says(SANNE, TEAM, "!tijd 30m 1")
        first = stage.last
        await stage.join(TEAM, SANNE, membership="leave")
        await stage.edits(SANNE, TEAM, first, "!tijd 20u 1")
        assert await work(stage) == [(SANNE, 30, False)]

    async def test_by_deleting(self, stage: Stage, asked: str) -> None:
        await stage.says(SANNE, TEAM, "!tijd 30m 1")
        said = await stage.deletes(SANNE, TEAM, stage.last)
        assert "Sanne heeft 30 minuten bij vraag 1 weggehaald" in to(TEAM, said)[0]
        assert await work(stage) == []

    async def test_only_where_it_was_written(self, stage: Stage, asked: str) -> None:
        await stage.says(SANNE, TEAM, "!tijd 30m 1")
        await stage.deletes(SANNE, WEST, stage.last)
        await stage.edits(SANNE, await stage.direct(SANNE), stage.last, "!tijd 45m 1")
        assert await work(stage) == [(SANNE, 30, False)]
