"""When a stadsdeel is open, and what is promised in those hours."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.config import durations, load
from helpdesk_bot.domain.tickets import Priority
from tests.config.written import SMALL, complaints, written


def test_without_a_word_about_it_office_hours_and_dutch_holidays(tmp_path: Path) -> None:
    hours = load(written(tmp_path, SMALL)).hours("noord")
    opens = [hours.opens(datetime(2026, 4, day, 10, tzinfo=UTC)).day for day in (24, 25, 27, 28)]
    assert opens == [24, 28, 28, 28]  # a Friday, a weekend, King's Day on a Monday


def test_a_stadsdeel_says_only_what_is_different(tmp_path: Path) -> None:
    text = SMALL + "opening_hours: {monday: 10:00-12:00, holidays: false, closed_on: [2026-11-24]}\n"
    text = text.replace(
        "    name: Oost\n", "    name: Oost\n    opening_hours: {monday: [], saturday: '9.30 - 12:00'}\n"
    )
    config = load(written(tmp_path, text))
    monday = datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert config.hours("noord").opens(monday) == monday.replace(hour=9)
    assert config.hours("oost").opens(monday) == datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert config.hours("oost").day_ends(date(2026, 11, 28)) == datetime(2026, 11, 28, 11, tzinfo=UTC)
    assert config.hours(None).is_open(datetime(2026, 4, 27, 9, tzinfo=UTC))


def test_open_on_a_holiday(tmp_path: Path) -> None:
    config = load(written(tmp_path, SMALL + "opening_hours: {open_on: [2026-12-25]}\n"))
    assert config.hours(None).is_open(datetime(2026, 12, 25, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("  monday: 17:00-09:00", "18:11 opening_hours.monday has a time that ends before it begins"),
        ("  monday: 22:00-24:30", "18:11 opening_hours.monday has a time that ends before it begins"),
        ("  monday: nine to five", "18:11 opening_hours.monday is not a time such as 09:00-17:00"),
        ("  monday: [09:00-12:00, 11:59-17:00]", "18:11 opening_hours.monday has times that overlap"),
        ("  monday: {from: 9}", "18:11 opening_hours.monday is not a time such as 09:00-17:00"),
        ("  holidays: Nederland", "18:13 opening_hours.holidays is not a country"),
        ("  closed_on: [24-12-2026]", "18:14 opening_hours.closed_on has something that is not a day"),
        (
            "  closed_on: [2026-12-25]\n  open_on: [2026-12-25]",
            "19:12 opening_hours.open_on 2026-12-25 is in",
        ),
        ("  mondag: 09:00-17:00", "18:3 opening_hours.mondag is not a setting"),
        (
            "".join(f"  {day}: []\n" for day in ("monday", "tuesday", "wednesday", "thursday", "friday")),
            "18:3 opening_hours is never open",
        ),
        (
            "".join(f"  {day}: []\n" for day in ("monday", "tuesday", "wednesday", "thursday"))
            + "  friday: 10:00-12:00\n",
            "18:3 opening_hours is too little for what is promised (20d of working time)",
        ),
    ],
)
def test_what_makes_no_sense(tmp_path: Path, lines: str, said: str) -> None:
    found = complaints(tmp_path, f"{SMALL}opening_hours:\n{lines}\n")
    assert len(found) == 1
    assert found[0].startswith(said)


def test_what_is_promised(tmp_path: Path) -> None:
    text = SMALL + "targets:\n  normal: {claim: 1d 4h, answer: 2d, solve: 5d}\n"
    target = load(written(tmp_path, text)).targets.of(Priority.NORMAL)
    assert target.claim == timedelta(hours=12)
    assert target.solve == timedelta(hours=40)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            "{claim: 1w, answer: 2d, solve: 5d}",
            "18:19 targets.normal.claim is not a length of working time",
        ),
        ("{claim: 0m, answer: 2d, solve: 5d}", "18:19 targets.normal.claim is not something to promise"),
        (
            "{claim: 4, answer: 2d, solve: 5d}",
            "18:19 targets.normal.claim is not a length of working time",
        ),
        (
            "{claim: 4h, answer: 2h, solve: 5d}",
            "18:31 targets.normal.answer must not be shorter than claim",
        ),
        ("{claim: 4h, answer: 4h}", "18:3 targets.normal.solve is missing"),
    ],
)
def test_a_promise_that_makes_no_sense(tmp_path: Path, target: str, said: str) -> None:
    [found] = complaints(tmp_path, f"{SMALL}targets:\n  normal: {target}\n")
    assert found.startswith(said)


@given(st.integers(1, 3_000))
def test_working_time_written_and_read_again(minutes: int) -> None:
    length = timedelta(minutes=minutes)
    assert durations.parse_work(durations.write_work(length)) == length
