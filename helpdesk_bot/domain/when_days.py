"""The day that somebody names: a weekday, a date with or without a year, 'morgen', 'over 2 weken', 'volgende maand'."""

import calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from helpdesk_bot.domain.when_words import (
    DAYS,
    MONTH_UNITS,
    MONTHS,
    NEAR_DAYS,
    NUMBERS,
    SECONDS,
    SHORT_WEEKDAYS,
    WEEKDAYS,
)

MOST = 1000  # of a unit; a longer number is something else


@dataclass(frozen=True, slots=True)
class Day:
    """Where it stands in the words, and which day it is; `on` is None for one that there is not, or that has passed.

    `named_by_weekday`: today may be meant, or else the same day next week.
    """

    place: tuple[int, int]
    on: date | None
    named_by_weekday: bool = False

    @property
    def start(self) -> int:
        return self.place[0]

    @property
    def end(self) -> int:
        return self.place[1]


def folded(words: str) -> str:
    """Small letters and plain apostrophes, each in its old place."""
    lowered = (c.lower() if len(c.lower()) == 1 else c for c in words)
    return "".join(lowered).translate(str.maketrans("’‘`´", "''''"))


def any_of(names: Iterable[str]) -> str:
    """A pattern for any of these names, the longest first."""
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


def amount(text: str) -> int:
    """'3' or 'drie'."""
    return NUMBERS[text] if text in NUMBERS else int(text)


A_NUMBER = rf"(?:[0-9]{{1,3}}|{any_of(NUMBERS)})"
_BEFORE = r"(?:tot en met|tot|t/m|tm|until|till|til|op|on|vanaf|from|per|by|sinds)"
_LEAD = rf"(?<![\w-])(?:{_BEFORE}\s+)?(?:en met\s+)?(?:de\s+|the\s+)?"
_END = r"(?![\w])"
_YEAR = r"(?:\s*,?\s*(?P<year>20[0-9]{2}))?"
_DAY_NUMBER = r"(?P<day>[0-9]{1,2})(?:e|ste|de|st|nd|rd|th)?"
_FOR = r"(?:over|in|binnen|na|after|for|voor)"
_LENGTH = {**DAYS, **MONTH_UNITS}
_NEXT = r"(?:volgende|volgend|next)"


def day(text: str, today: date) -> Day | None:
    """The first day that is named in folded words, or the span ('3 dagen') when nothing else is."""
    for patterns in (_STRONG, _WEAK):
        hits = [(found, read) for pattern, read in patterns for found in pattern.finditer(text)]
        if hits:
            found, read = min(hits, key=lambda hit: (hit[0].start(), -len(hit[0][0])))
            by_weekday = found.groupdict().get("weekday") is not None
            return Day(found.span(), read(found, today), by_weekday and not found.groupdict().get("later"))
    return None


def _near(found: re.Match[str], today: date) -> date:
    weeks = _weeks_later(found) or 0
    return today + timedelta(days=NEAR_DAYS[found["near"]], weeks=weeks)


def _part_of_today(_: re.Match[str], today: date) -> date:
    return today


def _weekday(found: re.Match[str], today: date) -> date:
    """The next one, today included: an hour of today may still be to come. With 'volgende week', that of next week."""
    number = (WEEKDAYS | SHORT_WEEKDAYS)[found["weekday"]]
    later = found.groupdict().get("later") or ""
    if re.search(_NEXT, later):
        return _monday_after(today) + timedelta(days=number)
    ahead = (number - today.weekday()) % 7
    weeks = _weeks_later(found)
    return today + (timedelta(days=ahead) if weeks is None else timedelta(days=ahead or 7, weeks=weeks))


def _weeks_later(found: re.Match[str]) -> int | None:
    weeks = re.search(rf"({A_NUMBER})\s+we", found.groupdict().get("later") or "")
    return amount(weeks[1]) if weeks else None


