"""What a short answer means. Pure, and careful: a message counts only when every word of it says the same.

'Bedankt, maar het werkt niet' and 'werkt het nu?' are no yes. What is not understood reaches a person as it is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from helpdesk_bot.domain.layout import plain_key

YES_SIGNS, NO_SIGNS = frozenset("👍✅✔☑❤🎉💯👌"), frozenset("👎❌")
HANDS = frozenset("✋🖐🤚🙋")
FEWEST = 4  # words
_ADDRESS = re.compile(r"https?://\S+")
LONGEST = 20  # words; more is a story


@dataclass(frozen=True, slots=True)
class Words:
    """The phrases of all languages, as `plain_key` leaves them. `around`: what may stand beside a yes or thanks."""

    yes: frozenset[str]
    no: frozenset[str]
    thanks: frozenset[str]
    around: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reply:
    """`yes` and `thanks` may both be so."""

    yes: bool = False
    no: bool = False
    thanks: bool = False


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
    polite = words.around | {part for name in names for part in plain_key(name).split()}
    ends = _ends(said, words, polite)
    yes, thanks = any(yes for yes, _ in ends), any(thanks for _, thanks in ends)
    return Reply(yes=yes or (yes_sign and bool(ends)), thanks=thanks)


def asks_for_help(text: str, trouble: frozenset[str], oneself: frozenset[str]) -> bool:
    """Whether somebody who says this to others seems to want help: something is in trouble, or they ask about themselves.

    'Wie gaat er mee naar de markt?' is neither.
    """
    words = plain_key(_ADDRESS.sub(" ", text)).split()
    if len(words) < FEWEST:
        return False
    said = f" {' '.join(words)} "
    asks = "?" in _ADDRESS.sub(" ", text)
    return any(f" {phrase} " in said for phrase in trouble) or (asks and not oneself.isdisjoint(words))


def _ends(said: list[str], words: Words, polite: frozenset[str]) -> set[tuple[bool, bool]]:
    """The message cut into known phrases, in every possible way: for each way, whether it holds a yes, and thanks."""
    longest = max(len(phrase.split()) for phrase in words.yes | words.thanks | polite)
    ways: list[set[tuple[bool, bool]]] = [set() for _ in range(len(said) + 1)]
    ways[0].add((False, False))
    for start in range(len(said)):
        for end in range(start + 1, min(start + longest, len(said)) + 1):
            phrase = " ".join(said[start:end])
            if phrase in words.yes or phrase in words.thanks or phrase in polite:
                ways[end] |= {
                    (yes or phrase in words.yes, thanks or phrase in words.thanks)
                    for yes, thanks in ways[start]
                }
    return ways[-1]
