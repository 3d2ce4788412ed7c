"""Finds a time from one moment to another in what somebody wrote: 'vrijdag 18:00 tot zaterdag'."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk_bot.domain.when import find

_UP_TO = re.compile(r"\b(t/m|tot en met|tot|until|till|through|to)\b", re.IGNORECASE)
_INCLUDING = {"t/m", "tot en met", "through"}
_AROUND = re.compile(r"^(?:van|vanaf|from|op|on|nu|now|voor|for)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` on; without `end` nobody said until when. UTC. `rest`: the words without them."""

    begin: datetime
    end: datetime | None
    rest: str


def period(words: str, now: datetime, zone: ZoneInfo, *, day_at: time) -> Period | None:
    """None when no moment is named, or the end comes before the beginning. Without a beginning it is now. `day_at`: when
    a day begins and ends of which no hour is named."""
    cut = _UP_TO.search(words)
    first, last = (words[: cut.start()], words[cut.end() :]) if cut else (words, "")
    begin = find(first, now, zone, day_at=day_at)
    until = find(last, begin.at if begin else now, zone, day_at=day_at) if cut else None
    if (cut is not None and until is None) or (begin is None and until is None):
        return None
    end = until.at if until else None
    if cut is not None and until is not None and until.whole_day and cut[1].casefold() in _INCLUDING:
        day = until.at.astimezone(zone) + timedelta(days=1)  # the same hour of the next day on the wall clock
        end = day.astimezone(now.tzinfo)
    rest = " ".join([begin.rest if begin else first, until.rest if until else last])
    kept = [word for word in rest.split() if not _AROUND.match(word)]
    return Period(begin.at if begin else now, end, " ".join(kept))
