"""Opening hours in words: 'maandag tot en met vrijdag van 09:00 tot 17:00'."""

from collections.abc import Sequence
from itertools import groupby

from babel import Locale
from babel.lists import format_list

from helpdesk_bot.domain.worktime import MINUTES, Hours, Span
from helpdesk_bot.texts.moments import Words


def opening(hours: Hours, locale: Locale, words: Words) -> str:
    """Every day on which it is open; days in a row that are alike together."""
    if all(tuple(spans) == (Span(0, MINUTES),) for spans in hours.week):
        return words("opening.always")
    names = locale.days["format"]["wide"]
    parts = []
    for spans, days in groupby(range(len(hours.week)), key=lambda day: tuple(hours.week[day])):
        if spans:
            parts.append(
                words(
                    "opening.days",
                    days=_days([names[day] for day in days], words),
                    times=_times(spans, locale, words),
                )
            )
    return "; ".join(parts)


def _days(names: Sequence[str], words: Words) -> str:
    if len(names) == 1:
        return names[0]
    return words("opening.two" if len(names) == 2 else "opening.from_to", first=names[0], last=names[-1])


def _times(spans: Sequence[Span], locale: Locale, words: Words) -> str:
    said = [words("opening.span", begin=_clock(span.begin), end=_clock(span.end)) for span in spans]
    return format_list(said, locale=locale)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
