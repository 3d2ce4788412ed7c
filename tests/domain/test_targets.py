"""The steps before and after something is due, and how that moment moves."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain import decent, targets
from helpdesk_bot.domain.targets import Clock, Step
from helpdesk_bot.domain.tickets import Priority
from helpdesk_bot.domain.worktime import Hours, Span

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE, NEVER = (Span(540, 1020),), ()
HOURS = Hours((OFFICE,) * 5 + (NEVER, NEVER), AMSTERDAM)
SHOP = Hours((NEVER, *((Span(720, 1080),),) * 5, NEVER), AMSTERDAM)  # Tuesday to Saturday, twelve to six
HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # ten on the clock

moments = st.builds(lambda minutes: MONDAY + timedelta(minutes=minutes), st.integers(0, 400 * 1440))
lengths = st.builds(lambda minutes: timedelta(minutes=minutes), st.integers(1, 160 * 60))


def test_half_full_late_and_twice() -> None:
    due = HOURS.add(MONDAY, 4 * HOUR)
    assert targets.steps(Clock.CLAIM, HOURS, MONDAY, due, 4 * HOUR) == {
        Step.HALF: MONDAY + 2 * HOUR,
        Step.FULL: MONDAY + 4 * HOUR,
        Step.LATE: MONDAY + 6 * HOUR,
        Step.OVER: MONDAY + timedelta(days=1),  # an hour on Monday and one on Tuesday
    }
    assert list(targets.steps(Clock.ANSWER, HOURS, MONDAY, due, 4 * HOUR)) == [Step.HALF, Step.FULL]


def test_what_has_passed_is_not_said_again() -> None:
    due = HOURS.add(MONDAY, 4 * HOUR)
    assert list(targets.steps(Clock.CLAIM, HOURS, MONDAY + 3 * HOUR, due, 4 * HOUR)) == [
        Step.FULL,
        Step.LATE,
        Step.OVER,
    ]
    assert list(targets.steps(Clock.CLAIM, HOURS, MONDAY + 5 * HOUR, due, 4 * HOUR)) == [Step.LATE, Step.OVER]
    assert not targets.steps(Clock.CLAIM, HOURS, MONDAY + timedelta(days=30), due, 4 * HOUR)


@given(moments, moments, lengths, st.sampled_from(Clock))
def test_steps_are_in_order_and_ahead(now: datetime, asked: datetime, whole: timedelta, clock: Clock) -> None:
    due = HOURS.add(asked, whole)
    steps = targets.steps(clock, HOURS, now, due, whole)
    assert list(steps) == sorted(steps)
    assert list(steps.values()) == sorted(steps.values())
    assert all(at > now for at in steps.values())
    assert (Step.FULL in steps) == (due > now)
    if Step.HALF in steps:
        assert HOURS.between(steps[Step.HALF], due) == whole / 2


@given(moments, lengths, lengths, lengths)
def test_a_rest_takes_nothing_away(
    start: datetime, whole: timedelta, used: timedelta, rest: timedelta
) -> None:
    due = HOURS.add(start, whole)
    since = HOURS.add(start, used)
    now = since + rest
    moved = targets.after_rest(HOURS, since, now, due)
    if due > since:
        assert HOURS.between(now, moved) == HOURS.between(since, due)
        assert moved >= due
    else:
        assert moved == due


@given(moments, lengths, lengths)
def test_other_opening_hours_keep_what_is_left(start: datetime, whole: timedelta, used: timedelta) -> None:
    due, now = HOURS.add(start, whole), start + used
    moved = targets.after_move(HOURS, SHOP, now, due)
    if due > now:
        assert SHOP.between(now, moved) == HOURS.between(now, due)
    else:
        assert moved == due
    assert targets.after_move(HOURS, HOURS, now, due) <= max(due, now)


@given(moments, lengths, lengths, lengths, st.booleans())
def test_a_priority_never_goes_the_wrong_way(
    start: datetime, old: timedelta, new: timedelta, used: timedelta, raised: bool
) -> None:
    due, now = HOURS.add(start, old), start + used
    moved = targets.after_priority(HOURS, now, due, new, raised=raised)
    assert moved > now
    if due > now:
        assert moved <= due if raised else moved >= due
    else:
        assert moved == HOURS.add(now, new)


def test_what_is_more_urgent() -> None:
    assert targets.is_raise(Priority.LOW, Priority.NORMAL)
    assert not targets.is_raise(Priority.URGENT, Priority.HIGH)
    assert set(targets.MORE_URGENT) == set(Priority)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-23T08:00", "2026-11-23T08:00"),
        ("2026-11-23T20:59", "2026-11-23T20:59"),
        ("2026-11-23T21:00", "2026-11-24T08:00"),
        ("2026-11-23T07:59", "2026-11-23T08:00"),
        ("2026-12-31T23:30", "2027-01-01T08:00"),
        # the nights in which the clocks change
        ("2027-03-27T22:00", "2027-03-28T08:00"),
        ("2027-03-28T03:00", "2027-03-28T08:00"),
        ("2026-10-24T22:00", "2026-10-25T08:00"),
        ("2026-10-25T02:30", "2026-10-25T08:00"),
    ],
)
def test_nobody_is_woken(now: str, then: str) -> None:
    at, later = (
        datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC) for text in (now, then)
    )
    assert decent.for_requesters(at, AMSTERDAM) == later


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-23T09:00", "2026-11-23T09:00"),
        ("2026-11-23T17:00", "2026-11-23T17:00"),  # due exactly at closing time
        ("2026-11-23T17:59", "2026-11-23T17:59"),
        ("2026-11-23T18:00", "2026-11-24T09:00"),
        ("2026-11-28T12:00", "2026-11-30T09:00"),
        ("2026-11-23T08:59", "2026-11-23T09:00"),
    ],
)
def test_helpers_hear_it_while_they_are_there(now: str, then: str) -> None:
    at, later = (
        datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC) for text in (now, then)
    )
    assert decent.for_helpers(at, HOURS) == later
