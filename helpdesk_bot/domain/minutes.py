"""How long somebody worked, in their own words: '30m', '1u30', 'anderhalf uur gisteren', 'half an hour, volunteer'.

Pure. What can't be is refused and never guessed: people are paid for it.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from helpdesk_bot.domain import lengths, when_days
from helpdesk_bot.domain.lengths import NotWorked, Wrong
from helpdesk_bot.domain.when_days import Day
from helpdesk_bot.domain.when_words import DAYS, MONTHS, WEEKDAYS

MOST = 24 * 60  # minutes in one message: nobody works longer on one day
LONGEST_AGO = timedelta(days=366)
HALF_A_YEAR = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Worked:
    """`paid` is None when the words don't say it. `rest`: the words around it, such as the number of a question.

    `open_end`: the length ends in hours and a number without a unit follows ('1 uur 30').
    """

    minutes: int
    day: date
    paid: bool | None
    rest: str
    open_end: bool = False


# With the slips that people make in them: else a typo would make a gift of paid work.
_PAID = re.compile(r"(?<!\w)(?:betaalde?|betaalt|betaal|betald|paid|payed)(?!\w)")
_VOLUNTEER = re.compile(
    r"(?<!\w)(?:vrijwi?ll?i?g|(?:als )?vrijwill?iger|vrijwill?igerswerk|onbetaal[dt]|niet betaal[dt]|gratis"
    r"|(?:as a )?volunt(?:ee|e|a)r(?:ed|y)?|unpaid|not pa(?:id|yed))"
    r"(?!\w)"
)
_AGO = {
    "gisteren": 1,
    "yesterday": 1,
    "eergisteren": 2,
    "the day before yesterday": 2,
    "vanmorgen": 0,
    "vanochtend": 0,
}
_LAST = r"(?:vorige|afgelopen|last|past)"
_A_WEEKDAY = rf"(?P<weekday>{when_days.any_of(WEEKDAYS)})"
_DAYS_AGO = re.compile(
    rf"(?<!\w)(?:(?P<near>{when_days.any_of(_AGO)})"
    rf"|(?P<count>{when_days.A_NUMBER})\s+(?P<unit>{when_days.any_of(DAYS)})\s+(?:geleden|ago))(?!\w)"
)
_LAST_WEEK = re.compile(
    rf"(?<!\w)(?:{_LAST}\s+week\s+(?:op\s+|on\s+)?{_A_WEEKDAY}"
    rf"|(?P<before>{when_days.any_of(WEEKDAYS)})\s+(?:van\s+|of\s+)?{_LAST}\s+week)(?!\w)"
)
_LAST_WEEKDAY = re.compile(rf"(?<!\w){_LAST}\s+{_A_WEEKDAY}(?!\w)")
_BARE_DATE = re.compile(r"(?<![\w/.-])[0-9]{1,2}[-/][0-9]{1,2}(?![\w/-])")
_OF_QUESTION = re.compile(r"(?:(?:vraag|question)\s*)?#?[0-9]*")
_BARE = re.compile(r"\s+[0-9]{1,2}\s*\Z")
_MONTH = re.compile(rf"(?<!\w)(?:{when_days.any_of(MONTHS)})(?!\w)|[0-9][-/][0-9]")
_YEAR = re.compile(r"20[0-9]{2}|[-/.][0-9]+[-/.][0-9]{2}")


def read(words: str, today: date) -> Worked:
    """What `words` say. `today` is on the helpdesk's clock. Raises NotWorked."""
    text = when_days.folded(words)
    span = lengths.find(text)
    open_end = span.in_hours and _BARE.match(text, span.end) is not None
    # Spaces in the place of what was read keep every other place as it was.
    left = _without(text, span.start, span.end)
    paid = None
    for pattern, said in ((_VOLUNTEER, False), (_PAID, True)):
        found = pattern.search(left)
        if paid is None and found is not None:
            paid, left = said, _without(left, *found.span())
    day, place = _day(left, today)
    if place is not None:
        left = _without(left, *place)
    rest = "".join(letter if kept != "\0" else " " for letter, kept in zip(words, left, strict=True))
    rest = " ".join(rest.split()).strip(" ,;:")
    minutes = int(span.minutes + Fraction(1, 2))
    if minutes <= 0:
        raise NotWorked(Wrong.ZERO)
    if minutes > MOST:
        raise NotWorked(Wrong.TOO_LONG)
    return Worked(minutes, day, paid, rest, open_end)


def length(words: str) -> tuple[int, str, str]:
    """A length of time of any size: its minutes, and the words before and behind it. Raises NotWorked."""
    text = when_days.folded(words)
    found = lengths.find(text)
    minutes = int(found.minutes + Fraction(1, 2))
    if minutes <= 0:
        raise NotWorked(Wrong.ZERO)
    return minutes, words[: found.start].strip(" ,;:"), words[found.end :].strip(" ,;:")


def volunteered(words: str) -> bool:
    """'vrijwillig' and nothing else: what was paid for becomes a gift."""
    return _VOLUNTEER.fullmatch(when_days.folded(words).strip(" .!")) is not None


def _without(text: str, start: int, end: int) -> str:
    return text[:start] + "\0" * (end - start) + text[end:]


def _day(text: str, today: date) -> tuple[date, tuple[int, int] | None]:
    """The day that is named, which is today or before it; a weekday is the last one."""
    named = _ago(text, today) or when_days.day(text, today) or _bare_date(text, today)
    if named is None:
        return today, None
    on = named.on
    if on is None:
        raise NotWorked(Wrong.NO_SUCH_DAY)
    if named.named_by_weekday and on > today:
        on -= timedelta(days=7)
    elif on > today:
        on = _a_year_before(on, text[named.start : named.end], today)
    if on > today:
        raise NotWorked(Wrong.FUTURE)
    if on < today - LONGEST_AGO:
        raise NotWorked(Wrong.LONG_AGO)
    return on, named.place


def _ago(text: str, today: date) -> Day | None:
    """'eergisteren', '3 dagen geleden', 'vorige week dinsdag', 'afgelopen dinsdag'."""
    if found := _DAYS_AGO.search(text):
        if found["near"]:
            return Day(found.span(), today - timedelta(days=_AGO[found["near"]]))
        days = when_days.amount(found["count"]) * DAYS[found["unit"]]
        return Day(found.span(), today - timedelta(days=days))
    if found := _LAST_WEEK.search(text):
        monday = today - timedelta(days=today.weekday() + 7)
        return Day(found.span(), monday + timedelta(days=WEEKDAYS[found["weekday"] or found["before"]]))
    if found := _LAST_WEEKDAY.search(text):
        back = (today.weekday() - WEEKDAYS[found["weekday"]]) % 7 or 7
        return Day(found.span(), today - timedelta(days=back))
    return None


def _bare_date(text: str, today: date) -> Day | None:
    """'20-11' as the last thing but the number of a question: '2-3 mensen gebeld' is no day in March."""
    found = _BARE_DATE.search(text)
    if found is None or not _OF_QUESTION.fullmatch(text[found.end() :].strip(" \t\n\0,.")):
        return None
    named = when_days.day(f"op {found[0]}", today)
    return Day(found.span(), named.on) if named is not None else None


def _a_year_before(on: date, said: str, today: date) -> date:
    """Of a date without a year the last one may be meant: in January '30 december' was last month. In November it is a
    slip, like every other day to come."""
    if _YEAR.search(said) or not _MONTH.search(said):
        return on
    try:
        before = on.replace(year=on.year - 1)
    except ValueError:  # 29 februari
        return on
    return before if today - before <= HALF_A_YEAR else on
