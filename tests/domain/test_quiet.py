"""When somebody wants to be left alone, as people write it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.quiet import Quiet, quiet_in

NIGHT = Quiet("22:00", "08:00")


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ("tussen 22:00 en 8:00", NIGHT),
        ("22-8", NIGHT),
        ("van 10 tot 8", NIGHT),
        ("10pm to 8am", NIGHT),
        ("'s avonds na 10 niet", NIGHT),
        ("’s avonds na 10 uur niet", NIGHT),
        ("na 22 uur en voor 8 uur niet", NIGHT),
        ("'s nachts niet", NIGHT),
        ("niet na 21.30 uur", Quiet("21:30", "08:00")),
        ("voor 9 uur 's ochtends niet", Quiet("00:00", "09:00")),
        ("tussen 13:00 en 14:00", Quiet("13:00", "14:00")),
        ("niet in het weekend", Quiet(days=(5, 6))),
        ("op zondag en maandag niet", Quiet(days=(0, 6))),
        ("vrijdag t/m maandag", Quiet(days=(0, 4, 5, 6))),
        ("doordeweeks niet", Quiet(days=(0, 1, 2, 3, 4))),
        ("between 10 pm and 7:30 am, and weekends", Quiet("22:00", "07:30", (5, 6))),
        ("niet in het weekend, verder altijd goed", Quiet(days=(5, 6), any_hour=True)),
        ("not on Sunday, otherwise any time is fine", Quiet(days=(6,), any_hour=True)),
        ("tussen 22:00 en 8:00, verder altijd", NIGHT),
        ("verder altijd goed", None),
        ("alleen overdag", None),
        ("alleen in het weekend", None),  # the opposite of quiet then
        ("25:00-8:00", None),
        ("22:00-22:00", None),
        ("mijn mail doet het niet", None),
        ("kan dat na 10 uur?", None),
        ("", None),
    ],
)
def test_in_words(text: str, quiet: Quiet | None) -> None:
    assert quiet_in(text) == quiet


@pytest.mark.parametrize(
    ("quiet", "said"),
    [(NIGHT, True), (Quiet(any_hour=True), True), (Quiet(), False), (Quiet(days=(5, 6)), False)],
)
def test_about_the_night_only_hours_say_something(quiet: Quiet, said: bool) -> None:
    assert quiet.hours_said is said


@given(hours=st.tuples(st.integers(0, 1439), st.integers(0, 1439)).filter(lambda pair: pair[0] != pair[1]))
def test_hours_as_a_clock_shows_them(hours: tuple[int, int]) -> None:
    start, until = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in hours)
    found = quiet_in(f"tussen {start} en {until}")
    assert found == Quiet(start, until)


@given(st.text(max_size=60))
def test_nothing_but_hours_and_days_comes_out(text: str) -> None:
    found = quiet_in(text)
    if found is not None:
        assert all(re.fullmatch("[0-2][0-9]:[0-5][0-9]", at) for at in (found.start, found.until) if at)
        assert set(found.days) <= set(range(7))
        assert found.start or found.days
