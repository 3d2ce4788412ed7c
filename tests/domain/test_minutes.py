"""How long somebody worked, as people write it. Nothing is guessed: people are paid for it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.lengths import NotWorked, Wrong
from helpdesk_bot.domain.minutes import MOST, length, read, volunteered

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("30m", 30),
        ("30 min", 30),
        ("30min.", 30),
        ("90 minuten", 90),
        ("vijf minuten", 5),
        ("1u", 60),
        ("1h", 60),
        ("1 uur", 60),
        ("één uurtje", 60),
        ("two hours", 120),
        ("1u30", 90),
        ("1U30", 90),
        ("1u05", 65),
        ("1h30m", 90),
        ("1 uur en 20 minuten", 80),
        ("1 uur, 20 min", 80),
        ("1 hour and 20 minutes", 80),
        ("1,5 uur", 90),
        ("1.5 hours", 90),
        ("0,25u", 15),
        ("1,33 uur", 80),
        ("anderhalf uur", 90),
        ("een half uur", 30),
        ("half uurtje", 30),
        ("halfuur", 30),
        ("half an hour", 30),
        ("an hour", 60),
        ("twee en een half uur", 150),
        ("two and a half hours", 150),
        ("2 uur en een half", 150),
        ("kwartier", 15),
        ("een kwartiertje", 15),
        ("3 kwartier", 45),
        ("three quarters of an hour", 45),
        ("a quarter of an hour", 15),
        ("1:30", 90),
        ("0:45", 45),
        ("24 uur", 1440),
        ("½ uur", 30),
        ("1½ uur", 90),
        ("2 ½ uur", 150),
    ],
)
def test_lengths(words: str, minutes: int) -> None:
    worked = read(words, TODAY)
    assert (worked.minutes, worked.day, worked.paid, worked.rest) == (
        minutes,
        TODAY,
        None,
        "" if words[-1] != "." else ".",
    )


@pytest.mark.parametrize(
    ("words", "day", "rest"),
    [
        ("30m 23/11 12", date(2026, 11, 23), "12"),
        ("12 30m 20-11", date(2026, 11, 20), "12"),
        ("30m 31-8 vraag 12", date(2026, 8, 31), "vraag 12"),
        ("30m 2-3 mensen gebeld", TODAY, "2-3 mensen gebeld"),
    ],
)
def test_a_bare_date_is_no_question(words: str, day: date, rest: str) -> None:
    worked = read(words, TODAY)
    assert (worked.day, worked.rest) == (day, rest)


@pytest.mark.parametrize(
    ("words", "paid"),
    [
        ("30m betaalt", True),
        ("30m betaalde tijd", True),
        ("30m payed", True),
        ("30m niet betaalt", False),
        ("30m onbetaalt", False),
        ("30m vrijwilig", False),
        ("30m vrijwllig", False),
        ("30m als vrijwiliger", False),
        ("30m vrijwilligerswerk", False),
        ("30m volunteered", False),
        ("30m betalingen nagekeken", None),
    ],
)
def test_slips_in_who_pays(words: str, paid: bool | None) -> None:
    assert read(words, TODAY).paid is paid


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("", Wrong.NOTHING),
        ("bananen", Wrong.NOTHING),
        pytest.param("9" * 5000 + "m", Wrong.NOTHING, id="thousands of digits"),
        pytest.param("1" * 5000 + " keer", Wrong.NOTHING, id="thousands of digits of something else"),
        pytest.param("30m" + " " * 20_000 + "x 1u", Wrong.SEVERAL, id="thousands of spaces"),
        pytest.param("1." + "9" * 5000 + "u", Wrong.NOTHING, id="thousands of decimals"),
        pytest.param("9" * 5000 + ":30", Wrong.NOTHING, id="thousands of hours"),
        ("1/2 uur", Wrong.NOTHING),
        ("30", Wrong.NO_UNIT),
        ("1,5", Wrong.NO_UNIT),
        ("0m", Wrong.ZERO),
        ("0,001 uur", Wrong.ZERO),
        ("-30m", Wrong.ZERO),
        ("- 2 uur", Wrong.ZERO),
        ("25 uur", Wrong.TOO_LONG),
        ("24u01", Wrong.TOO_LONG),
        ("999999 uur", Wrong.TOO_LONG),
        ("30m 1u", Wrong.SEVERAL),
        ("30m gebeld en 1u gereden", Wrong.SEVERAL),
        ("van 14:00 tot 15:30", Wrong.SEVERAL),
        ("14:30", Wrong.CLOCK),
        ("30m morgen", Wrong.FUTURE),
        ("30m over 2 weken", Wrong.FUTURE),
        ("30m 26-11-2026", Wrong.FUTURE),
        ("30m 30-11", Wrong.FUTURE),  # next week, not a year ago
        ("30m op 30 december", Wrong.FUTURE),
        ("30m 31 februari", Wrong.NO_SUCH_DAY),
        ("30m 45-13 12", Wrong.NO_SUCH_DAY),
        ("30m 23-11-2025", Wrong.LONG_AGO),
    ],
)
def test_what_is_refused(words: str, wrong: Wrong) -> None:
    with pytest.raises(NotWorked) as refused:
        read(words, TODAY)
    assert refused.value.wrong is wrong


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("30m vandaag", TODAY),
        ("30m vanochtend", TODAY),
        ("30m gisteren", date(2026, 11, 24)),
        ("gisteren 30m", date(2026, 11, 24)),
        ("30m eergisteren", date(2026, 11, 23)),
        ("30m yesterday", date(2026, 11, 24)),
        ("30m woensdag", TODAY),
        ("30m dinsdag", date(2026, 11, 24)),
        ("30m op donderdag", date(2026, 11, 19)),
        ("30m vorige week dinsdag", date(2026, 11, 17)),
        ("30m dinsdag vorige week", date(2026, 11, 17)),
        ("30m afgelopen woensdag", date(2026, 11, 18)),
        ("30m last Friday", date(2026, 11, 20)),
        ("30m 2 dagen geleden", date(2026, 11, 23)),
        ("30m een week geleden", date(2026, 11, 18)),
        ("30m three days ago", date(2026, 11, 22)),
        ("30m 12 november", date(2026, 11, 12)),
        ("30m op 12 november 2026", date(2026, 11, 12)),
        ("30m op 23-11", date(2026, 11, 23)),
        ("30m 23-11", date(2026, 11, 23)),
        ("23-11 30m", date(2026, 11, 23)),
        ("30m op 30 mei", date(2026, 5, 30)),  # a date without a year is the last one
        ("30m 2026-11-01", date(2026, 11, 1)),
    ],
)
def test_days(words: str, day: date) -> None:
    worked = read(words, TODAY)
    assert (worked.minutes, worked.day, worked.rest) == (30, day, "")


def test_in_january_december_was_last_month() -> None:
    assert read("30m op 30 december", date(2027, 1, 4)).day == date(2026, 12, 30)


@pytest.mark.parametrize(
    ("words", "paid", "rest"),
    [
        ("30m betaald", True, ""),
        ("30m paid 12", True, "12"),
        ("30m vrijwillig", False, ""),
        ("30m als vrijwilliger", False, ""),
        ("30m niet betaald", False, ""),
        ("onbetaald 30m", False, ""),
        ("30m not paid", False, ""),
        ("30m", None, ""),
        ("30m betaaldag besproken", None, "betaaldag besproken"),
        ("#12: 1u dinsdag betaald", True, "#12"),
        ("30m gebeld met Fatima 12", None, "gebeld met Fatima 12"),
        ("12 30m", None, "12"),
    ],
)
def test_the_words_around_it(words: str, paid: bool | None, rest: str) -> None:
    worked = read(words, TODAY)
    assert (worked.minutes % 30, worked.paid, worked.rest) == (0, paid, rest)


@pytest.mark.parametrize(
    ("words", "is_open"), [("1 uur 30", True), ("1u30", False), ("30m 12", False), ("1 uur #12", False)]
)
def test_a_number_that_may_be_minutes(words: str, is_open: bool) -> None:
    assert read(words, TODAY).open_end is is_open


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_length_in_every_way(hours: int, minutes: int) -> None:
    whole = 60 * hours + minutes
    ways = [
        f"{hours}u{minutes:02}",
        f"{hours}h{minutes:02}m",
        f"{hours} uur en {minutes} minuten",
        f"{whole}m",
    ]
    for way in ways:
        if whole:
            assert read(way, TODAY).minutes == whole
        else:
            with pytest.raises(NotWorked):
                read(way, TODAY)


@given(st.text())
def test_whatever_is_written_is_work_or_refused(words: str) -> None:
    try:
        worked = read(words, TODAY)
    except NotWorked:
        return
    assert 0 < worked.minutes <= MOST
    assert TODAY - timedelta(days=366) <= worked.day <= TODAY


@given(
    st.dates(date(2020, 1, 1), date(2032, 12, 31)),
    st.sampled_from(["maandag", "zondag", "29 februari", "gisteren"]),
)
def test_a_day_is_never_to_come(today: date, day: str) -> None:
    try:
        found = read(f"1u {day}", today).day
    except NotWorked:
        found = None
    assert found is None or found <= today
    assert found is not None or day == "29 februari"


def test_a_length_of_any_size_with_the_words_around_it() -> None:
    assert length("De Zon 100 uur Gemeente tot 31-12-2026") == (6000, "De Zon", "Gemeente tot 31-12-2026")


@pytest.mark.parametrize(
    ("words", "so"), [("vrijwillig", True), (" Volunteer!", True), ("30m vrijwillig", False), ("", False)]
)
def test_given_after_all(words: str, so: bool) -> None:
    assert volunteered(words) is so
