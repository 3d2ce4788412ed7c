"""A length of time in somebody's words, in Dutch and English: '30m', '1u30', '1,5 uur', 'anderhalf uur', 'half an hour'."""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from helpdesk_bot.domain.when_words import NUMBERS


class Wrong(StrEnum):
    """Why words are no time that somebody worked. Each is a text key: `error.time_<value>`."""

    NOTHING = "nothing"  # no length of time in it
    NO_UNIT = "no_unit"  # a number, which may be minutes or hours
    ZERO = "zero"  # or less
    TOO_LONG = "too_long"
    SEVERAL = "several"  # more than one length of time
    CLOCK = "clock"  # an hour of the day, such as 14:30
    FUTURE = "future"
    NO_SUCH_DAY = "no_such_day"
    LONG_AGO = "long_ago"


class NotWorked(ValueError):
    """These words say no time that somebody can have worked."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong)
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Length:
    """Where it stands in the words, and how many minutes it is. `in_hours`: it ends in a number of hours."""

    start: int
    end: int
    minutes: Fraction
    in_hours: bool


_HOURS = frozenset(["uurtje", "uurtjes", "uur", "uren", "u", "hours", "hour", "hrs", "hr", "h"])
_MINUTES = frozenset(["minuutjes", "minuutje", "minuten", "minuut", "min", "mins", "minutes", "minute", "m"])
_QUARTERS = frozenset(["kwartier", "kwartiertje", "kwartieren", "quarter", "quarters"])
_HALF = frozenset(("half", "halve", "½"))
_ONE_AND_HALF = frozenset(("anderhalf", "anderhalve"))
_HALF_HOUR = frozenset(("halfuur", "halfuurtje"))
_A = frozenset(("een", "a", "an"))
_AND = frozenset(("en", "and"))
LONGEST_SAID = 60  # signs; nobody needs more to say a length of time
LONGEST_NUMBER = 9  # signs; a longer one is no time, and thousands of digits can't even be read
_TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)?|½|[^\W\d_½]+|[^\s]")
_PAST = re.compile("[0-5]?[0-9]")  # minutes past a whole hour
_CLOCK = re.compile("[0-5][0-9]")
_HALF_OF_IT = Fraction(1, 2)
_BETWEEN = re.compile(r",?(?:\s*\b(?:en|and)\b)?")
# No sign can be read in two ways: else a long row of digits takes for ever.
_NUMBERS = re.compile(r"#?[0-9]+(?:[.,][0-9]+)?(?:\s+#?[0-9]+(?:[.,][0-9]+)?)*")
_OF_DAY = re.compile(r"[0-9]{2}:[0-9]{2}(?![0-9])")


def find(text: str) -> Length:
    """The one length of time in it; what follows directly on it ('1 uur en 20 minuten') belongs to it."""
    found = _lengths(text)
    if not found:
        raise NotWorked(Wrong.NO_UNIT if _NUMBERS.fullmatch(text.strip()) else Wrong.NOTHING)
    whole, others = _first(text, found)
    if others:
        raise NotWorked(Wrong.SEVERAL)
    before = text[: whole.start]
    if before.rstrip()[-1:] in ("-", "−"):
        raise NotWorked(Wrong.ZERO)
    if before[-1:] == "/":  # '1/2 uur'
        raise NotWorked(Wrong.NOTHING)
    if _OF_DAY.match(text, whole.start):
        raise NotWorked(Wrong.CLOCK)
    return whole


def beginning(text: str) -> Length | None:
    """The length of time with which these words begin, if they do."""
    found = _lengths(text[:LONGEST_SAID])
    return _first(text, found)[0] if found and found[0].start == 0 else None


def _first(text: str, found: list[Length]) -> tuple[Length, list[Length]]:
    """The first one with the minutes that belong to its hours, and the others."""
    whole, others = found[0], found[1:]
    while others and whole.in_hours and not others[0].in_hours:
        if not _BETWEEN.fullmatch(text[whole.end : others[0].start].strip()):
            break
        more = others.pop(0)
        whole = Length(whole.start, more.end, whole.minutes + more.minutes, more.in_hours)
    return whole, others


def _lengths(text: str) -> list[Length]:
    tokens = [(found[0], *found.span()) for found in _TOKEN.finditer(text)]
    reader, found, at = _Reader(tokens), [], 0
    while at < len(tokens):
        length, at = reader.at(at)
        if length is not None:
            found.append(length)
    return found


class _Reader:
    """Reads a length of time at a place among words, numbers and signs."""

    def __init__(self, tokens: list[tuple[str, int, int]]) -> None:
        self._tokens = tokens

    def at(self, at: int) -> tuple[Length | None, int]:
        """The length of time that begins at this token, if one does, and where to go on."""
        if self._word(at) in _HALF_HOUR:
            return self._made(at, at, Fraction(30))
        if self._is_hour(at) and self._word(at + 1) == ":" and _CLOCK.fullmatch(self._word(at + 2)):
            minutes = 60 * int(self._word(at)) + int(self._word(at + 2))
            return self._made(at, at + 3 if self._word(at + 3) in _HOURS else at + 2, Fraction(minutes))
        count, then = self._count(at)
        if count is not None:
            return self._counted(at, count, then)
        return self._made(at, at, Fraction(15)) if self._word(at) in _QUARTERS else (None, at + 1)

    def _counted(self, at: int, count: Fraction, then: int) -> tuple[Length | None, int]:
        """What follows a number: 'uur', 'en een half uur', 'kwartier', 'an hour'."""
        if self._and_a_half(then) and self._word(then + 3) in _HOURS:
            return self._made(at, then + 3, (count + _HALF_OF_IT) * 60)
        if self._word(then) in _A and self._word(then + 1) in _HOURS:
            then += 1
        if self._word(then) in _MINUTES:
            return self._made(at, then, count)
        if self._word(then) in _QUARTERS:
            return self._made(at, then + 3 if self._word(then + 1) == "of" else then, count * 15)
        return self._of_hours(at, count, then) if self._word(then) in _HOURS else (None, at + 1)

    def _of_hours(self, at: int, count: Fraction, then: int) -> tuple[Length, int]:
        """What may belong to the hours: '1u30', '1h30m', 'een uur en een half'."""
        if self._and_a_half(then + 1):
            return self._made(at, then + 3, (count + _HALF_OF_IT) * 60)
        more = self._word(then + 1)
        glued = more and self._tokens[then + 1][1] == self._tokens[then][2]
        if glued and _PAST.fullmatch(more):
            last = then + 2 if self._word(then + 2) in _MINUTES else then + 1
            return self._made(at, last, count * 60 + int(more))
        return self._made(at, then, count * 60, in_hours=True)

    def _count(self, at: int) -> tuple[Fraction | None, int]:
        """A number in digits or words, and where the words behind it are: '1,5', 'twee', 'anderhalf', 'een half'."""
        said = self._word(at)
        if said in _HALF:
            return _HALF_OF_IT, at + 1
        if said in _A and self._word(at + 1) in _HALF:
            return _HALF_OF_IT, at + 2
        if said in _ONE_AND_HALF:
            return 1 + _HALF_OF_IT, at + 1
        if said[0].isdecimal() and said.isascii():
            if len(said) > LONGEST_NUMBER:
                return None, at + 1
            half = self._word(at + 1) == "½"
            return Fraction(said.replace(",", ".")) + (_HALF_OF_IT if half else 0), at + (2 if half else 1)
        return (Fraction(NUMBERS[said]), at + 1) if said in NUMBERS else (None, at + 1)

    def _is_hour(self, at: int) -> bool:
        return self._word(at).isdecimal() and len(self._word(at)) <= LONGEST_NUMBER

    def _and_a_half(self, at: int) -> bool:
        return self._word(at) in _AND and self._word(at + 1) in _A and self._word(at + 2) in _HALF

    def _word(self, at: int) -> str:
        return self._tokens[at][0] if at < len(self._tokens) else ""

    def _made(
        self, first: int, last: int, minutes: Fraction, *, in_hours: bool = False
    ) -> tuple[Length, int]:
        return Length(self._tokens[first][1], self._tokens[last][2], minutes, in_hours), last + 1
