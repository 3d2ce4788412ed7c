"""When somebody is away: 'tot vrijdag', '3 dagen', 'van 1 tot 10 december', 'volgende week', 'vandaag'.

Pure. A day of return is the beginning of that day on the helpdesk's clock; one that is said with 't/m' is away itself.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk_bot.domain.when import find, moment_of
from helpdesk_bot.domain.when_days import folded

_TILL = r"(?P<till>tot en met|t/m|tm|tot|until|till|til|to|through|-|–)"
_RANGE = re.compile(rf"^(?:(?:van|vanaf|from)\s+)?(?P<first>.+?)\s+{_TILL}\s+(?P<last>.+)$")
_UNTIL = re.compile(rf"\b{_TILL}\s+\S")
_FROM = re.compile(r"^(?:van|vanaf|from|per)\b")
_TODAY = re.compile(r"\b(?:vandaag|de rest van de dag|today|the rest of the day)\b")
_LAST_DAY_TOO = ("tot en met", "t/m", "tm", "through")
_SPAN = re.compile(
    r"\b(?:dag|dagen|dagje|day|days|week|weken|weekje|weeks|maand|maanden|month|months|jaar|year|years|uur|hours?)\b"
)
MIDNIGHT = time(0)
DAY = timedelta(days=1)
_HOURS = re.compile(r"^(?:voor\s+|for\s+)?(?P<count>[0-9]{1,2}|een|one|an|a)\s+(?:uur|uurtje|hours?)$")
_PARTS = {
    "vanochtend": time(12),
    "vanmorgen": time(12),
    "this morning": time(12),
    "vanmiddag": time(18),
    "this afternoon": time(18),
    "vanavond": MIDNIGHT,
    "this evening": MIDNIGHT,
    "tonight": MIDNIGHT,
}
_THIS_WEEK = re.compile(r"^(?:deze week|de rest van de week|this week|the rest of the week)$")
_WEEKEND = re.compile(r"^(?:(?:in )?(?:het|dit|komend|this|the|next|volgend) )?weekend$")
# What people say before the days themselves.
_LEAD = re.compile(
    r"^(?:(?:ik ben|ben|i am|i'm|im)\s+(?:er\s+)?)?(?:(?:(?:met|op|on)\s+)?"
    r"(?:vakantie|verlof|reis|holidays?|vacation|leave|ziek|sick|weg|away|afwezig)[,:]?\s+)?"
)
_WEEK_AHEAD = re.compile(r"\b(?:volgende|next)\s+(?P<unit>week|maand|month)\s*$")


@dataclass(frozen=True, slots=True)
class Away:
    """Both in UTC. `start` is None for now; `until` for as long as nobody knows."""

    start: datetime | None
    until: datetime | None


def period(words: str, now: datetime, zone: ZoneInfo) -> Away | None:
    """What is meant; None when no moment to come is named, or the last comes before the first."""
    text = _LEAD.sub("", " ".join(folded(words).split()))
    soon = _soon(text, now, zone)
    if soon is not None:
        return soon
    between = _RANGE.match(text)
    if between is not None:
        found = _range(between, now, zone)
        if found is not None or re.search(r"[0-9]", between["first"]):
            return found  # a first day that is not understood is none to leave out
    until = _UNTIL.search(text)
    if until is not None:
        return _till(text, now, zone, last_day_too=until["till"] in _LAST_DAY_TOO)
    if _TODAY.search(text):
        return Away(None, _next_day(now, zone))
    first = find(text, now, zone, day_at=MIDNIGHT)
    if first is None:
        return None
    if _FROM.match(text):
        return Away(first.at, None)
    ahead = _WEEK_AHEAD.search(text)
    if ahead is not None:
        return Away(first.at, _after_unit(first.at, ahead["unit"], zone))
    if _SPAN.search(text) or not first.whole_day:
        return Away(None, first.at)
    return Away(first.at, _next_day(first.at, zone))


def _soon(text: str, now: datetime, zone: ZoneInfo) -> Away | None:
    """'2 uur', 'vanmiddag', 'deze week' and 'komend weekend': how long is in the word itself."""
    today = now.astimezone(zone).date()
    monday = today + (7 - today.weekday()) * DAY
    hours = _HOURS.match(text)
    if hours is not None:
        count = int(hours["count"]) if hours["count"].isdecimal() else 1
        return Away(None, now + timedelta(hours=count)) if count else None
    if text in _PARTS:
        last_day = today + DAY if _PARTS[text] == MIDNIGHT else today
        end = moment_of(last_day, _PARTS[text], zone, after=now)
        return Away(None, end) if end > now else None
    if _THIS_WEEK.match(text):
        return Away(None, moment_of(monday, MIDNIGHT, zone, after=now))
    if _WEEKEND.match(text):
        saturday = moment_of(monday - 2 * DAY, MIDNIGHT, zone, after=now)
        return Away(saturday if saturday > now else None, moment_of(monday, MIDNIGHT, zone, after=now))
    return None


def _range(found: re.Match[str], now: datetime, zone: ZoneInfo) -> Away | None:
    """'van 1 tot 10 december' names the month once."""
    first, last = found["first"], found["last"]
    if first.isdecimal():
        first = f"{first} {last.partition(' ')[2]}"
    start = find(first, now, zone, day_at=MIDNIGHT)
    if start is None:
        last_day_too = found["till"] in _LAST_DAY_TOO
        return _till(last, now, zone, last_day_too=last_day_too) if _TODAY.search(first) else None
    end = find(last, start.at, zone, day_at=MIDNIGHT)
    if end is None:
        return None
    until = _next_day(end.at, zone) if found["till"] in _LAST_DAY_TOO and end.whole_day else end.at
    return Away(start.at, until) if until > start.at else None


def _till(text: str, now: datetime, zone: ZoneInfo, *, last_day_too: bool) -> Away | None:
    end = find(text, now, zone, day_at=MIDNIGHT)
    if end is None:
        return None
    return Away(None, _next_day(end.at, zone) if last_day_too and end.whole_day else end.at)


def _after_unit(monday_or_first: datetime, unit: str, zone: ZoneInfo) -> datetime:
    """'volgende week' is all of it, 'volgende maand' too."""
    day = monday_or_first.astimezone(zone).date()
    after = day + 7 * DAY if unit == "week" else (day + 31 * DAY).replace(day=1)
    return moment_of(after, MIDNIGHT, zone, after=monday_or_first)


def _next_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """The beginning of the day after."""
    after = moment.astimezone(zone).date() + DAY
    return moment_of(after, MIDNIGHT, zone, after=moment).astimezone(UTC)
