"""The hour that somebody names ('om half drie', 'at 3pm', '14:30', 's avonds'), and spans of hours and minutes."""

import re
from dataclasses import dataclass
from datetime import time, timedelta

from helpdesk_bot.domain import lengths
from helpdesk_bot.domain.when_days import Day, amount, any_of
from helpdesk_bot.domain.when_words import FEW_MINUTES, NUMBERS, PARTS

LATER = ("over", "past")
LATEST = 22  # 'om 8 uur' in the afternoon is this evening; 'om 11 uur' is tomorrow
WORKDAY = 7  # 'om 3 uur' is in the afternoon
LONGEST_MINUTES = 1000 * 24 * 60


@dataclass(frozen=True, slots=True)
class Clock:
    """Where it stands in the words, and which hour it is; `of_day` is None for an hour that no clock shows. `evening`: the
    hour twelve later that may be meant as well."""

    place: tuple[int, int]
    of_day: time | None
    evening: time | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """'over anderhalf uur', and where it stands."""

    place: tuple[int, int]
    length: timedelta

    @property
    def start(self) -> int:
        return self.place[0]


_HOUR = rf"(?:[0-9]{{1,2}}|{any_of(NUMBERS)})"
_PART = (
    r"(?:'?s\s+(?P<p1>ochtends|morgens|middags|avonds|nachts)"
    r"|in\s+the\s+(?P<p2>morning|afternoon|evening)|at\s+(?P<p3>night))"
)
_EXACT = r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?![0-9])"
_WITH_UNIT = r"(?P<plain_hour>[0-9]{1,2})[uh](?P<past_hour>[0-5][0-9])"  # '9u30'
_NEAR_HOUR = (
    rf"(?:half\s+past\s+(?P<past>{_HOUR})|half\s+(?P<half>{_HOUR})"
    rf"|(?:kwart|a\s+quarter|quarter)\s+(?P<way>over|voor|past|to)\s+(?P<quarter>{_HOUR}))"
)
_HALF_DAY = r"(?P<half_day>[ap])\.?m\b\.?"
_UNIT = r"(?P<unit>uur|u|h|o'clock)"
_NAMED = rf"(?:{_EXACT}|{_WITH_UNIT}|{_NEAR_HOUR}|(?P<plain>{_HOUR}))(?:\s*{_UNIT})?(?:\s*{_HALF_DAY})?(?!\w)(?:\s*,?\s*{_PART})?"
_AT = r"(?:om|at|rond|around|tegen|klokslag)\s+"
_BY = r"(?:tot|until|till|by|vanaf|from)\s+"
_WITH_WORD = re.compile(rf"(?<!\w){_AT}{_NAMED}(?![:.]?[0-9])")
_MINUTES_FROM = re.compile(
    rf"(?<!\w){_AT}(?P<few>{any_of(FEW_MINUTES)})(?:\s+(?:minuten|minutes))?\s+(?P<way>over|voor|past|to)"
    rf"\s+(?P<near_half>half\s+)?(?P<plain>1[0-2]|[1-9]|{any_of(NUMBERS)})(?![\w:.])(?:\s*{_UNIT})?(?:\s*{_HALF_DAY})?"
    rf"(?!\w)(?:\s*,?\s*{_PART})?"
)
_TWELVE = re.compile(
    rf"(?<!\w)(?:{_AT}|{_BY})?(?:(?P<noon>noon|midday)|(?P<midnight>midnight|middernacht))(?!\w)"
)
_BEHIND_DAY = re.compile(rf"\s*,?\s*(?:(?P<part>{any_of(PARTS)})(?!\w)\s*)?(?P<at>{_AT})?(?:{_NAMED})?")
# What nobody can take for something else: '14:30', '3pm', 'tot 12 uur', but not '2 uur' nor 'tot 3 dingen'.
_ALONE = re.compile(
    rf"(?<![\w:.,-])(?:{_BY})?(?:{_EXACT}(?:\s*(?:uur|u|h)\b)?|(?P<plain>[0-9]{{1,2}})(?=\s*[ap]\.?m\b))"
    rf"(?:\s*{_HALF_DAY})?(?![:\w-])(?:\s*,?\s*{_PART})?"
)
_BY_HOUR = re.compile(rf"(?<!\w){_BY}(?P<plain>{_HOUR})\s*{_UNIT}(?!\w)(?:\s*,?\s*{_PART})?")
# 'drie uur 's middags', '8 in the evening', or the part of the day alone.
_ANY_PART = re.compile(
    rf"(?:(?<![\w:.,-])(?:(?P<plain>{_HOUR})\s*{_UNIT}|(?P<digits>[0-9]{{1,2}}))\s*,?\s*)?(?<!\w){_PART}(?!\w)"
)

