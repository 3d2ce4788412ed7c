"""Who is called next."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.panic import MOST_OF_A_ROTA, Next, next_to_call
from helpdesk_bot.domain.rota import CITY, Absence, Duty, Rota

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
A, B, C, D, E = (f"@{letter}:test" for letter in "abcde")


def duty(id_: str, *people: str, there: set[str] | None = None) -> Duty:
    rota = Rota(id_, people, 7, 0, time(9), date(2026, 11, 23), AMSTERDAM)
    return Duty(rota, frozenset(people if there is None else there))


def test_the_stadsdeel_first_then_the_city_two_of_each() -> None:
    duties = [duty("noord", A, B, C), duty(CITY, D, A, E)]
    called: list[tuple[str, str]] = []
    while (following := next_to_call(duties, AT, called, set())) is not None:
        called.append((following.rota, following.user_id))
    assert called == [("noord", A), ("noord", B), (CITY, D), (CITY, E)]


def test_what_is_said_of_each() -> None:
    noord = duty("noord", A, B)
    assert next_to_call([noord], AT, [], set()) == Next(A, "noord", first=True, on_duty=True)
    assert next_to_call([noord], AT, [("noord", A)], set()) == Next(B, "noord", first=False, on_duty=False)
    gap = Duty(noord.rota, noord.members, [], [Absence(A, AT)])
    assert next_to_call([gap], AT, [], set()) == Next(B, "noord", first=True, on_duty=False)


def test_never_who_raised_the_alarm_nor_who_is_not_there() -> None:
    assert next_to_call([duty("noord", A, B)], AT, [], {A}) == Next(B, "noord", first=True, on_duty=False)
    assert next_to_call([duty("noord", A, B, there=set())], AT, [], set()) is None
    assert next_to_call([], AT, [], set()) is None


people = st.lists(st.sampled_from([A, B, C, D, E]), min_size=1, max_size=6)


@given(people, people, st.sets(st.sampled_from([A, B, C, D, E])), st.sets(st.sampled_from([A, B, C, D, E])))
def test_it_ends_and_calls_nobody_twice(
    noord: list[str], city: list[str], there: set[str], never: set[str]
) -> None:
    duties = [duty("noord", *noord, there=there), duty(CITY, *city, there=there)]
    called: list[tuple[str, str]] = []
    while (following := next_to_call(duties, AT, called, never)) is not None:
        called.append((following.rota, following.user_id))
        assert len(called) <= 2 * MOST_OF_A_ROTA
    users = [user for _, user in called]
    assert len(users) == len(set(users))
    assert set(users) <= there - never
    wanted = (set(noord) & there) - never
    assert bool(wanted) == any(rota == "noord" for rota, _ in called)
