"""From when until when, in people's own words."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from helpdesk_bot.domain.period import period

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # Monday, ten o'clock in Amsterdam


def local(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("words", "begin", "end", "rest"),
    [
        ("vrijdag 18:00 tot zaterdag", local(27, 18), local(28, 9), ""),
        ("vrijdag 18:00 tot zaterdag 12:00", local(27, 18), local(28, 12), ""),
        ("van vrijdag t/m zondag", local(27, 9), local(30, 9), ""),
        ("noord vrijdag tot en met zondag", local(27, 9), local(30, 9), "noord"),
        ("from friday until monday", local(27, 9), local(30, 9), ""),
        ("nu tot morgen 12:00", NOW, local(24, 12), ""),
        ("tot vrijdag", NOW, local(27, 9), ""),
        ("zaterdag", local(28, 9), None, ""),
        ("stad zaterdag", local(28, 9), None, "stad"),
    ],
)
def test_understood(words: str, begin: datetime, end: datetime | None, rest: str) -> None:
    found = period(words, NOW, AMSTERDAM, day_at=time(9))
    assert found is not None
    assert (found.begin, found.end, found.rest) == (begin, end, rest)


@pytest.mark.parametrize("words", ["", "ooit", "vrijdag tot 31 februari", "tot", "vrijdag tot ooit"])
def test_not_understood(words: str) -> None:
    assert period(words, NOW, AMSTERDAM, day_at=time(9)) is None


def test_over_the_clock_change() -> None:
    found = period("24 oktober t/m 25 oktober", datetime(2026, 10, 20, tzinfo=UTC), AMSTERDAM, day_at=time(9))
    assert found is not None
    assert found.end == local(26, 9, month=10)
