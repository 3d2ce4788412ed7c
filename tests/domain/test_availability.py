"""Who can be asked now: away, quiet or with full hands, on the clock on the wall."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.availability import Habits, Unavailable, is_quiet, rests_until, unavailable

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHT = Habits(3, quiet_from=time(22), quiet_until=time(8))
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # ten o'clock in Amsterdam


def wall(day: int, month: int, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=AMSTERDAM, fold=fold)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        (wall(23, 11, 21, 59), False),
        (wall(23, 11, 22), True),
        (wall(24, 11, 0), True),
        (wall(24, 11, 7, 59), True),
        (wall(24, 11, 8), False),
        (wall(29, 3, 1, 59), True),  # the hour from two to three does not come
        (wall(29, 3, 3), True),
        (wall(29, 3, 8), False),
        (wall(25, 10, 2, 30), True),  # and here it comes twice
        (wall(25, 10, 2, 30, fold=1), True),
        (wall(25, 10, 8), False),
    ],
)
def test_over_midnight_and_both_switches(at: datetime, quiet: bool) -> None:
    assert is_quiet(NIGHT, at.astimezone(UTC), AMSTERDAM) is quiet


@pytest.mark.parametrize("fold", [0, 1])
def test_an_hour_that_comes_twice_is_as_quiet_the_second_time(fold: int) -> None:
    early = Habits(3, quiet_from=time(0, 30), quiet_until=time(2, 30))
    assert is_quiet(early, wall(25, 10, 2, 15, fold=fold), AMSTERDAM)
    assert not is_quiet(early, wall(25, 10, 2, 45, fold=fold), AMSTERDAM)


def test_quiet_that_ends_in_an_hour_that_does_not_come_ends() -> None:
    early = Habits(3, quiet_from=time(0, 30), quiet_until=time(2, 30))
    assert is_quiet(early, wall(29, 3, 1, 59), AMSTERDAM)
    assert not is_quiet(early, wall(29, 3, 3), AMSTERDAM)


def test_quiet_days_are_days_on_the_clock_here() -> None:
    sunday = Habits(3, quiet_days=frozenset({6}))
    assert is_quiet(sunday, datetime(2026, 11, 21, 23, 30, tzinfo=UTC), AMSTERDAM)
    assert not is_quiet(sunday, datetime(2026, 11, 22, 23, 30, tzinfo=UTC), AMSTERDAM)


@pytest.mark.parametrize(
    ("habits", "at", "until"),
    [
        (NIGHT, wall(23, 11, 22), wall(24, 11, 8)),
        (NIGHT, wall(24, 11, 7, 59), wall(24, 11, 8)),
        (NIGHT, wall(28, 3, 23), wall(29, 3, 8)),
        (NIGHT, wall(24, 10, 23), wall(25, 10, 8)),
        (Habits(3, quiet_days=frozenset({5, 6})), wall(21, 11, 12), wall(23, 11, 0)),
        (Habits(3, time(22), time(8), frozenset({5, 6})), wall(20, 11, 23), wall(23, 11, 8)),
        (Habits(3, time(13), time(14), frozenset({0})), wall(23, 11, 13, 30), wall(24, 11, 0)),
        (Habits(3, time(9), time(0)), wall(23, 11, 22), wall(24, 11, 0)),
        (Habits(3, quiet_days=frozenset(range(7))), wall(23, 11, 12), None),
    ],
)
def test_until_when_somebody_rests(habits: Habits, at: datetime, until: datetime | None) -> None:
    assert rests_until(habits, at.astimezone(UTC), AMSTERDAM) == until


@given(st.times(), st.times(), st.frozensets(st.integers(0, 6), max_size=5), st.integers(0, 365 * 24 * 60))
def test_rest_ends_and_not_before(begin: time, end: time, days: frozenset[int], minutes: int) -> None:
    habits, at = Habits(3, begin, end, days), MONDAY + timedelta(minutes=minutes)
    until = rests_until(habits, at, AMSTERDAM)
    if is_quiet(habits, at, AMSTERDAM):
        assert until is not None
        assert not is_quiet(habits, until, AMSTERDAM)
        steps = (until - at) // timedelta(minutes=30)
        assert all(is_quiet(habits, at + timedelta(minutes=30 * n), AMSTERDAM) for n in range(steps))


@given(st.times(), st.times(), st.integers(0, 365 * 24 * 60))
def test_every_moment_is_in_one_of_two_halves_of_the_day(begin: time, end: time, minutes: int) -> None:
    at = MONDAY + timedelta(minutes=minutes)
    there, back = Habits(3, quiet_from=begin, quiet_until=end), Habits(3, quiet_from=end, quiet_until=begin)
    if begin == end:
        assert not is_quiet(there, at, AMSTERDAM)
    else:
        assert is_quiet(there, at, AMSTERDAM) is not is_quiet(back, at, AMSTERDAM)


@pytest.mark.parametrize(
    ("habits", "in_hand", "why"),
    [
        (Habits(3), 2, None),
        (Habits(3), 3, Unavailable.FULL),
        (Habits(0), 0, Unavailable.FULL),
        (Habits(3, away_from=MONDAY), 0, Unavailable.AWAY),
        (Habits(3, away_from=MONDAY + timedelta(minutes=1)), 0, None),
        (Habits(3, away_from=MONDAY - timedelta(days=3), away_until=MONDAY), 0, None),
        (
            Habits(3, away_from=MONDAY - timedelta(days=3), away_until=MONDAY + timedelta(1)),
            0,
            Unavailable.AWAY,
        ),
        (Habits(3, quiet_from=time(9), quiet_until=time(11)), 9, Unavailable.QUIET),
        (Habits(3, quiet_from=time(9), quiet_until=time(11), away_from=MONDAY), 0, Unavailable.AWAY),
    ],
)
def test_why_somebody_is_not_asked(habits: Habits, in_hand: int, why: Unavailable | None) -> None:
    assert unavailable(habits, in_hand, MONDAY, AMSTERDAM) is why
