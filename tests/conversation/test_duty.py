"""Who is on duty: who is told what, and how people change it among themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk_bot.config import OpeningHours
from helpdesk_bot.storage.models import DutyOverride
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, JORIS, SANNE, TEAM, WEST, WIM
from tests.conversation.duty import KIM, NOORD, ahead, away, chat, with_duty
from tests.conversation.stage import Stage, to

MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7)
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # nine o'clock in Amsterdam


@pytest.fixture
async def duty(stage: Stage) -> Stage:
    """An hour after Sanne's turn began."""
    return await with_duty(stage)


async def agreed(stage: Stage) -> list[tuple[str, datetime, datetime]]:
    async with stage.db.reading() as session:
        rows = await session.scalars(select(DutyOverride).order_by(DutyOverride.id))
        return [(row.user_id, row.begins_at, row.ends_at) for row in rows]


class TestWhoIsOnDuty:
    async def test_now_and_the_coming_weeks(self, duty: Stage) -> None:
        [said] = to(TEAM, await duty.says(JORIS, TEAM, "!dienst"))
        assert "Dienst voor Noord" in said
        assert "nu: Sanne, tot maandag 30 november om 09:00" in said
        assert "Joris: van maandag 30 november om 09:00 tot maandag 7 december om 09:00" in said
        assert "Dienst voor de hele stad" in said
        assert "nu: Kim" in said

    async def test_in_english(self, duty: Stage) -> None:
        await duty.says(JORIS, chat(JORIS), "!language en")
        assert "now: Sanne" in to(chat(JORIS), await duty.says(JORIS, chat(JORIS), "!oncall"))[0]

    async def test_a_typo(self, duty: Stage) -> None:
        assert "Bedoel je !dienst?" in to(TEAM, await duty.says(JORIS, TEAM, "!dients"))[0]

    async def test_not_for_everybody(self, duty: Stage, dm: str) -> None:
        [said] = to(dm, await duty.says(FATIMA, dm, "!dienst"))
        assert "Sanne" not in said

    async def test_without_a_rota(self, stage: Stage) -> None:
        assert "nog geen dienst" in to(TEAM, await stage.says(JORIS, TEAM, "!dienst"))[0]

    async def test_public_holidays_are_marked(self, duty: Stage) -> None:
        [said] = to(TEAM, await duty.says(JORIS, TEAM, "!dienst"))
        rows = [row for row in said.splitlines() if "feestdag" in row]
        assert all("21 december" in row and "Eerste kerstdag en Tweede kerstdag" in row for row in rows)
        assert len(rows) == 2

    async def test_a_shift_that_nobody_has(self, duty: Stage) -> None:
        await away(duty, JORIS)
        assert "niemand: van maandag 30 november" in to(TEAM, await duty.says(SANNE, TEAM, "!dienst"))[0]


