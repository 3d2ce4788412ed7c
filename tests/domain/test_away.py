"""Being away in people's own words, on a Wednesday afternoon in November."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.away import period

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=AMSTERDAM).astimezone(UTC)


def local(moment: datetime | None) -> str | None:
    return moment.astimezone(AMSTERDAM).strftime("%m-%d %H:%M") if moment else None


@pytest.mark.parametrize(
    ("words", "start", "until"),
    [
        ("tot vrijdag", None, "11-27 00:00"),
        ("until friday", None, "11-27 00:00"),
        ("t/m vrijdag", None, "11-28 00:00"),
        ("tot en met 4 december", None, "12-05 00:00"),
        ("tot vrijdag 14:00", None, "11-27 14:00"),
        ("3 dagen", None, "11-28 00:00"),
        ("een week", None, "12-02 00:00"),
        ("for two weeks", None, "12-09 00:00"),
        ("vandaag", None, "11-26 00:00"),
        ("van 1 tot 10 december", "12-01 00:00", "12-10 00:00"),
        ("1 t/m 10 december", "12-01 00:00", "12-11 00:00"),
        ("from december 1 to december 10", "12-01 00:00", "12-10 00:00"),
        ("van maandag tot vrijdag", "11-30 00:00", "12-04 00:00"),
        ("vrijdag tot maandag", "11-27 00:00", "11-30 00:00"),
        ("van 28 december tot 4 januari", "12-28 00:00", "01-04 00:00"),
        ("vandaag tot vrijdag", None, "11-27 00:00"),
        ("vrijdag", "11-27 00:00", "11-28 00:00"),
        ("morgen", "11-26 00:00", "11-27 00:00"),
        ("volgende week", "11-30 00:00", "12-07 00:00"),
        ("next month", "12-01 00:00", "01-01 00:00"),
        ("vanaf maandag", "11-30 00:00", None),
        ("tot vrijdag, op vakantie", None, "11-27 00:00"),
        ("met vakantie 1 t/m 14 december", "12-01 00:00", "12-15 00:00"),
        ("ik ben ziek tot vrijdag", None, "11-27 00:00"),
        ("ik ben vanaf maandag weg", "11-30 00:00", None),
        ("ik ben er van 1 tot 10 december niet", "12-01 00:00", "12-10 00:00"),
        ("2 uur", None, "11-25 17:00"),
        ("een uurtje", None, "11-25 16:00"),
        ("vanmiddag", None, "11-25 18:00"),
        ("vanavond", None, "11-26 00:00"),
        ("tot vanavond", None, "11-25 19:00"),
        ("deze week", None, "11-30 00:00"),
        ("komend weekend", "11-28 00:00", "11-30 00:00"),
        ("weekend", "11-28 00:00", "11-30 00:00"),
        ("tot volgend jaar", None, "01-01 00:00"),
    ],
)
def test_in_words(words: str, start: str | None, until: str | None) -> None:
    away = period(words, NOW, AMSTERDAM)
    assert away is not None
    assert (local(away.start), local(away.until)) == (start, until)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "tot gisteren",
        "tot 31 februari",
        "lang",
        "van de week",
        "tot dan",
        "nee",
        "vanochtend",
        "0 uur",
        "week 1 t/m 14 augustus",
    ],
)
def test_not_understood(words: str) -> None:
    assert period(words, NOW, AMSTERDAM) is None


@pytest.mark.parametrize(
    ("now", "words", "until"),
    [
        ("2026-03-28 12:00+01:00", "1 dag", "2026-03-28 23:00"),
        ("2026-03-28 12:00+01:00", "t/m zondag", "2026-03-29 22:00"),  # the day with 23 hours
        ("2026-10-24 12:00+02:00", "2 dagen", "2026-10-25 23:00"),  # the day with 25 hours
        ("2026-12-31 12:00+01:00", "vandaag", "2026-12-31 23:00"),
        ("2028-02-28 12:00+01:00", "morgen", "2028-02-29 23:00"),
    ],
)
def test_odd_days(now: str, words: str, until: str) -> None:
    away = period(words, datetime.fromisoformat(now).astimezone(UTC), AMSTERDAM)
    assert away is not None
    assert away.until is not None
    assert away.until.strftime("%Y-%m-%d %H:%M") == until


WORDS = st.sampled_from(
    ["van", "tot", "t/m", "until", "1", "10", "31", "december", "februari", "maandag", "vrijdag", "morgen", "vandaag", "3", "dagen",
     "volgende", "week", "-", "from", "14:00"]
)  # fmt: skip


@given(
    words=st.lists(WORDS, max_size=6).map(" ".join) | st.text(max_size=25),
    now=st.integers(1_704_000_000, 2_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
)
def test_it_is_still_to_come_and_has_an_order(words: str, now: datetime) -> None:
    away = period(words, now, AMSTERDAM)
    if away is not None:
        moments = [moment for moment in (now, away.start, away.until) if moment is not None]
        assert moments == sorted(set(moments))
        assert len(moments) > 1