def _dated(found: re.Match[str], today: date) -> date | None:
    """Without a year, the next time that there is such a day: 29 februari may be years ahead."""
    day_, month = int(found["day"]), _month(found)
    if month is None or not 1 <= month <= 12:
        return None
    if found["year"]:
        year = int(found["year"])
        return _day_if_any(year + 2000 if year < 100 else year, month, day_)
    dates = (_day_if_any(year, month, day_) for year in range(today.year, today.year + 9))
    return next((on for on in dates if on is not None and on >= today), None)


def _month(found: re.Match[str]) -> int | None:
    word = found["month"]
    return int(word) if word.isdecimal() else MONTHS.get(word)


def _day_of_month(found: re.Match[str], today: date) -> date | None:
    """'de 12e': of this month, or the next that has such a day."""
    number = int(found["day"])
    first = today.replace(day=1)
    for months in range(13):
        month = _months_after(first, months)
        on = _day_if_any(month.year, month.month, number)
        if on is not None and on >= today:
            return on
    return None


def _first_of_month(found: re.Match[str], today: date) -> date | None:
    month = MONTHS[found["month"]]
    return date(today.year + (month <= today.month), month, 1)


def _after_span(found: re.Match[str], today: date) -> date | None:
    count, unit = amount(found["count"]), found["unit"]
    if not 0 < count < MOST:
        return None
    if unit in DAYS:
        return today + timedelta(days=count * DAYS[unit])
    months = count * MONTH_UNITS[unit]
    return _months_after(today, months) if months < MOST else None


def _next_unit(found: re.Match[str], today: date) -> date:
    """Its first day: Monday, or the first of the month or the year."""
    if found["unit"] == "week":
        return _monday_after(today)
    if found["unit"] in ("jaar", "year"):
        return date(today.year + 1, 1, 1)
    return _months_after(today.replace(day=1), MONTH_UNITS[found["unit"]])


def _after_weekend(_: re.Match[str], today: date) -> date:
    return _monday_after(today)


def _weekend(_: re.Match[str], today: date) -> date:
    """Its Saturday; from then on the next one's."""
    return today + timedelta(days=(5 - today.weekday()) % 7 or 7)


