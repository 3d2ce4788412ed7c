"""What questions are about: the fields in which organisations ask for help and technicians have skills.

A guess adds up the points of the words that tell a topic. It says nothing rather than something wrong, because the
people who are asked first depend on it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from helpdesk_bot.domain.layout import plain_key

# In the order in which people are shown them. A helpdesk can add its own.
TOPICS: tuple[str, ...] = (
    "access",
    "files",
    "mail",
    "calendar",
    "chat",
    "website",
    "members",
    "safety",
    "devices",
    "migration",
    "strategy",
)
OTHER = "other"  # nothing of these, or nobody knows

ENOUGH = 2.0  # points: one telling word, or two hints
MARGIN = 1.0  # points; the best must be so much ahead of the next
LONGEST = 2_000  # characters; more makes nobody surer
# Letters. In shorter words one other letter makes another word: 'mail' and 'mais'.
SHORTEST_TYPO = 7
SURE = 3.0  # points; of words that tell less, such as 'verkopen', too many others are only a letter away
SHORTEST_STEM = 3
SHORTEST_WORD, SHORTEST_PART = 2, 3
# What may hang on a word without changing what it tells, in Dutch and English.
_ENDINGS = ("tjes", "jes", "ing", "tje", "en", "es", "je", "ed", "s", "e", "n", "d", "t")
_MAILBOX = re.compile(r"(?<![\w.])[\w.+-]+@[\w.-]*")  # 'info@' too
_ADDRESS = re.compile(r"https?://\S+")
MAIL_ADDRESS = "mailaddress"  # the word for any of them


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and the points of what tells it. What tells it is a word ('printer'), several in a row ('kom er niet in'),
    a part of a word ('*wachtwoord*', 'leden*', '*lijst'), or several that need not be in a row ('weg bij & google')."""

    id: str
    tells: Mapping[str, float]


@dataclass(slots=True)
class Vocabulary:
    """The words of all topics, arranged to be found quickly: per word, phrase or part, the points per topic."""

    ids: tuple[str, ...]
    words: dict[str, dict[str, float]] = field(default_factory=dict)
    parts: dict[str, dict[str, float]] = field(default_factory=dict)
    phrases: dict[str, dict[str, float]] = field(default_factory=dict)
    together: list[tuple[tuple[str, ...], str, float]] = field(default_factory=list)
    nearly: dict[str, set[str]] = field(
        default_factory=dict
    )  # a word without one letter: the words it may be


def vocabulary(topics: Iterable[Topic]) -> Vocabulary:
    topics = list(topics)
    made = Vocabulary(tuple(topic.id for topic in topics))
    for topic in topics:
        for told, points in topic.tells.items():
            parts = [part.strip() for part in told.split("&")]
            if len(parts) > 1:
                made.together.append((tuple(map(_plain, parts)), topic.id, points))
                continue
            for plain in _plain(told).split("|"):
                kind = made.parts if "*" in plain else made.phrases if " " in plain else made.words
                of_topics = kind.setdefault(plain, {})
                of_topics[topic.id] = max(points, of_topics.get(topic.id, 0.0))
    for word, of_topics in made.words.items():
        if len(word) >= SHORTEST_TYPO and max(of_topics.values()) >= SURE:
            for less in _one_less(word):
                made.nearly.setdefault(less, set()).add(word)
    return made


def telling(told: str) -> bool:
    """Whether this can be found in a text, and says enough to be worth it."""
    for way in (way for part in told.split("&") for way in part.split("|")):
        core = way.strip().strip("*")
        shortest = SHORTEST_PART if "*" in way else SHORTEST_WORD
        if "*" in core or len(plain_key(core)) < shortest or ("*" in way and " " in plain_key(core)):
            return False
    return True


def guess(text: str, words: Vocabulary) -> str:
    """The topic of a question, or OTHER when nothing tells it or two are about as likely."""
    points = scores(text, words)
    if not points:
        return OTHER
    (best, most), *others = sorted(points.items(), key=lambda found: -found[1])
    ahead = most - others[0][1] if others else most
    return best if most >= ENOUGH and ahead >= MARGIN else OTHER


def scores(text: str, words: Vocabulary) -> dict[str, float]:
    """The points of each topic that the text tells something about. The same word counts once, however often it is
    said and whatever else it holds."""
    text = _MAILBOX.sub(f" {MAIL_ADDRESS} ", _ADDRESS.sub(" ", text[:LONGEST]))
    line = plain_key(text)
    said = dict.fromkeys(line.split())
    total: dict[str, float] = defaultdict(float)
    for word in said:
        for topic, points in _of_word(word, words).items():
            total[topic] += points
    whole = f" {line} "
    for phrase, told in words.phrases.items():
        if f" {phrase} " in whole:
            for topic, points in told.items():
                total[topic] += points
    stems = {stem for word in said for stem in _stems(word)}
    for parts, topic, points in words.together:
        if all(_holds(line, stems, part) for part in parts):
            total[topic] += points
    return dict(total)


def _of_word(word: str, words: Vocabulary) -> dict[str, float]:
    """What one word tells: by itself, without its ending and by its parts, and only then as a typo of another one."""
    found: dict[str, float] = {}
    known = [words.words[stem] for stem in _stems(word) if stem in words.words]
    known += [told for part, told in words.parts.items() if _fits(part, word)]
    for told in known:
        for topic, points in told.items():
            found[topic] = max(points, found.get(topic, 0.0))
    if found or len(word) < SHORTEST_TYPO:
        return found
    for meant in sorted({w for less in _one_less(word) for w in words.nearly.get(less, ())}):
        if _one_letter_apart(word, meant):
            return words.words[meant]
    return found


def _holds(line: str, stems: Set[str], part: str) -> bool:
    """Whether one piece of 'weg bij & google' is there; '|' stands between words of which one is enough."""
    for way in part.split("|"):
        if " " in way:
            if f" {way} " in f" {line} ":
                return True
        elif way in stems or ("*" in way and any(_fits(way, stem) for stem in stems)):
            return True
    return False


def _fits(part: str, word: str) -> bool:
    core = part.strip("*")
    if part.startswith("*") and part.endswith("*"):
        return core in word
    return word.endswith(core) if part.startswith("*") else word.startswith(core)


def _stems(word: str) -> list[str]:
    """The word itself first."""
    return [word] + [
        word[: -len(ending)]
        for ending in _ENDINGS
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM
    ]


def _one_less(word: str) -> set[str]:
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}


def _one_letter_apart(said: str, meant: str) -> bool:
    """One letter too many, missing or wrong, or two that changed places."""
    if abs(len(said) - len(meant)) == 1:
        longer, shorter = (said, meant) if len(said) > len(meant) else (meant, said)
        return shorter in _one_less(longer)
    if len(said) != len(meant):
        return False
    apart = [at for at in range(len(said)) if said[at] != meant[at]]
    if len(apart) == 1:
        return True
    return (
        len(apart) == 2
        and apart[1] == apart[0] + 1
        and sorted(said[apart[0] : apart[1] + 1]) == sorted(meant[apart[0] : apart[1] + 1])
    )


def _plain(told: str) -> str:
    """As `plain_key`, with the signs that mean something here kept."""
    ways = []
    for way in told.split("|"):
        way = way.strip()
        core = plain_key(way)
        ways.append(("*" if way.startswith("*") else "") + core + ("*" if way.endswith("*") else ""))
    return "|".join(ways)