_FROM_NOW = re.compile(r"(?<!\w)(?:over|in|binnen|na|after)\s+")
# 'kwart over drie uur' is an hour of the day.
_PAST_THE_HOUR = re.compile(rf"\b(?:kwart|{_AT}(?:{any_of(FEW_MINUTES)})(?:\s+minuten)?)\s+\Z")


def elapsed(text: str) -> Span | None:
    """'over 2 uur': as long as that from now, whatever the clock does in between."""
    for lead in _FROM_NOW.finditer(text):
        said = lengths.beginning(text[lead.end() :])
        if said is None or _PAST_THE_HOUR.search(text[max(0, lead.start() - 40) : lead.start()]):
            continue
        length = timedelta(minutes=float(said.minutes)) if said.minutes <= LONGEST_MINUTES else None
        place = (lead.start(), lead.end() + said.end)
        return Span(place, length) if length else None
    return None


def clock(text: str, day: Day | None) -> Clock | None:
    """The hour that goes with the day: right behind it, or anywhere with 'om' before it or a colon in it."""
    outside = text if day is None else text[: day.start] + " " * (day.end - day.start) + text[day.end :]
    few = _MINUTES_FROM.search(outside)
    if few is not None:
        return _read(few)
    if day is not None:
        behind = _BEHIND_DAY.match(text, day.end)
        if behind is not None and _says_an_hour(behind):
            return _read(behind)
    found = _WITH_WORD.search(outside) or _ALONE.search(outside) or _BY_HOUR.search(outside)
    if found is not None:
        return _read(found)
    twelve = _TWELVE.search(outside)
    if twelve is not None:
        # 'Vrijdag om middernacht' is when it begins to some, and when it ends to others.
        return Clock(twelve.span(), time(12) if twelve["noon"] else None if day is not None else time())
    part = _ANY_PART.search(outside)
    return _read(part) if part is not None else None


def _says_an_hour(found: re.Match[str]) -> bool:
    """A bare number behind a day ('vrijdag 3 dingen doen') is no hour; '3 uur' and 'om 3' are."""
    named = found.groupdict()
    if any(named[name] for name in ("part", "hour", "plain_hour", "half", "past", "quarter")):
        return True
    return named["plain"] is not None and bool(named["unit"] or named["half_day"] or named["at"])


def _read(found: re.Match[str]) -> Clock:
    named = {name: value for name, value in found.groupdict().items() if value is not None}
    part = next((named[name] for name in ("part", "p1", "p2", "p3") if name in named), None)
    place = (found.start(), found.start() + len(found[0].rstrip()))
    hour, minute, exact = _hour(named)
    if hour is None:
        assert part is not None
        return Clock(place, time(PARTS[part]))
    half_day = named.get("half_day")
    if half_day:
        hour = hour % 12 + (12 if half_day == "p" else 0) if 1 <= hour <= 12 else 99
    elif part is not None:
        hour = _in_part(hour, PARTS[part])
    elif not exact and 0 < hour < WORKDAY:
        hour += 12
    if not (hour < 24 and minute < 60):
        return Clock(place, None)
    open_to_doubt = not exact and half_day is None and part is None and 0 < hour <= LATEST - 12
    return Clock(place, time(hour, minute), time(hour + 12, minute) if open_to_doubt else None)


def _hour(named: dict[str, str]) -> tuple[int | None, int, bool]:
    """The hour, the minutes, and whether it was written as a clock shows it."""
    if "hour" in named:
        return int(named["hour"]), int(named["minute"]), True
    if "plain_hour" in named:
        return int(named["plain_hour"]), int(named["past_hour"]), False
    if "past" in named:
        return amount(named["past"]), 30, False
    if "half" in named:
        return *_from_hour(amount(named["half"]), -30), False  # 'half drie' is half an hour before three
    if "quarter" in named:
        return *_from_hour(amount(named["quarter"]), 15 if named["way"] in LATER else -15), False
    said = named.get("plain") or named.get("digits")
    if said is None:
        return None, 0, False
    if "few" not in named:
        return amount(said), 0, False
    minutes = FEW_MINUTES[named["few"]] * (1 if named["way"] in LATER else -1)
    return *_from_hour(amount(said), minutes - (30 if "near_half" in named else 0)), False


def _from_hour(hour: int, minutes: int) -> tuple[int, int]:
    """'kwart voor een' is 12:45, 'half 0' is 23:30."""
    if minutes >= 0:
        return hour, minutes
    return (hour - 1) % 24 or 12, 60 + minutes


def _in_part(hour: int, part: int) -> int:
    """'8 uur 's avonds' is 20:00, '12 uur 's nachts' is 0:00, '3 uur 's nachts' is 3:00."""
    if part == PARTS["nacht"]:
        return 0 if hour == 12 else hour + 12 if 9 <= hour < 12 else hour
    return hour + 12 if part >= PARTS["middag"] and hour < 12 else hour
