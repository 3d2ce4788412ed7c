"""Working time, against tables of the days on which it goes wrong and against a recount of every minute."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helpdesk_bot.domain.worktime import HORIZON, Hours, Span

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = (Span(9 * 60, 17 * 60),)
NEVER: tuple[Span, ...] = ()
WEEK = (OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, NEVER, NEVER)
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 26)})
KINGSDAY = frozenset({date(2027, 4, 27)})
HOURS = Hours(WEEK, AMSTERDAM, CHRISTMAS | KINGSDAY)
ALWAYS = Hours(((Span(0, 1440),),) * 7, AMSTERDAM)
NIGHT = Hours(((Span(60, 240),),) * 7, AMSTERDAM)  # 01:00-04:00, in which the clocks change
LUNCH = Hours(((Span(540, 720), Span(780, 1020)),) * 5 + (NEVER, NEVER), AMSTERDAM)
# These change their clocks at midnight, by half an hour, and by a whole day.
BEIRUT, LORD_HOWE = ZoneInfo("Asia/Beirut"), ZoneInfo("Australia/Lord_Howe")


def local(text: str, zone: ZoneInfo = AMSTERDAM, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "start", "work", "end"),
    [
        # within a day, over a night, over a weekend
        (HOURS, "2026-11-23T10:00", "4h", "2026-11-23T14:00"),
        (HOURS, "2026-11-23T15:00", "4h", "2026-11-24T11:00"),
        (HOURS, "2026-11-27T15:00", "4h", "2026-11-30T11:00"),
        # asked before opening, after closing, in the weekend
        (HOURS, "2026-11-23T06:00", "1h", "2026-11-23T10:00"),
        (HOURS, "2026-11-23T17:00", "1h", "2026-11-24T10:00"),
        (HOURS, "2026-11-28T12:00", "1h", "2026-11-30T10:00"),
        # exactly until closing is still that day
        (HOURS, "2026-11-23T16:00", "1h", "2026-11-23T17:00"),
        (HOURS, "2026-11-23T09:00", "8h", "2026-11-23T17:00"),
        # Christmas 2026 is a Friday and a Saturday
        (HOURS, "2026-12-24T16:00", "2h", "2026-12-28T10:00"),
        # month and year end, leap day
        (HOURS, "2026-12-31T16:00", "2h", "2027-01-01T10:00"),
        (HOURS, "2028-02-28T16:00", "8h", "2028-02-29T16:00"),
        (HOURS, "2028-02-29T16:00", "2h", "2028-03-01T10:00"),
        # both switches, outside opening hours: a weekend that is an hour shorter and one that is longer
        (HOURS, "2027-03-26T16:00", "2h", "2027-03-29T10:00"),
        (HOURS, "2026-10-23T16:00", "2h", "2026-10-26T10:00"),
        # in spring 02:00 until 03:00 does not exist, so of 01:00-04:00 two hours are left
        (NIGHT, "2027-03-28T01:00", "2h", "2027-03-28T04:00"),
        (NIGHT, "2027-03-28T01:00", "1h", "2027-03-28T03:00"),
        # in autumn it is there twice, which makes four
        (NIGHT, "2026-10-25T01:00", "4h", "2026-10-25T04:00"),
        (ALWAYS, "2026-10-25T00:00", "25h", "2026-10-26T00:00"),
        (ALWAYS, "2027-03-28T00:00", "23h", "2027-03-29T00:00"),
        # a gap for lunch
        (LUNCH, "2026-11-23T11:00", "2h", "2026-11-23T14:00"),
        (LUNCH, "2026-11-23T12:30", "30m", "2026-11-23T13:30"),
    ],
)
def test_when_it_is_done(hours: Hours, start: str, work: str, end: str) -> None:
    length = timedelta(**{{"h": "hours", "m": "minutes"}[work[-1]]: int(work[:-1])})
    done = hours.add(local(start), length)
    assert done.astimezone(hours.zone).replace(tzinfo=None) == datetime.fromisoformat(end)
    assert hours.between(local(start), done) == length


def test_in_the_hour_that_is_there_twice() -> None:
    first, second = local("2026-10-25T02:30"), local("2026-10-25T02:30", fold=1)
    assert NIGHT.between(first, second) == timedelta(hours=1)
    assert NIGHT.add(first, timedelta(hours=1)) == second


def test_a_span_that_begins_in_the_hour_that_is_not_there() -> None:
    hours = Hours(((Span(150, 240),),) * 7, AMSTERDAM)  # 02:30-04:00
    assert hours.opens(local("2027-03-28T00:00")) == local("2027-03-28T03:00")
    assert hours.between(local("2027-03-28T00:00"), local("2027-03-29T00:00")) == timedelta(hours=1)


def test_a_span_that_ends_in_the_hour_that_is_there_twice() -> None:
    hours = Hours(((Span(60, 150),),) * 7, AMSTERDAM)  # 01:00-02:30, and 02:00-02:30 once more
    assert hours.between(local("2026-10-25T00:00"), local("2026-10-26T00:00")) == timedelta(hours=2)
    assert not hours.is_open(local("2026-10-25T02:45"))
    assert hours.is_open(local("2026-10-25T02:15", fold=1))


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23T09:00", "2026-11-23T09:00"),
        ("2026-11-23T16:59", "2026-11-23T16:59"),
        ("2026-11-23T17:00", "2026-11-24T09:00"),
        ("2026-12-24T17:00", "2026-12-28T09:00"),
        ("2027-04-26T20:00", "2027-04-28T09:00"),
    ],
)
def test_when_it_opens(at: str, opens: str) -> None:
    assert HOURS.opens(local(at)) == local(opens)
    assert HOURS.is_open(local(at)) == (at == opens)


def test_the_end_of_a_day() -> None:
    assert HOURS.day_ends(date(2026, 11, 24)) == local("2026-11-24T17:00")
    assert HOURS.day_ends(date(2026, 12, 25)) is None
    assert HOURS.next_day_ends(date(2026, 12, 25)) == local("2026-12-28T17:00")
    assert ALWAYS.day_ends(date(2026, 10, 25)) == local("2026-10-26T00:00")


@pytest.mark.parametrize(("begin", "end"), [(1320, 120), (600, 600), (-1, 60), (600, 1441)])
def test_a_span_stays_within_its_day(begin: int, end: int) -> None:
    with pytest.raises(ValueError, match="same day"):
        Span(begin, end)


@pytest.mark.parametrize(
    "week", [(NEVER,) * 7, (OFFICE,) * 6, ((Span(540, 720), Span(719, 1020)), *(OFFICE,) * 6)]
)
def test_a_week_that_makes_no_sense(week: tuple[tuple[Span, ...], ...]) -> None:
    with pytest.raises(ValueError, match=r"week|never|overlap"):
        Hours(week, AMSTERDAM)


def test_closed_for_good() -> None:
    class Everyday:
        def __contains__(self, _: object) -> bool:
            return True

    hours = Hours(WEEK, AMSTERDAM, Everyday())
    for ask in (partial(hours.add, NOW, timedelta(hours=1)), partial(hours.opens, NOW)):
        with pytest.raises(ValueError, match="horizon"):
            ask()
    with pytest.raises(ValueError, match="horizon"):
        hours.next_day_ends(NOW.date())
    assert hours.between(NOW, NOW + HORIZON) == timedelta(0)
    with pytest.raises(ValueError, match="forward"):
        HOURS.add(NOW, timedelta(hours=-1))


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@st.composite
def weeks(draw: st.DrawFn) -> Hours:
    """Any week in which it is open, in a zone with changes of its own kind, with some days closed."""
    cuts = st.lists(st.integers(0, 1440), max_size=6, unique=True)
    days = [sorted(draw(cuts)) for _ in range(7)]
    week = [[Span(a, b) for a, b in zip(day[::2], day[1::2], strict=False)] for day in days]
    week[2] = [Span(540, 1020)]  # so that a few months of work fit within the horizon
    zone = draw(st.sampled_from([AMSTERDAM, BEIRUT, LORD_HOWE, ZoneInfo("UTC")]))
    closed = draw(st.frozensets(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=5))
    return Hours(week, zone, closed)


NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 24, 12, tzinfo=UTC)
moments = st.builds(
    lambda since, seconds: since + timedelta(seconds=seconds),
    st.sampled_from([NEW_YEAR, OCTOBER]),
    st.integers(0, 48 * 3600) | st.integers(0, 800 * 86_400),
)
lengths = st.timedeltas(timedelta(0), timedelta(days=20))


@given(weeks(), moments, lengths)
def test_adding_and_counting_agree(hours: Hours, start: datetime, work: timedelta) -> None:
    end = hours.add(start, work)
    assert end >= start
    assert hours.between(start, end) == work
    if work:
        assert hours.between(start, end - timedelta(seconds=1)) < work  # no earlier moment would do


@given(weeks(), moments, lengths, lengths)
def test_more_work_is_never_done_sooner(
    hours: Hours, start: datetime, one: timedelta, two: timedelta
) -> None:
    assert hours.add(start, min(one, two)) <= hours.add(start, max(one, two))
    assert hours.add(hours.add(start, one), two) == hours.add(start, one + two)


@given(weeks(), moments, lengths, lengths)
def test_time_adds_up(hours: Hours, start: datetime, one: timedelta, two: timedelta) -> None:
    middle, end = start + one, start + one + two
    assert hours.between(start, middle) + hours.between(middle, end) == hours.between(start, end)
    assert timedelta(0) <= hours.between(start, end) <= end - start
    assert hours.between(end, start) == timedelta(0) or start == end


@given(weeks(), moments, st.integers(0, 3 * 1440))
@example(NIGHT, datetime(2026, 10, 24, 22, tzinfo=UTC), 1500)
@example(NIGHT, datetime(2027, 3, 27, 22, tzinfo=UTC), 1500)
def test_a_recount_of_every_minute(hours: Hours, start: datetime, minutes: int) -> None:
    start = start.replace(second=0, microsecond=0)
    counted = 0
    for minute in range(minutes):
        on_the_wall = (start + timedelta(minutes=minute)).astimezone(hours.zone)
        at = on_the_wall.hour * 60 + on_the_wall.minute
        spans = () if on_the_wall.date() in hours.closed else hours.week[on_the_wall.weekday()]
        counted += any(span.begin <= at < span.end for span in spans)
    assert hours.between(start, start + timedelta(minutes=minutes)) == timedelta(minutes=counted)


@given(weeks(), moments)
def test_it_is_open_when_it_opens(hours: Hours, at: datetime) -> None:
    opens = hours.opens(at)
    assert opens >= at
    assert hours.is_open(opens)
    assert hours.between(at, opens) == timedelta(0)