class TestToldAhead:
    async def test_a_gap_two_days_ahead_and_once(self, duty: Stage) -> None:
        await away(duty, JORIS, duty.now, None)
        duty.now = MONDAY + WEEK - 2 * DAY - HOUR
        assert not to(COORDINATION, await ahead(duty))
        duty.now += HOUR + MINUTE
        [said] = to(COORDINATION, await ahead(duty))
        assert "Noord" in said
        assert "niemand dienst" in said
        assert "maandag 30 november om 09:00" in said
        assert not await ahead(duty)
        duty.now += DAY
        assert not to(COORDINATION, await ahead(duty))

    async def test_a_gap_late_after_a_stop(self, duty: Stage) -> None:
        await away(duty, JORIS, duty.now, None)
        duty.now = MONDAY + WEEK + DAY
        said = [words for words in to(COORDINATION, await ahead(duty)) if "Noord" in words]
        assert ["nu niemand dienst" in words for words in said] == [True]

    async def test_whoever_left_the_team_room_leaves_a_gap(self, duty: Stage) -> None:
        await duty.join(TEAM, JORIS, membership="leave")
        duty.now = MONDAY + WEEK - DAY
        assert any("niemand dienst" in words for words in to(COORDINATION, await ahead(duty)))

    async def test_a_gap_that_was_filled_is_not_told(self, duty: Stage) -> None:
        await away(duty, JORIS)
        await duty.says(ELS, COORDINATION, "!inval @sanne:test noord maandag 9:00 tot 7 december 9:00")
        duty.now = MONDAY + WEEK - DAY
        assert not [words for words in to(COORDINATION, await ahead(duty)) if "Noord" in words]

    async def test_the_day_before_ones_shift(self, duty: Stage) -> None:
        await ahead(duty)
        duty.now = MONDAY + WEEK - DAY - HOUR
        assert not to(chat(JORIS), await ahead(duty))
        duty.now += HOUR + MINUTE
        [said] = to(chat(JORIS), await ahead(duty))
        assert "begint morgen om 09:00" in said
        assert not await ahead(duty)

    async def test_whoever_is_on_duty_already_is_not_told_that_it_begins(self, stage: Stage) -> None:
        await with_duty(stage, {**NOORD, "people": [SANNE]})
        assert "nu dienst" in to(chat(SANNE), await ahead(stage))[0]
        stage.now = MONDAY + WEEK - HOUR
        assert not await ahead(stage)

    async def test_a_public_holiday_two_weeks_before(self, duty: Stage) -> None:
        await ahead(duty)
        duty.now = MONDAY + 4 * WEEK - 14 * DAY + MINUTE  # the turn of 21 December holds Christmas
        said = to(chat(SANNE), await ahead(duty))
        assert [("Eerste kerstdag" in words, "!ruil" in words) for words in said if "feestdag" in words] == [
            (True, True)
        ]

    async def test_no_holidays_where_they_are_days_like_any(self, stage: Stage) -> None:
        await with_duty(stage)
        stage.configure(
            stage.setting.config.model_copy(update={"opening_hours": OpeningHours(holidays=None)})
        )
        stage.now = MONDAY + 4 * WEEK - 14 * DAY + MINUTE
        assert not any("feestdag" in words for words in to(chat(SANNE), await ahead(stage)))


class TestStandingIn:
    async def test_by_a_coordinator(self, duty: Stage) -> None:
        said = await duty.says(ELS, COORDINATION, "!inval @joris:test vrijdag 18:00 tot zaterdag")
        assert "Joris heeft dienst voor Noord" in to(COORDINATION, said)[0]
        friday = datetime(2026, 11, 27, 17, tzinfo=UTC)
        assert await agreed(duty) == [(JORIS, friday, friday + 15 * HOUR)]  # a day begins when they hand over
        assert "Els heeft jou dienst gegeven" in to(chat(JORIS), said)[0]
        assert "in plaats van jou" in to(chat(SANNE), said)[0]

    async def test_from_now_and_to_the_end_of_the_turn(self, duty: Stage) -> None:
        await duty.says(ELS, COORDINATION, "!standin @joris:test now until friday 12:00")
        await duty.says(ELS, COORDINATION, "!inval @joris:test zaterdag")
        assert [(begin, end) for _, begin, end in await agreed(duty)] == [
            (duty.now, datetime(2026, 11, 27, 11, tzinfo=UTC)),
            (datetime(2026, 11, 28, 8, tzinfo=UTC), MONDAY + WEEK),
        ]

    async def test_for_the_city_when_that_is_said(self, duty: Stage) -> None:
        said = await duty.says(ELS, COORDINATION, "!inval @sanne:test stad vrijdag 18:00 tot zaterdag")
        assert "de hele stad" in to(COORDINATION, said)[0]

    @pytest.mark.parametrize(
        ("text", "answer"),
        [
            ("!inval @joris:test", "Van wanneer tot wanneer"),
            ("!inval @joris:test ooit eens", "Van wanneer tot wanneer"),
            ("!inval @joris:test vrijdag 18:00 tot 31 februari", "Van wanneer tot wanneer"),
            ("!inval vrijdag", "Wie bedoel je"),
            ("!inval @fatima:test noord vrijdag", "helpt nu niet in Noord"),
            ("!inval @wim:test noord vrijdag", "helpt nu niet in Noord"),
            ("!inval @els:test vrijdag", "Voor welk stadsdeel"),
        ],
    )
    async def test_what_can_not_be(self, duty: Stage, text: str, answer: str) -> None:
        assert answer in to(COORDINATION, await duty.says(ELS, COORDINATION, text))[0]
        assert not await agreed(duty)

    async def test_not_by_others(self, duty: Stage) -> None:
        await duty.says(JORIS, TEAM, "!inval @joris:test vrijdag")
        assert not await agreed(duty)


