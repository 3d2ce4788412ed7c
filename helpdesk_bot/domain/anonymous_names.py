"""Finds known names in a text: whole or in part, with their spaces or without, however they are written."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from helpdesk_bot.domain.language import ORDINARY
from helpdesk_bot.domain.layout import plain_key

_WORD = re.compile(r"[^\W_]+")
_SHORTEST, _LONG = 3, 5  # letters of a part of a name; and of one to which more than an 's' may be tied
_JOINED = 6  # letters of a name that people write without its spaces
_BETWEEN = frozenset(
    [
        "van",
        "der",
        "den",
        "de",
        "het",
        "ten",
        "ter",
        "tot",
        "aan",
        "von",
        "vom",
        "zum",
        "zur",
        "del",
        "dos",
        "das",
    ]
)
# What the names of organisations begin and end with, and people leave out.
_AROUND = frozenset(
    [
        "stichting",
        "vereniging",
        "cooperatie",
        "cooperatieve",
        "cooperative",
        "coop",
        "foundation",
        "association",
        "initiatief",
        "bv",
        "nv",
        "ua",
        "vof",
        "de",
        "het",
        "the",
        "amsterdam",
        "centrum",
        "noord",
        "oost",
        "zuid",
        "west",
        "nieuw",
        "zuidoost",
        "weesp",
    ]
)


@dataclass(frozen=True, slots=True)
class Names:
    """As `plain_key` leaves words. `rows`: several words, by the first of them, the longest first. `words`: those that tell
    it alone."""

    rows: Mapping[str, Sequence[tuple[str, ...]]]
    words: Set[str]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, ...]], words: Iterable[str]) -> "Names":
        by_first = defaultdict(list)
        for row in sorted(set(rows), key=lambda row: (-len(row), row)):
            if len(row) > 1:
                by_first[row[0]].append(row)
        return cls(by_first, frozenset(word for word in words if not word.isdecimal()))


def of_people(called: Iterable[str]) -> Names:
    """Of people each part tells who it is. Of a short one ('de', 'el') only when it is all there is."""
    rows = [tuple(plain_key(name).split()) for name in called]
    return Names.of(rows, (word for row in rows for word in _parts_of_person(row)))


def of_groups(called: Iterable[str], asking: Set[str], known_to_all: Set[str]) -> Names:
    """Of organisations and rooms the whole name, with and without what stands around it. Of those that are `asking` each word.
    Not what is `known_to_all`, and no ordinary word alone: a draft without 'open' and 'samen' helps nobody."""
    public = {plain_key(name) for name in known_to_all}
    rows = {tuple(plain_key(name).split()) for name in called}
    theirs = {tuple(plain_key(name).split()) for name in asking}
    whole = {form for row in rows | theirs for form in (row, _core(row)) if " ".join(form) not in public}
    alone = {"".join(row) for row in whole if len(row) == 1 or len("".join(row)) >= _JOINED}
    parts = {word for row in theirs for word in row if len(word) >= _SHORTEST} - _AROUND
    telling = {word for word in alone | parts if len(word) > 1} - ORDINARY - public
    return Names.of(whole, telling | {row[0] for row in theirs if len(row) == 1})


def without(text: str, names: Names, mark: str) -> str:
    """With `mark` in the place of each. Of a word that is an ordinary one too, only what is written with a capital."""
    found = list(_WORD.finditer(text))
    keys = [plain_key(word[0]) for word in found]
    parts, upto, at = [], 0, 0
    while at < len(found):
        count = _words_at(names, keys, at, capital=found[at][0][0].isupper())
        if count:
            parts += [text[upto : found[at].start()], mark]
            upto = found[at + count - 1].end()
        at += count or 1
    return "".join([*parts, text[upto:]])


def _words_at(names: Names, keys: Sequence[str], at: int, *, capital: bool) -> int:
    """How many words from this one on are a name."""
    for row in names.rows.get(keys[at], ()):
        if tuple(keys[at : at + len(row)]) == row:
            return len(row)
    if keys[at] in ORDINARY and not capital:
        return 0
    return int(not names.words.isdisjoint(_without_ending(keys[at])))


def _without_ending(key: str) -> Iterator[str]:
    """'fatimas' is of 'fatima'; but 'markt' has nothing to do with 'Mar', nor 'basis' with 'Bas'."""
    yield key
    for ending in (1, 2):
        stem = key[:-ending]
        if len(stem) >= _LONG or (len(stem) >= _SHORTEST and key[-ending:] == "s"):
            yield stem


def _parts_of_person(row: tuple[str, ...]) -> Iterator[str]:
    if len(row) == 1:
        yield row[0]
    elif len(joined := "".join(row)) >= _JOINED:
        yield joined
    for word in row:
        if word not in _BETWEEN and (len(word) >= _SHORTEST or word not in ORDINARY) and len(word) > 1:
            yield word
            if len(stem := word.rstrip("0123456789")) >= _SHORTEST:  # 'kwame1987'
                yield stem


def _core(row: tuple[str, ...]) -> tuple[str, ...]:
    """'Stichting Buurtwarmte Noord' is 'Buurtwarmte' to those who know it."""
    inside = [at for at, word in enumerate(row) if word not in _AROUND]
    return row[inside[0] : inside[-1] + 1] if inside else row
