"""What a short answer means. Pure, and careful: a message counts only when every word of it says the same.

'Bedankt, maar het werkt niet' and 'werkt het nu?' are no yes. What is not understood reaches a person as it is.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from helpdesk_bot.domain.layout import plain_key

YES_SIGNS, NO_SIGNS = frozenset("👍✅✔☑❤🎉💯👌🙏😊🙂😀😃😄😁🥳🤩👏🙌💪💐🌻🌷💛💚💙💜🧡"), frozenset("👎❌")
# What one may put at a message and mean nothing else by it than that it was read with pleasure.
KIND_SIGNS = frozenset("👍❤🎉🙏😊🙂😀😃😄😁👏💪💐🌻🌷💛💚💙💜🧡")
HANDS = frozenset("✋🖐🤚🙋")
FEWEST = 4  # words
LARGEST = 3  # digits of what may be a mark; a longer number is something else
_OF_FIVE = re.compile(r"/\s*5\b")
_MARK = re.compile(r"\s*([1-5])\s*(?:[.,;:!–-]+\s|(?:want|omdat|because)\b)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+")
LONGEST = 20  # words; more is a story


@dataclass(frozen=True, slots=True)
class Words:
    """The phrases of all languages, as `plain_key` leaves them. `kind`: 'super', 'fijne dag'. `around`: what may stand
    beside any of these. `but`: what takes back, or asks for more."""

    yes: frozenset[str]
    no: frozenset[str]
    thanks: frozenset[str]
    kind: frozenset[str]
    around: frozenset[str]
    but: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reply:
    """`yes`, `thanks` and `kind` may all be so."""

    yes: bool = False
    no: bool = False
    thanks: bool = False
    kind: bool = False


NOTHING = Reply()


def understood(text: str, words: Words, names: Iterable[str] = ()) -> Reply:
    """The meaning of a whole message. `names`: people who may be spoken to in it."""
    said = plain_key(text).split()
    yes_sign, no_sign = not YES_SIGNS.isdisjoint(text), not NO_SIGNS.isdisjoint(text)
    if "?" in text or len(said) > LONGEST or (yes_sign and no_sign):
        return NOTHING
    if " ".join(said) in words.no or (no_sign and not said):
        return NOTHING if yes_sign else Reply(no=True)
    if no_sign:
        return NOTHING
    if not said:
        return Reply(yes=yes_sign)
    ways = _ways(said, _phrases(words, names))
    held = frozenset[str]().union(*ways)
    return Reply(yes="yes" in held or (yes_sign and bool(ways)), thanks="thanks" in held, kind="kind" in held)


def gist(text: str, words: Words) -> Reply:
    """What a longer message says by the way: it begins with a yes, or holds thanks, and nothing in it takes that back.

    Not all of it is understood: whoever acts on it lets a person read it too.
    """
    said = plain_key(text)
    if doubtful(text, words):
        return NOTHING
    begins_with_yes = any(f"{said} ".startswith(f"{phrase} ") for phrase in words.yes)
    return Reply(yes=begins_with_yes, thanks=holds(text, words.thanks))


def doubtful(text: str, words: Words) -> bool:
    """Whether it asks something, takes something back, or is a whole story."""
    long = len(plain_key(text).split()) > LONGEST
    return long or "?" in text or not NO_SIGNS.isdisjoint(text) or holds(text, words.but | words.no)


def holds(text: str, phrases: frozenset[str]) -> bool:
    """Whether one of the phrases stands somewhere in it."""
    line = f" {plain_key(text)} "
    return any(f" {phrase} " in line for phrase in phrases)


def mark_with_words(text: str) -> int | None:
    """The mark in front of '5, je was heel geduldig' and '4 want het ging snel'; None for '2 dingen nog'."""
    found = _MARK.match(text)
    return int(found[1]) if found and len(text.split()) <= LONGEST and "?" not in text else None


def numbers(
    text: str, words: Words, spelled: Mapping[str, str], around: frozenset[str], names: Iterable[str] = ()
) -> tuple[frozenset[str], bool]:
    """The numbers in a message that holds nothing else but politeness ('5, bedankt!', 'een 4', '4/5', 'vijf sterren'), and
    whether it says thanks as well. `spelled`: the digits of a word; `around`: what may stand beside a number."""
    said = plain_key(_OF_FIVE.sub(" ", text)).split()
    if "?" in text or len(said) > LONGEST:
        return frozenset(), False
    known = _phrases(words, names) | dict.fromkeys(around, frozenset[str]())
    known |= {phrase: frozenset({number}) for phrase, number in spelled.items()}
    known |= {w: frozenset({w}) for w in said if w.isdecimal() and w.isascii() and len(w) <= LARGEST}
    held = frozenset[str]().union(*_ways(said, known))
    return frozenset(filter(str.isdecimal, held)), "thanks" in held


def only_signs(text: str) -> bool:
    """'🌻', '🙏🙏' or '…': nothing that needs an answer."""
    return not plain_key(text) and "?" not in text and NO_SIGNS.isdisjoint(text)


def asks_for_help(text: str, trouble: frozenset[str], oneself: frozenset[str]) -> bool:
    """Whether somebody who says this to others seems to want help: something is in trouble, or they ask about themselves.

    'Wie gaat er mee naar de markt?' is neither.
    """
    text = _ADDRESS.sub(" ", text)
    words = plain_key(text).split()
    if len(words) < FEWEST:
        return False
    return holds(text, trouble) or ("?" in text and not oneself.isdisjoint(words))


def _phrases(words: Words, names: Iterable[str]) -> dict[str, frozenset[str]]:
    """What may be said in a short answer, and what each phrase says by it."""
    polite = words.around | {part for name in names for part in plain_key(name).split()}
    phrases = dict.fromkeys(polite, frozenset[str]())
    for what, said in (("yes", words.yes), ("thanks", words.thanks), ("kind", words.kind)):
        for phrase in said:
            phrases[phrase] = phrases.get(phrase, frozenset()) | {what}
    return phrases


def _ways(said: list[str], phrases: Mapping[str, frozenset[str]]) -> set[frozenset[str]]:
    """The message cut into known phrases, in every possible way: for each way, what it says."""
    longest = max(len(phrase.split()) for phrase in phrases)
    ways: list[set[frozenset[str]]] = [set() for _ in range(len(said) + 1)]
    ways[0].add(frozenset())
    for start in range(len(said)):
        for end in range(start + 1, min(start + longest, len(said)) + 1):
            says = phrases.get(" ".join(said[start:end]))
            if says is not None:
                ways[end] |= {way | says for way in ways[start]}
    return ways[-1]
