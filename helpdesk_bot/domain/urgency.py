"""Whether somebody's words sound like an emergency, and which one. Nothing is done because of it: the bot asks.

'Geen spoed', 'we zijn niet gehackt' and 'een cursus over datalekken' are none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from helpdesk_bot.domain.layout import plain_key

# The commonest emergencies, in the order in which people are shown them; each has first aid of its own.
EMERGENCIES: tuple[str, ...] = ("account", "leak", "key_person", "site", "stolen")
OTHER = "other"
# Where words of several are found, the one that should be acted on first.
_WORST_FIRST = ("stolen", "leak", "account", "site", "key_person")
# These are emergencies as a rule. A site that is down, or a volunteer who leaves, may well wait until the morning.
ALARMING = frozenset({"account", "leak", "stolen"})
_CLAUSE = re.compile(r"[.,;:!?()\n…–—]+")
APART = 4  # words that may stand between two that belong together
BEFORE, AFTER = 3, 2  # words in which a 'not' takes back what follows, or what went before


@dataclass(frozen=True, slots=True)
class Signs:
    """The phrases of all languages, as `plain_key` leaves them. `urgent`: 'spoed'. `calm`: what takes it back, as 'geen'
    does. `about`: where emergencies are only spoken about, as in 'cursus'. `kinds`: what people say of each emergency."""

    urgent: frozenset[str]
    calm: frozenset[str]
    about: frozenset[str]
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Urgency:
    """`alarming`: one should ask whether somebody has to be called. `kind`: which emergency it sounds like."""

    alarming: bool = False
    kind: str | None = None


def sounds(text: str, signs: Signs) -> Urgency:
    """What somebody's message sounds like."""
    urgent, kinds = False, set[str]()
    for clause in map(plain_key, _CLAUSE.split(text)):
        words = clause.split()
        if _holds(words, signs.about):
            continue
        urgent = urgent or _said(words, signs.urgent, signs.calm, AFTER)
        for kind, phrases in signs.kinds.items():
            if _said(words, phrases, signs.calm, 0) or _said_apart(words, phrases, signs.calm):
                kinds.add(kind)
    worst = next((kind for kind in _WORST_FIRST if kind in kinds), None)
    return Urgency(urgent or not ALARMING.isdisjoint(kinds), worst)


def _said(words: list[str], phrases: frozenset[str], calm: frozenset[str], after: int) -> bool:
    """Whether one of the phrases stands there and nothing close to it takes it back."""
    for begin, end in _places(words, phrases):
        around = (words[max(0, begin - BEFORE) : begin], words[end : end + after])
        if not any(_holds(part, calm) for part in around):
            return True
    return False


def _said_apart(words: list[str], phrases: frozenset[str], calm: frozenset[str]) -> bool:
    """The same of a phrase of two words with others in between: 'mijn laptop met alle gegevens is gestolen'."""
    for phrase in phrases:
        first, _, second = phrase.partition(" ")
        if not second or " " in second or first not in words:
            continue
        begin = words.index(first)
        between = words[begin + 1 : begin + 2 + APART]
        if second in between:
            around = words[max(0, begin - BEFORE) : begin] + between[: between.index(second)]
            if not _holds(around, calm):
                return True
    return False


def _holds(words: list[str], phrases: frozenset[str]) -> bool:
    return next(_places(words, phrases), None) is not None


def _places(words: list[str], phrases: frozenset[str]) -> Iterator[tuple[int, int]]:
    longest = max((len(phrase.split()) for phrase in phrases), default=0)
    for begin in range(len(words)):
        for end in range(begin + 1, min(begin + longest, len(words)) + 1):
            if " ".join(words[begin:end]) in phrases:
                yield begin, end
