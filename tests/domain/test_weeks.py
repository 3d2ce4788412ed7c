"""Weeks on the helpdesk's clock: over both changes of the clock, and where years meet."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.weeks import MONDAY, WEDNESDAY, NoSuchWeek, Week, last_finished, named, next_opening

ZONE = ZoneInfo("Europe/Amsterdam")
YEARS = (datetime(2000, 1, 1), datetime(2060, 1, 1))  # noqa: DTZ001  # the strategy adds the zone
moments = st.datetimes(*YEARS, timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("week", "begins", "hours"),
    [
        (Week(2026, 13), datetime(2026, 3, 22, 23, tzinfo=UTC), 167),
        (Week(2026, 43), datetime(2026, 10, 18, 22, tzinfo=UTC), 169),
        (Week(2026, 53), datetime(2026, 12, 27, 23, tzinfo=UTC), 168),
        (Week(2027, 1), datetime(2027, 1, 3, 23, tzinfo=UTC), 168),
    ],
)
def test_when_a_week_begins_and_how_long_it_is(week: Week, begins: datetime, hours: int) -> None:
    assert week.begins(ZONE) == begins
    assert week.ends(ZONE) - begins == timedelta(hours=hours)


@given(moments)
def test_every_moment_is_in_one_week_and_weeks_leave_no_gap(moment: datetime) -> None:
    week = Week.at(moment, ZONE)
    assert week.begins(ZONE) <= moment < week.ends(ZONE)
    assert week.before().ends(ZONE) == week.begins(ZONE)
    assert week.before() < week
    assert last_finished(moment, ZONE).ends(ZONE) <= moment


@given(moments, st.integers(0, 6))
def test_the_next_opening(moment: datetime, weekday: int) -> None:
    opening = next_opening(moment, weekday, ZONE)
    local = opening.astimezone(ZONE)
    assert (local.weekday(), local.hour, local.minute) == (weekday, 9, 0)
    assert timedelta() < opening - moment <= timedelta(days=7, hours=1)


def test_at_nine_sharp_it_is_the_next_one() -> None:
    monday = datetime(2026, 3, 23, 8, tzinfo=UTC)
    assert next_opening(monday, MONDAY, ZONE) == datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert next_opening(monday, WEDNESDAY, ZONE) == datetime(2026, 3, 25, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "week"),
    [
        ("46", Week(2026, 46)),
        ("w46", Week(2026, 46)),
        ("week 46", Week(2026, 46)),
        ("Wk 9", Week(2026, 9)),
        ("2026-46", Week(2026, 46)),
        ("2026-W46", Week(2026, 46)),
        ("2026w46", Week(2026, 46)),
        ("46-2025", Week(2025, 46)),
        ("47", Week(2026, 47)),
        ("48", Week(2026, 48)),  # this week, which is not over
        ("49", Week(2025, 49)),  # there is none of this year yet
        ("53", Week(2020, 53)),
        ("2026-53", Week(2026, 53)),
        ("noord", None),
        ("46 noord", None),
        ("4 6 8", None),
        ("", None),
        ("146", None),
    ],
)
def test_what_people_write(words: str, week: Week | None) -> None:
    assert named(words, datetime(2026, 11, 23, 9, tzinfo=UTC), ZONE) == week


@pytest.mark.parametrize(
    ("words", "week"), [("1", Week(2027, 1)), ("2", Week(2026, 2)), ("53", Week(2026, 53))]
)
def test_the_week_that_runs_is_no_week_of_a_year_ago(words: str, week: Week) -> None:
    assert named(words, datetime(2027, 1, 5, 9, tzinfo=UTC), ZONE) == week


@pytest.mark.parametrize("words", ["0", "54", "99", "2025-53", "2026-W54", "53-2027", "9999-52", "0001-01"])
def test_weeks_that_are_in_no_calendar(words: str) -> None:
    with pytest.raises(NoSuchWeek):
        named(words, datetime(2026, 11, 23, 9, tzinfo=UTC), ZONE)


def test_the_last_days_of_a_year_may_be_in_week_1() -> None:
    assert Week.of(date(2025, 12, 29)) == Week(2026, 1)
    assert Week.of(date(2027, 1, 3)) == Week(2026, 53)
    assert str(Week(2026, 5)) == "2026-W05"
