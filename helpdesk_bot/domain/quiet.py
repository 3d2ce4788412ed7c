"""When somebody does not want to be asked: 'tussen 22:00 en 8:00', ''s avonds na 10 niet', 'niet in het weekend'.

Pure. Like every answer, it counts only when all of it is understood.
"""

import re
from dataclasses import dataclass

from helpdesk_bot.domain.when_days import folded
from helpdesk_bot.domain.when_words import WEEKDAYS

NIGHT = ("22:00", "08:00")
WEEKEND, WEEK = (5, 6), (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours as 'HH:MM' on the helpdesk's clock, which may reach over midnight, and whole days (Monday is 0). `any_hour`: they
    said that there are no such hours; without hours nor that, nothing is said about the night."""

    start: str | None = None
    until: str | None = None
    days: tuple[int, ...] = ()
    any_hour: bool = False

    @property
    def hours_said(self) -> bool:
        return self.any_hour or self.start is not None


_DAY = "|".join(WEEKDAYS)
_HOUR = r"([0-9]{1,2})(?:[:.]([0-9]{2}))?\s*(?:uur|u\b|h\b)?\s*([ap]\.?m\b\.?)?"
_EVENING = r"(?:'?s avonds|in the evening|at night|'?s nachts)\s+"
_BETWEEN = re.compile(
    rf"(?:tussen|van|between|from)?\s*(?:{_EVENING})?{_HOUR}\s*(?:tot|en|and|to|until|till|t/m|-|–)\s*"
    rf"(?:'?s ochtends\s+|'?s morgens\s+)?{_HOUR}"
)
_AFTER = re.compile(rf"(?:{_EVENING})?(?:na|vanaf|after|from)\s+{_HOUR}(?:\s*(?:'?s avonds|in the evening))?")
_BEFORE = re.compile(
    rf"(?:'?s ochtends\s+|'?s morgens\s+)?(?:voor|before|tot|until)\s+{_HOUR}(?:\s*(?:'?s (?:ochtends|morgens)|in the morning))?"
)
_AT_NIGHT = re.compile(r"'?s nachts|at night|de nacht|nachten")
_DAYS_FROM_TO = re.compile(rf"({_DAY})\s*(?:tot en met|t/m|tot|to|until|-|–)\s*({_DAY})")
_ONE_DAY = re.compile(rf"({_DAY})(?:en|s)?\b")
_WEEKEND = re.compile(r"\b(?:weekenden|weekends|weekend)\b")
_WEEKDAYS = re.compile(r"\b(?:doordeweeks|doordeweekse dagen|weekdagen|weekdays)\b")
_OTHERWISE = re.compile(
    r"\b(?:verder|anders|de rest|otherwise|the rest)\s+(?:is\s+|mag\s+)?(?:het\s+)?"
    r"(?:altijd|elk uur|always|any ?time|any hour|at any hour)\b(?:\s+(?:is\s+)?(?:goed|prima|fine|ok[eé]?))?"
)
_AROUND = re.compile(
    r"(?:\b(?:niet|geen|nooit|liever|graag|doe|maar|laat|met|in|het|de|op|en|ook|uur|vragen|vraag|berichten|ik|wil|stil|rust|me|mij|storen|aub|ben|"
    r"no|not|never|please|leave|alone|don't|do|dont|ask|during|the|on|and|at|quiet|i|want|questions|messages|rather|hele|dag|dagen|van)\b|[.,;!:&+'’-])"
)


def quiet_in(text: str) -> Quiet | None:
    """What is meant; None when a part of it is not understood ('alleen overdag') or nothing is named."""
    if "?" in text or len(text) > 200:
        return None
    rest, any_hour = _OTHERWISE.subn(" ", f" {folded(text)} ")
    rest, days = _days(rest)
    hours: tuple[str | None, str | None] | None = None
    for pattern, read in ((_BETWEEN, _between), (_AFTER, _after), (_BEFORE, _before), (_AT_NIGHT, _night)):
        found = pattern.search(rest)
        if found is None:
            continue
        start, until = read(found)
        if start == "" or until == "":
            return None  # no clock shows it
        hours = _both(hours, (start, until))
        rest = rest[: found.start()] + " " + rest[found.end() :]
    if _AROUND.sub(" ", rest).strip() or not (hours or days):
        return None
    start, until = hours or (None, None)
    if hours is not None:
        start, until = start or "00:00", until or NIGHT[1]
        if start == until:
            return None
    return Quiet(start, until, tuple(sorted(days)), any_hour=bool(any_hour) and hours is None)


def _both(
    before: tuple[str | None, str | None] | None, now: tuple[str | None, str | None]
) -> tuple[str | None, str | None]:
    """'na 22 uur en voor 8 uur niet' is one time."""
    return now if before is None else (before[0] or now[0], before[1] or now[1])


def _days(text: str) -> tuple[str, set[int]]:
    days: set[int] = set()

    def span(found: re.Match[str]) -> str:
        first, last = WEEKDAYS[found[1]], WEEKDAYS[found[2]]
        days.update((first + n) % 7 for n in range((last - first) % 7 + 1))
        return " "

    def one(found: re.Match[str]) -> str:
        days.add(WEEKDAYS[found[1]])
        return " "

    text = _ONE_DAY.sub(one, _DAYS_FROM_TO.sub(span, text))
    for words, several in ((_WEEKEND, WEEKEND), (_WEEKDAYS, WEEK)):
        text, times = words.subn(" ", text)
        days.update(several if times else ())
    return text, days


def _between(found: re.Match[str]) -> tuple[str, str]:
    """'tussen 10 en 8' is at night: a first hour that is later than the second is in the evening."""
    start, until = _minutes(*found.group(1, 2, 3)), _minutes(*found.group(4, 5, 6))
    if start is not None and until is not None and until < start < 12 * 60 and not found[2] and not found[3]:
        start += 12 * 60
    return _clock(start), _clock(until)


def _after(found: re.Match[str]) -> tuple[str, None]:
    """'na 10 niet' is ten in the evening."""
    start = _minutes(*found.group(1, 2, 3))
    if start is not None and start < 12 * 60 and not found[3]:
        start += 12 * 60
    return _clock(start), None


def _before(found: re.Match[str]) -> tuple[None, str]:
    return None, _clock(_minutes(*found.group(1, 2, 3)))


def _night(_: re.Match[str]) -> tuple[str, str]:
    return NIGHT


def _minutes(hour: str, minute: str | None, half: str | None) -> int | None:
    """Since midnight."""
    at = int(hour)
    if half:
        at = at % 12 + (12 if half.startswith("p") else 0)
    minutes = int(minute or 0)
    return (at % 24) * 60 + minutes if at <= 24 and minutes < 60 else None


def _clock(minutes: int | None) -> str:
    """Empty for an hour that no clock shows."""
    return "" if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}"
