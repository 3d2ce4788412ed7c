"""Takes out of a text what could tell who wrote it, or whom it is about. Rather too much than too little: what is taken out
can be written again, and what was read can't be unread. Nobody should trust it alone: of somebody whom the helpdesk does
not know, no pattern tells the name."""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum

from helpdesk_bot.domain.language import PROFILES
from helpdesk_bot.domain.layout import plain_key

SHORTEST = 3  # letters of a name; an 'Al' alone can't be told from the word
_ENDING = 2  # letters that may hang on a name: 'Fatimas'


class Kind(StrEnum):
    """What stood there. Each is the text key `anonymous.<value>`."""

    LINK = "link"
    ADDRESS = "address"  # of somebody on Matrix, or of a room
    MAIL = "mail"
    ACCOUNT = "account"
    SECRET = "secret"
    POSTCODE = "postcode"
    STREET = "street"
    NUMBER = "number"  # a telephone number, or any other long one
    NAME = "name"
    ORGANISATION = "organisation"


_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.LINK, re.compile(r"(?:https?|ftp)://\S+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)+/\S*", re.IGNORECASE)),
    (Kind.MAIL, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (Kind.ADDRESS, re.compile(r"[@#!][\w.=/+-]+:[\w.-]+(?::\d+)?")),
    (
        Kind.ACCOUNT,
        re.compile(r"\b[A-Z]{2}\d{2}(?:[ .]?[A-Z]{4})?(?:[ .]?\d{1,4}){2,8}(?!\w)", re.IGNORECASE),
    ),
    (
        Kind.SECRET,
        re.compile(
            r"(?<=\b)(?:(?:wacht|pass)woord|password|passwd|ww|pin(?:code)?|code|sleutel|key|token)\b"
            r"(?:\s*[:=]\s*|\s+(?:is|was|luidt)\s*:?\s*)\S+",
            re.IGNORECASE,
        ),
    ),
    (Kind.POSTCODE, re.compile(r"\b[1-9]\d{3}\s?[A-Z]{2}\b")),
    (
        Kind.STREET,
        re.compile(
            r"(?:\b(?:[A-Z][\w'-]*|der|de|den|ter|ten)\s+)*\b[A-Z][\w'-]*"
            r"(?:straat|weg|laan|plein|gracht|kade|dijk|hof|pad|steeg|plantsoen|singel|street|road)\s+\d+\w*"
        ),
    ),
    (Kind.NUMBER, re.compile(r"(?<!\w)\+?\(?\d(?:[\s().-]{0,2}\d){5,}(?!\w)")),
)
_WORD = re.compile(r"[^\W_]+")
# While it is worked on each mark is one sign that nobody writes, so that no mark is taken for a name.
_MARKS = {kind: chr(0xE000 + at) for at, kind in enumerate(Kind)}
_OURS = re.compile(f"[{''.join(_MARKS.values())}]")
_AGAIN = re.compile(f"([{_MARKS[Kind.NAME]}{_MARKS[Kind.ORGANISATION]}])(?:[\\s-]+\\1)+")
_COMMON = frozenset(plain_key(word) for profile in PROFILES.values() for word in profile.words)


@dataclass(frozen=True, slots=True)
class Known:
    """Names that the helpdesk knows: of people, and of organisations."""

    people: Set[str]
    organisations: Set[str]


def anonymous(text: str, known: Known, words: Mapping[Kind, str]) -> str:
    """With `words` in brackets in the place of each."""
    text = _OURS.sub("", text)
    for kind, pattern in _PATTERNS:
        text = pattern.sub(_MARKS[kind], text)
    text = _without(text, known.organisations, _MARKS[Kind.ORGANISATION])
    text = _without(text, known.people, _MARKS[Kind.NAME])
    text = _AGAIN.sub(r"\1", text)
    for kind, mark in _MARKS.items():
        text = text.replace(mark, f"[{words[kind]}]")
    return text


def _without(text: str, names: Set[str], mark: str) -> str:
    """Without any of the names, and without the words that they are made of. Of a word that is in the language too, only
    what is written with a capital."""
    rows = {tuple(plain_key(name).split()) for name in names}
    text = _without_rows(text, [row for row in rows if len(row) > 1], mark)
    parts = {part for row in rows for part in row if len(part) >= SHORTEST}

    def unnamed(found: re.Match[str]) -> str:
        key = plain_key(found[0])
        plain_word = key in _COMMON and not found[0][:1].isupper()
        beginnings = {key[: len(key) - ending] for ending in range(_ENDING + 1)}
        return found[0] if plain_word or beginnings.isdisjoint(parts) else mark

    return _WORD.sub(unnamed, text)


def _without_rows(text: str, rows: Iterable[tuple[str, ...]], mark: str) -> str:
    """Without several words in a row, whatever stands between them and however they are written."""
    for row in sorted(rows, key=lambda row: (-len(row), row)):
        words = list(_WORD.finditer(text))
        keys = [plain_key(found[0]) for found in words]
        for at in range(len(keys) - len(row), -1, -1):
            if tuple(keys[at : at + len(row)]) == row:
                text = text[: words[at].start()] + mark + text[words[at + len(row) - 1].end() :]
    return text