def _monday_after(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def _months_after(day_: date, months: int) -> date:
    """The same day of a later month; its last day when it is shorter."""
    month = day_.month - 1 + months
    year, month = day_.year + month // 12, month % 12 + 1
    return date(year, month, min(day_.day, calendar.monthrange(year, month)[1]))


def _day_if_any(year: int, month: int, day_: int) -> date | None:
    try:
        return date(year, month, day_)
    except ValueError:
        return None


Read = Callable[[re.Match[str], date], date | None]
_WEEKS = rf"{A_NUMBER}\s+(?:weken|weeks|week)"
_LATER = rf"(?P<later>\s+(?:over|in)\s+{_WEEKS}|\s+{_NEXT}\s+week)?"
# 'over een week op vrijdag', 'a week on Friday'
_IN_WEEKS = rf"(?P<later>(?:over|in)\s+{_WEEKS}\s+(?:op\s+|on\s+)?|{_WEEKS}\s+(?:on|from)\s+)"
_PART_NEXT = r"(?=ochtend|middag|avond|nacht)"
_WEEKDAY = rf"(?P<weekday>{any_of(WEEKDAYS)})"
_MONTH = rf"(?P<month>{any_of(MONTHS)})"
_ALSO_WEEKDAY = rf"(?:(?:{any_of(WEEKDAYS)})\s*,?\s+(?:de\s+|the\s+)?)?"  # 'vrijdag 4 december'
_NUMERIC = r"(?P<day>[0-9]{1,2})[-/](?P<month>[0-9]{1,2})(?P<year>)"
# 'Bel Jan 5 minuten eerder' is about somebody called Jan.
_NO_COUNT = rf"(?!\s*(?:{any_of(SECONDS)}|{any_of(_LENGTH)}|keer|x|times|mensen|people|vragen|questions)\b)"
_UNTIL = r"(?<![\w-])(?:tot|until|till|in|vanaf|from)\s+"


def _compiled(*pairs: tuple[str, Read]) -> tuple[tuple[re.Pattern[str], Read], ...]:
    return tuple((re.compile(pattern), read) for pattern, read in pairs)


_STRONG = _compiled(
    (
        rf"{_LEAD}(?P<near>{any_of(NEAR_DAYS)})(?:{_END}(?P<later>\s+over\s+{_WEEKS}{_END})?|{_PART_NEXT})",
        _near,
    ),
    (rf"(?<![\w-]){_IN_WEEKS}(?P<near>{any_of(NEAR_DAYS)}){_END}", _near),
    (rf"(?<![\w-]){_IN_WEEKS}{_WEEKDAY}(?:{_END}|{_PART_NEXT})", _weekday),
    (rf"(?<!\w)(?:van{_PART_NEXT}|this\s+(?=evening|afternoon|morning)|(?=tonight))", _part_of_today),
    (rf"{_LEAD}(?P<later>{_NEXT}\s+(?:week\s+)?(?:op\s+|on\s+)?){_WEEKDAY}(?:{_END}|{_PART_NEXT})", _weekday),
    (
        rf"{_LEAD}(?:(?:komende|aanstaande|aankomende|this|coming)\s+)?{_WEEKDAY}"
        rf"(?:{_END}|{_PART_NEXT}){_LATER}",
        _weekday,
    ),
    (rf"(?<![\w-]){_BEFORE}\s+(?P<weekday>{any_of(SHORT_WEEKDAYS)}){_END}", _weekday),
    (rf"\A\s*(?P<weekday>{any_of(SHORT_WEEKDAYS)})\s*\Z", _weekday),
    (rf"{_LEAD}{_ALSO_WEEKDAY}{_DAY_NUMBER}\s+(?:of\s+)?{_MONTH}{_YEAR}{_END}", _dated),
    (rf"{_LEAD}{_ALSO_WEEKDAY}{_MONTH}\s+{_DAY_NUMBER}{_YEAR}{_END}(?!:){_NO_COUNT}", _dated),
    (rf"{_LEAD}(?P<year>20[0-9]{{2}})-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}}){_END}", _dated),
    (
        rf"{_LEAD}(?P<day>[0-9]{{1,2}})[-/.](?P<month>[0-9]{{1,2}})[-/.](?P<year>20[0-9]{{2}}|[0-9]{{2}}){_END}",
        _dated,
    ),
    (rf"(?<![\w-]){_BEFORE}\s+{_NUMERIC}{_END}(?![-/])", _dated),
    (rf"\A\s*{_NUMERIC}\s*\Z", _dated),
    (
        rf"(?<![\w-])(?:{_BEFORE}\s+)?(?:de|the)\s+(?P<day>[0-9]{{1,2}})(?:e|ste|de|st|nd|rd|th){_END}",
        _day_of_month,
    ),
    (rf"{_UNTIL}{_MONTH}{_END}(?!\s+[0-9])", _first_of_month),
    (rf"(?<!\w){_FOR}\s+(?P<count>{A_NUMBER})\s*(?P<unit>{any_of(_LENGTH)}){_END}", _after_span),
    (rf"{_LEAD}{_NEXT}\s+(?P<unit>week|maand|month|jaar|year){_END}", _next_unit),
    (rf"(?<!\w)(?:tot\s+)?(?:na|after)\s+(?:het\s+|the\s+)?weekend{_END}", _after_weekend),
    (rf"{_LEAD}(?:het\s+|dit\s+|komend\s+|in het\s+|this\s+)?weekend{_END}", _weekend),
)
_WEAK = _compiled(
    (
        rf"(?<![\w-])(?P<count>{A_NUMBER})\s*(?P<unit>{any_of(_LENGTH)})(?:\s+lang|\s+long)?{_END}",
        _after_span,
    ),
)
