"""Moments as people write them, on a Wednesday afternoon in November unless a test says otherwise."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.when import Found, find

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEDNESDAY = datetime(2026, 11, 25, 15, 0, tzinfo=AMSTERDAM)


def on_the_clock(words: str, now: datetime = WEDNESDAY) -> str | None:
    """Year, month, day and hour in Amsterdam."""
    found = find(words, now.astimezone(UTC), AMSTERDAM)
    return found.at.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M") if found else None


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("tot vrijdag", "2026-11-27 09:00"),
        ("until Friday", "2026-11-27 09:00"),
        ("tot en met vrijdag", "2026-11-27 09:00"),
        ("tot vr", "2026-11-27 09:00"),
        ("do", "2026-11-26 09:00"),
        ("woensdag", "2026-12-02 09:00"),  # nine o'clock of today has passed
        ("woensdag om 16:00", "2026-11-25 16:00"),
        ("woensdag om 10 uur", "2026-12-02 10:00"),
        ("volgende vrijdag", "2026-12-04 09:00"),
        ("volgende week dinsdag", "2026-12-01 09:00"),
        ("dinsdag volgende week", "2026-12-01 09:00"),
        ("vrijdag over een week", "2026-12-04 09:00"),
        ("over een week op vrijdag", "2026-12-04 09:00"),
        ("a week on Friday", "2026-12-04 09:00"),
        ("morgen over een week", "2026-12-03 09:00"),
        ("vandaag over 3 weken", "2026-12-16 09:00"),
        ("a week from tomorrow", "2026-12-03 09:00"),
        ("volgende week", "2026-11-30 09:00"),
        ("next month", "2026-12-01 09:00"),
        ("na het weekend", "2026-11-30 09:00"),
        ("morgen", "2026-11-26 09:00"),
        ("the day after tomorrow", "2026-11-27 09:00"),
        ("over 2 weken", "2026-12-09 09:00"),
        ("in two weeks", "2026-12-09 09:00"),
        ("3 dagen", "2026-11-28 09:00"),
        ("over drie maanden", "2027-02-25 09:00"),
        ("12 december", "2026-12-12 09:00"),
        ("december 12, 2027", "2027-12-12 09:00"),
        ("vrijdag 4 december", "2026-12-04 09:00"),
        ("12-12", "2026-12-12 09:00"),
        ("tot 1/12", "2026-12-01 09:00"),
        ("1-12-26", "2026-12-01 09:00"),
        ("2026-12-01", "2026-12-01 09:00"),
        ("1 januari", "2027-01-01 09:00"),
        ("de 3e", "2026-12-03 09:00"),
        ("on the 3rd", "2026-12-03 09:00"),
        ("tot december", "2026-12-01 09:00"),
        ("29 februari", "2028-02-29 09:00"),
    ],
)
def test_days(words: str, moment: str) -> None:
    assert on_the_clock(words) == moment


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("over 2 uur", "2026-11-25 17:00"),
        ("over anderhalf uur", "2026-11-25 16:30"),
        ("in half an hour", "2026-11-25 15:30"),
        ("over 1,5 uur", "2026-11-25 16:30"),
        ("over 2 uur en 10 minuten", "2026-11-25 17:10"),
        ("morgen om half drie", "2026-11-26 14:30"),
        ("overmorgen 14:30", "2026-11-27 14:30"),
        ("morgen om 14.30 uur", "2026-11-26 14:30"),
        ("morgenochtend", "2026-11-26 09:00"),
        ("vanavond", "2026-11-25 19:00"),
        ("tonight", "2026-11-25 19:00"),
        ("vanavond 8 uur", "2026-11-25 20:00"),
        ("maandag 9 uur 's avonds", "2026-11-30 21:00"),
        ("maandag om 9 uur ’s avonds", "2026-11-30 21:00"),
        ("om 8 uur", "2026-11-25 20:00"),  # eight in the morning has passed
        ("om 11 uur", "2026-11-26 11:00"),  # nobody means eleven at night
        ("om 3 uur", "2026-11-26 15:00"),
        ("at 5pm", "2026-11-25 17:00"),
        ("until 5 p.m.", "2026-11-25 17:00"),
        ("tot 12 uur", "2026-11-26 12:00"),
        ("tomorrow at noon", "2026-11-26 12:00"),
        ("om kwart voor drie", "2026-11-26 14:45"),
        ("om kwart over 4", "2026-11-25 16:15"),
        ("om kwart over vier uur", "2026-11-25 16:15"),
        ("morgen om tien over drie", "2026-11-26 15:10"),
        ("om 10 voor half 4", "2026-11-25 15:20"),
        ("om half 0", "2026-11-25 23:30"),
        ("at five to one", "2026-11-26 12:55"),
        ("tomorrow at twenty past 5 pm", "2026-11-26 17:20"),
        ("vrijdag 9u30", "2026-11-27 09:30"),
        ("morgen om 1u30", "2026-11-26 13:30"),
        ("over 1u30", "2026-11-25 16:30"),
        ("over drie kwartier", "2026-11-25 15:45"),
        ("over twee en een half uur", "2026-11-25 17:30"),
        ("vier uur 's middags", "2026-11-25 16:00"),
        ("8 in the morning", "2026-11-26 08:00"),
        ("noon tomorrow", "2026-11-26 12:00"),
        ("om middernacht", "2026-11-26 00:00"),
    ],
)
def test_hours(words: str, moment: str) -> None:
    assert on_the_clock(words) == moment


@pytest.mark.parametrize(
    "words",
    [
        "", "gisteren", "vandaag", "31 februari", "1-12-2020", "om 25 uur", "vandaag om 10:00", "ooit", "2 uur",
        "over 0 dagen", "over 999 jaar", "32-13", "do it", "the sun", "1e kerstdag", "kamer 12-3", "bel Jan 5 minuten eerder", "it may 3 times fail", "-5 dagen",
        "over -5 minuten", "vrijdag om middernacht",
    ],
)  # fmt: skip
def test_no_moment(words: str) -> None:
    assert on_the_clock(words) is None


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("bel Joris morgen om 10 uur over de mail", "bel Joris over de mail"),
        ("vrijdag 3 dingen doen", "3 dingen doen"),
        ("de printer, overmorgen", "de printer"),
        ("tomorrow at 3pm call Joris", "call Joris"),
        ("Morgen de lijst van om 14:00 nakijken", "de lijst van nakijken"),
        ("over een half uur: bellen", "bellen"),
        ("morgen over 2 mensen praten", "over 2 mensen praten"),
        ("om 10 voor 15 mensen koken", "voor 15 mensen koken"),
    ],
)
def test_the_words_around_it(words: str, rest: str) -> None:
    found = find(words, WEDNESDAY.astimezone(UTC), AMSTERDAM)
    assert found is not None
    assert found.rest == rest


def test_whole_days_begin_when_the_asker_says() -> None:
    now = WEDNESDAY.astimezone(UTC)
    friday = datetime(2026, 11, 27, tzinfo=AMSTERDAM).astimezone(UTC)
    assert find("tot vrijdag", now, AMSTERDAM, day_at=time(0)) == Found(friday, "", whole_day=True)
    hour = find("vrijdag 10:00", now, AMSTERDAM, day_at=time(0))
    assert hour is not None
    assert not hour.whole_day


@pytest.mark.parametrize(
    ("now", "words", "utc"),
    [
        # On 29 March 2026 the clock goes from 2:00 to 3:00, on 25 October from 3:00 back to 2:00.
        ("2026-03-28 12:00+01:00", "morgen om 02:30", "2026-03-29 01:30"),
        ("2026-03-28 12:00+01:00", "morgen om 10 uur", "2026-03-29 08:00"),
        ("2026-03-29 00:30+01:00", "over 2 uur", "2026-03-29 01:30"),
        ("2026-10-24 12:00+02:00", "morgen om 02:30", "2026-10-25 00:30"),
        ("2026-10-25 02:45+02:00", "om 02:30", "2026-10-25 01:30"),  # it comes once more
        ("2026-10-24 12:00+02:00", "over 2 dagen", "2026-10-26 08:00"),
        ("2026-12-31 05:00+01:00", "om 0 uur", "2026-12-31 23:00"),  # midnight, though noon is earlier
        ("2026-12-31 23:30+01:00", "morgen", "2027-01-01 08:00"),
        ("2026-01-31 12:00+01:00", "over een maand", "2026-02-28 08:00"),
        ("2028-02-28 12:00+01:00", "morgen", "2028-02-29 08:00"),
    ],
)
def test_odd_days(now: str, words: str, utc: str) -> None:
    found = find(words, datetime.fromisoformat(now).astimezone(UTC), AMSTERDAM)
    assert found is not None
    assert found.at.strftime("%Y-%m-%d %H:%M") == utc


PARTS = st.sampled_from(
    ["tot", "op", "om", "over", "in", "vrijdag", "monday", "morgen", "3", "12", "een", "dagen", "week", "uur", "half", "8:00",
     "12-12", "december", "31", "februari", "pm", "'s", "avonds", "volgende", "the", "3e", "0", "999", "jaar", "e\u0301", "İ"]
)  # fmt: skip


@given(
    words=st.lists(PARTS, max_size=7).map(" ".join) | st.text(max_size=30),
    now=st.integers(1_704_000_000, 2_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
)
def test_what_is_found_is_still_to_come(words: str, now: datetime) -> None:
    found = find(words, now, AMSTERDAM)
    if found is not None:
        assert found.at > now
        assert found.at.tzinfo is UTC
        assert all(word.strip(" ,;:") in words for word in found.rest.split())


@given(
    day=st.dates(date(2024, 1, 1), date(2032, 12, 31)),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
def test_a_written_moment_is_that_moment(day: date, hour: int, minute: int) -> None:
    now = datetime(2023, 12, 31, 10, 0, tzinfo=UTC)
    found = find(f"{day:%d-%m-%Y} {hour:02}:{minute:02}", now, AMSTERDAM)
    assert found is not None
    local = found.at.astimezone(AMSTERDAM)
    skipped = local.replace(tzinfo=None) - datetime.fromisoformat(f"{day} {hour:02}:{minute:02}")
    assert skipped in (timedelta(), timedelta(hours=1))
    assert skipped == timedelta() or local.month == 3