class TestSwapping:
    async def test_yes_by_a_word(self, duty: Stage) -> None:
        said = await duty.says(SANNE, TEAM, "!ruil @joris:test vrijdag")
        assert "Ik heb het Joris gevraagd" in to(TEAM, said)[0]
        [asked] = to(chat(JORIS), said)
        assert "Sanne vraagt of je wilt ruilen" in asked
        assert "maandag 30 november" in asked
        assert not await agreed(duty)
        said = await duty.says(JORIS, chat(JORIS), "Ja hoor!")
        assert "Joris zegt ja" in to(TEAM, said)[0]
        assert "afgesproken" in to(chat(JORIS), said)[0]
        assert len(to(COORDINATION, said)) == 2
        assert await agreed(duty) == [
            (JORIS, duty.now, MONDAY + WEEK),
            (SANNE, MONDAY + WEEK, MONDAY + 2 * WEEK),
        ]

    @pytest.mark.parametrize(("key", "count"), [("👍", 2), ("✅", 2), ("👎", 0)])
    async def test_by_a_reaction(self, duty: Stage, key: str, count: int) -> None:
        await duty.says(SANNE, TEAM, "!swap @joris:test")
        [asked] = [s for s in duty.sent if s.room == chat(JORIS)]
        await duty.reacts(JORIS, chat(JORIS), asked.event_id, key)
        assert len(await agreed(duty)) == count

    @pytest.mark.parametrize("text", ["nee", "Nee, sorry.", "ik kan niet", "👎"])
    async def test_no(self, duty: Stage, text: str) -> None:
        await duty.says(SANNE, TEAM, "!ruil @joris:test")
        said = await duty.says(JORIS, chat(JORIS), text)
        assert "Joris kan niet ruilen" in to(TEAM, said)[0]
        assert not await agreed(duty)
        assert not await duty.passes(2 * DAY)

    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("ja is goed hoor", 2),
            ("Ja, dat kan!", 2),
            ("kan helaas niet", 0),
            ("Sorry, ik kan die week niet", 0),
        ],
    )
    async def test_in_their_own_words(self, duty: Stage, text: str, count: int) -> None:
        await duty.says(SANNE, TEAM, "!ruil @joris:test")
        said = await duty.says(JORIS, chat(JORIS), text)
        assert any(words in to(TEAM, said)[0] for words in ("zegt ja", "kan niet ruilen"))
        assert len(await agreed(duty)) == count

    async def test_asked_once(self, duty: Stage) -> None:
        await duty.says(SANNE, TEAM, "!ruil @joris:test")
        duty.now += MINUTE
        said = await duty.says(SANNE, TEAM, "!ruil @joris:test")
        assert "al gevraagd" in to(TEAM, said)[0]
        assert not to(chat(JORIS), said)

    async def test_something_else_is_a_question_of_their_own(self, duty: Stage) -> None:
        await duty.says(SANNE, TEAM, "!ruil @joris:test")
        said = await duty.says(JORIS, chat(JORIS), "Kan ik hier ook mijn wachtwoord laten veranderen?")
        assert "vraag 1" in to(chat(JORIS), said)[0]
        assert not await agreed(duty)
        # 'ja' would be about that question now; as a reply it still counts
        [asked] = [s for s in duty.sent if s.room == chat(JORIS) and "ruilen" in s.body]
        await duty.says(JORIS, chat(JORIS), "ja")
        assert not await agreed(duty)
        await duty.replies(JORIS, chat(JORIS), asked.event_id, "ja")
        assert len(await agreed(duty)) == 2

    async def test_a_reply_that_is_not_clear(self, duty: Stage) -> None:
        await duty.says(SANNE, TEAM, "!ruil @joris:test")
        [asked] = [s for s in duty.sent if s.room == chat(JORIS)]
        said = await duty.replies(JORIS, chat(JORIS), asked.event_id, "even kijken")
        assert "een ja of een nee" in to(chat(JORIS), said)[0]
        assert not await agreed(duty)

    async def test_no_answer_within_a_day(self, duty: Stage) -> None:
        await duty.says(SANNE, TEAM, "!ruil @joris:test")
        assert not await duty.passes(DAY - HOUR)
        said = await duty.passes(3 * WEEK)  # the helpdesk stood still: it is said late, and once
        assert "niet geantwoord" in to(TEAM, said)[0]
        assert "verlopen" in to(chat(JORIS), said)[0]
        await duty.says(JORIS, chat(JORIS), "ja")
        assert not await agreed(duty)

    async def test_what_has_changed_since_makes_it_impossible(self, duty: Stage) -> None:
        await duty.says(SANNE, TEAM, "!ruil @joris:test vrijdag")
        await duty.says(ELS, COORDINATION, "!inval @els:test noord donderdag tot vrijdag")
        [asked] = [s for s in duty.sent if s.room == chat(JORIS) and "wilt ruilen" in s.body]
        said = await duty.reacts(JORIS, chat(JORIS), asked.event_id, "👍")
        assert "kan niet meer" in to(TEAM, said)[0]
        assert "kan niet meer" in to(chat(JORIS), said)[0]
        assert len(await agreed(duty)) == 1

    async def test_with_somebody_who_has_no_shift(self, duty: Stage) -> None:
        await duty.join(TEAM, "@noor:test")
        said = await duty.says(SANNE, TEAM, "!ruil @noor:test")
        assert "over te nemen" in to(TEAM, said)[0]
        room = "!new-dm-noor:test"
        assert "overnemen" in to(room, said)[-1] or any("overnemen" in s.body for s in said)
        await duty.says("@noor:test", room, "ja")
        assert [user for user, _, _ in await agreed(duty)] == ["@noor:test"]

    @pytest.mark.parametrize(
        ("who", "text", "answer"),
        [
            (SANNE, "!ruil", "Voor wie"),
            (SANNE, "!ruil @sanne:test", "Met wie"),
            (SANNE, "!ruil @hulp:test", "Met wie"),
            (SANNE, "!ruil @joris:test ooit", "Welke dienst"),
            (SANNE, "!ruil @joris:test 2 december", "geen dienst"),
            (SANNE, "!ruil @fatima:test", "helpt nu niet"),
            (SANNE, "!ruil @wim:test", "helpt nu niet"),
        ],
    )
    async def test_what_can_not_be(self, duty: Stage, who: str, text: str, answer: str) -> None:
        assert answer in to(TEAM, await duty.says(who, TEAM, text))[0]

    async def test_whoever_is_in_no_rota(self, duty: Stage) -> None:
        await duty.join(WEST, "@noor:test")
        assert "geen dienst" in to(WEST, await duty.says("@noor:test", WEST, "!ruil @wim:test"))[0]

    async def test_in_the_citys_rota(self, duty: Stage) -> None:
        said = await duty.says(KIM, chat(KIM), "!ruil @wim:test")
        assert "de hele stad" in to(chat(WIM), said)[0]
        assert "Wim zegt ja" in to(chat(KIM), await duty.says(WIM, chat(WIM), "prima"))[0]
