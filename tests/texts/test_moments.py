"""Moments as people say them, on both days that the clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from helpdesk_bot.texts.render import Texts

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=AMSTERDAM).astimezone(UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("now", "when", "dutch", "english"),
    [
        (at(2026, 11, 21, 9), at(2026, 11, 21, 14, 5), "vandaag om 14:05", "today at 14:05"),
        (at(2026, 11, 21, 9), at(2026, 11, 22, 9), "morgen om 09:00", "tomorrow at 09:00"),
        (at(2026, 11, 21, 9), at(2026, 11, 20, 23, 59), "gisteren om 23:59", "yesterday at 23:59"),
        (
            at(2026, 11, 21, 9),
            at(2026, 11, 24, 9),
            "dinsdag 24 november om 09:00",
            "Tuesday 24 November at 09:00",
        ),
        (
            at(2026, 12, 30, 9),
            at(2027, 1, 4, 9),
            "maandag 4 januari 2027 om 09:00",
            "Monday 4 January 2027 at 09:00",
        ),
        # 23:30 in UTC is the next day in Amsterdam.
        (
            at(2026, 11, 21, 9),
            datetime(2026, 11, 21, 23, 30, tzinfo=UTC),
            "morgen om 00:30",
            "tomorrow at 00:30",
        ),
        # 29 March 2026, 02:00 becomes 03:00: the day has 23 hours.
        (at(2026, 3, 28, 23, 30), at(2026, 3, 29, 3, 30), "morgen om 03:30", "tomorrow at 03:30"),
        (at(2026, 3, 29, 0, 30), at(2026, 3, 30, 0, 15), "morgen om 00:15", "tomorrow at 00:15"),
        # 25 October 2026, 03:00 becomes 02:00: half past two comes twice, the day has 25 hours.
        (
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            "vandaag om 02:30",
            "today at 02:30",
        ),
        (at(2026, 10, 25, 0, 15), at(2026, 10, 25, 23, 45), "vandaag om 23:45", "today at 23:45"),
        (at(2026, 10, 24, 12), at(2026, 10, 25, 12), "morgen om 12:00", "tomorrow at 12:00"),
    ],
)
def test_moments(texts: Texts, now: datetime, when: datetime, dutch: str, english: str) -> None:
    assert texts.say("nl", "say.when", now, when=when).body == dutch
    assert texts.say("en", "say.when", now, when=when).body == english


def test_days_without_a_time(texts: Texts) -> None:
    now = at(2026, 11, 21, 9)
    assert texts.say("nl", "say.when", now, when=date(2026, 11, 24)).body == "dinsdag 24 november"
    assert texts.say("en", "say.when", now, when=date(2025, 11, 24)).body == "Monday 24 November 2025"


def test_a_moment_without_a_zone_is_refused(texts: Texts) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        texts.say("nl", "say.when", at(2026, 1, 1), when=datetime(2026, 1, 1))  # noqa: DTZ001


def test_every_moment_of_a_year_can_be_told(texts: Texts) -> None:
    now = at(2026, 1, 1)
    for hour in range(0, 24 * 366, 5):
        assert texts.say("nl", "say.when", now, when=now + timedelta(hours=hour)).body
