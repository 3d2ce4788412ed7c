"""Moments and durations in words, as people say them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time

Words = Callable[..., str]  # (key, n=None, **values) -> text in one language

_UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60))


def moment(when: datetime, now: datetime, zone: ZoneInfo, locale: Locale, words: Words) -> str:
    """'vandaag om 14:05', 'tomorrow at 09:00', 'dinsdag 24 november om 09:00'."""
    if when.tzinfo is None or now.tzinfo is None:
        raise ValueError("a moment without a time zone can't be told")
    local, today = when.astimezone(zone), now.astimezone(zone).date()
    clock = format_time(local.replace(tzinfo=None), "HH:mm", locale=locale)
    near = {-1: "moment.yesterday", 0: "moment.today", 1: "moment.tomorrow"}.get((local.date() - today).days)
    if near:
        return words(near, time=clock)
    return words("moment.on", day=day(local.date(), today, locale, words), time=clock)


def day(when: date, today: date, locale: Locale, words: Words) -> str:
    """'dinsdag 24 november', with the year when it is not this one."""
    pattern = "moment.day_pattern" if when.year == today.year else "moment.day_year_pattern"
    return format_date(when, words(pattern), locale=locale)


def work(minutes: int, words: Words) -> str:
    """'12 uur en 30 minuten', '0 minuten': days would say nothing, because nobody works all day and night."""
    hours, left = divmod(abs(minutes), 60)
    counts = [("hours", hours)] * bool(hours) + [("minutes", left)] * bool(left or not hours)
    said = [words(f"duration.{name}", n=count) for name, count in counts]
    return said[0] if len(said) == 1 else words("duration.and", first=said[0], second=said[1])


def duration(span: timedelta, words: Words) -> str:
    """'10 minuten', '1 day', '2 uur en 30 minuten': at most two units, rounded to minutes from one minute up."""
    seconds = round(abs(span).total_seconds())
    if seconds < 60:
        return words("duration.seconds", n=seconds)
    left = (seconds + 30) // 60 * 60
    counts = []
    for name, size in _UNITS:
        counts.append((name, left // size))
        left %= size
    first = next(i for i, (_, count) in enumerate(counts) if count)
    said = [words(f"duration.{name}", n=count) for name, count in counts[first : first + 2] if count]
    return said[0] if len(said) == 1 else words("duration.and", first=said[0], second=said[1])
