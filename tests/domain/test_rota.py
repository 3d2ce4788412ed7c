"""Whose turn it is: also when the clocks change, the year ends, and people agreed something else."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.rota import Absence, Duty, Override, Rota, Shift

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ANNA, BRAM, CEES = "@anna:test", "@bram:test", "@cees:test"
ALL = frozenset({ANNA, BRAM, CEES})
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def rota(
    *people: str, days: int = 7, at: time = time(9), weekday: int = 0, first: date = date(2026, 1, 1)
) -> Rota:
    return Rota("noord", people or (ANNA, BRAM, CEES), days, weekday, at, first, AMSTERDAM)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=AMSTERDAM)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("at", "who"),
    [
        (local(2026, 1, 5, 8, 59), None),  # the first Monday from 1 January on, before nine
        (local(2026, 1, 5, 9), ANNA),
        (local(2026, 1, 12, 8, 59, 59), ANNA),
        (local(2026, 1, 12, 9), BRAM),
        (local(2026, 1, 19, 9), CEES),
        (local(2026, 1, 26, 9), ANNA),
        (local(2026, 3, 30, 8, 59), CEES),  # the clocks went on in the night of 29 March
        (local(2026, 3, 30, 9), ANNA),
        (local(2026, 10, 26, 8, 59), CEES),  # and back in that of 25 October
        (local(2026, 10, 26, 9), ANNA),
        (local(2026, 12, 31, 23, 59), ANNA),
        (local(2027, 1, 1, 0, 1), ANNA),
        (local(2027, 1, 4, 9), BRAM),
        (local(2028, 2, 29, 12), BRAM),
    ],
)
def test_by_turns(at: datetime, who: str | None) -> None:
    assert Duty(rota(), ALL).on_duty(at) == who


@pytest.mark.parametrize(
    ("monday", "hours"), [((2026, 3, 23), 7 * 24 - 1), ((2026, 10, 19), 7 * 24 + 1), ((2026, 11, 2), 7 * 24)]
)
def test_a_turn_hands_over_at_the_same_time_on_the_wall(monday: tuple[int, int, int], hours: int) -> None:
    [shift] = Duty(rota(), ALL).shifts(local(*monday, 9), local(*monday, 10))
    assert shift.end - shift.begin == hours * HOUR
    assert shift.end.astimezone(AMSTERDAM).time() == time(9)


@pytest.mark.parametrize(
    ("at", "begins"),
    [
        (time(2, 30), [(2026, 3, 28, 1, 30), (2026, 3, 29, 1, 30), (2026, 3, 30, 0, 30)]),  # 2:30 is skipped
        (time(2, 30), [(2026, 10, 24, 0, 30), (2026, 10, 25, 0, 30), (2026, 10, 26, 1, 30)]),  # and is twice
        (time(0), [(2026, 3, 28, 23), (2026, 3, 29, 22)]),
    ],
)
def test_a_handover_in_the_hour_that_changes(at: time, begins: list[tuple[int, ...]]) -> None:
    moments = [datetime(*parts, tzinfo=UTC) for parts in begins]  # type: ignore[arg-type, misc]
    every_day = Duty(rota(days=1, at=at), ALL)
    assert [s.begin for s in every_day.shifts(moments[0], moments[-1] + HOUR)] == moments
    for before, after in pairwise(every_day.on_duty(moment) for moment in moments):
        assert before != after


def test_nobody_before_the_first_day() -> None:
    duty = Duty(rota(), ALL)
    assert duty.shifts(local(2025, 12, 1), local(2026, 1, 5, 9)) == []
    assert duty.order(local(2026, 1, 1)) == [ANNA, BRAM, CEES]


class TestAgreedOtherwise:
    monday = local(2026, 11, 23, 9)  # Bram's turn

    def test_somebody_takes_over_for_a_while(self) -> None:
        override = Override(CEES, local(2026, 11, 27, 18), local(2026, 11, 28, 9))
        duty = Duty(rota(), ALL, [override])
        assert [s.user_id for s in duty.shifts(self.monday, self.monday + WEEK)] == [BRAM, CEES, BRAM]
        assert duty.on_duty(local(2026, 11, 27, 17, 59)) == BRAM
        assert duty.on_duty(local(2026, 11, 27, 18)) == CEES
        assert duty.on_duty(local(2026, 11, 28, 9)) == BRAM

    def test_what_was_agreed_last_counts(self) -> None:
        long = Override(CEES, self.monday, self.monday + WEEK)
        short = Override(ANNA, self.monday + DAY, self.monday + 2 * DAY)
        assert Duty(rota(), ALL, [long, short]).on_duty(self.monday + DAY) == ANNA
        assert Duty(rota(), ALL, [short, long]).on_duty(self.monday + DAY) == CEES
        assert Duty(rota(), ALL, [long, short]).on_duty(self.monday + 2 * DAY) == CEES

    def test_over_the_end_of_a_turn(self) -> None:
        override = Override(CEES, self.monday + 6 * DAY, self.monday + 8 * DAY)
        shifts = Duty(rota(), ALL, [override]).shifts(self.monday, self.monday + 8 * DAY)
        assert [s.user_id for s in shifts] == [BRAM, CEES, CEES]

    def test_a_gap_that_an_override_closes_and_one_that_it_leaves(self) -> None:
        away = Absence(BRAM, self.monday + DAY, self.monday + 3 * DAY)
        duty = Duty(rota(), ALL, [], [away])
        assert duty.gaps(self.monday, self.monday + WEEK) == [
            Shift(None, (self.monday + DAY).astimezone(UTC), (self.monday + 3 * DAY).astimezone(UTC))
        ]
        half = Override(CEES, self.monday + DAY, self.monday + 2 * DAY)
        [left] = Duty(rota(), ALL, [half], [away]).gaps(self.monday, self.monday + WEEK)
        assert (left.begin, left.end) == (self.monday + 2 * DAY, self.monday + 3 * DAY)
        whole = Override(CEES, self.monday, self.monday + 4 * DAY)
        assert Duty(rota(), ALL, [whole], [away]).gaps(self.monday, self.monday + WEEK) == []

    def test_whoever_took_over_and_is_away_is_nobody(self) -> None:
        override = Override(CEES, self.monday, self.monday + DAY)
        duty = Duty(rota(), ALL, [override], [Absence(CEES, self.monday)])
        assert duty.on_duty(self.monday) is None
        assert duty.order(self.monday) == [ANNA, BRAM]

    def test_a_gap_is_the_same_whenever_one_looks(self) -> None:
        duty = Duty(rota(), ALL - {BRAM})
        early = duty.gaps(self.monday - 2 * DAY, self.monday + DAY)
        late = duty.gaps(self.monday + 3 * DAY, self.monday + 4 * DAY)
        assert (
            early == late == [Shift(None, self.monday.astimezone(UTC), (self.monday + WEEK).astimezone(UTC))]
        )


class TestWhoIsNext:
    at = local(2026, 11, 23, 10)  # Bram's turn

    def test_in_turn_and_each_once(self) -> None:
        duty = Duty(rota(), ALL)
        assert duty.order(self.at) == [BRAM, CEES, ANNA]
        assert duty.after(BRAM, self.at) == CEES
        assert duty.after(CEES, self.at) == ANNA
        assert duty.after(ANNA, self.at) is None

    def test_not_who_is_away_or_gone(self) -> None:
        duty = Duty(rota(), ALL - {CEES}, [], [Absence(BRAM, self.at - DAY, self.at + DAY)])
        assert duty.on_duty(self.at) is None
        assert duty.after(None, self.at) == ANNA
        assert duty.after(ANNA, self.at) is None

    def test_whoever_took_over_comes_first(self) -> None:
        other = "@dirk:test"
        duty = Duty(rota(), ALL | {other}, [Override(other, self.at, self.at + HOUR)])
        assert duty.order(self.at) == [other, CEES, ANNA, BRAM]


people = st.lists(st.sampled_from([ANNA, BRAM, CEES, "@dirk:test"]), min_size=1, max_size=5).map(tuple)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
rotas = st.builds(
    Rota,
    id=st.just("noord"),
    people=people,
    days=st.integers(1, 30),
    weekday=st.integers(0, 6),
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    first_day=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    zone=st.just(AMSTERDAM),
)
spans = st.tuples(people.map(lambda p: p[0]), moments, st.integers(1, 500).map(lambda n: n * HOUR))
duties = st.builds(
    lambda rota, members, overrides, absences: Duty(
        rota,
        frozenset(members),
        [Override(user, at, at + long) for user, at, long in overrides],
        [Absence(user, at, at + long) for user, at, long in absences],
    ),
    rotas,
    people,
    st.lists(spans, max_size=5),
    st.lists(spans, max_size=5),
)


@given(duties, moments, st.integers(1, 60 * 24))
def test_shifts_leave_no_moment_out_and_agree_with_who_is_on_duty(
    duty: Duty, begin: datetime, hours: int
) -> None:
    end = begin + hours * HOUR
    shifts = duty.shifts(begin, end)
    for before, after in pairwise(shifts):
        assert before.end == after.begin
    if begin >= duty.rota.begin(0):
        assert shifts[0].begin <= begin < end <= shifts[-1].end
    for shift in shifts:
        last = shift.end - timedelta(microseconds=1)
        assert shift.begin < shift.end
        assert duty.on_duty(shift.begin) == duty.on_duty(last) == shift.user_id
    assert duty.gaps(begin, end) == [shift for shift in shifts if shift.user_id is None]


@given(rotas, moments)
def test_a_moment_lies_in_its_turn(rota: Rota, at: datetime) -> None:
    turn = rota.turn(at)
    assert rota.begin(turn) <= at < rota.begin(turn + 1)
    handover = rota.begin(turn).astimezone(AMSTERDAM)
    assert (handover.date() - rota.first_day).days >= 0 or turn < 0


@given(duties, moments)
def test_following_the_order_reaches_everybody_who_is_there_once(duty: Duty, at: datetime) -> None:
    called: list[str] = []
    user = duty.after(None, at)
    while user is not None:
        called.append(user)
        user = duty.after(user, at)
    there = {p for p in (*duty.rota.people, *(o.user_id for o in duty.overrides)) if duty.available(p, at)}
    assert len(called) == len(set(called))
    assert set(duty.rota.people) & there <= set(called) <= there
    if duty.on_duty(at):
        assert called[0] == duty.on_duty(at)
