"""What somebody picks out of a list, in their own words. Pure, and careful: it counts only when every word is understood.

A question that happens to hold a word of the list is none of that, and must not be taken for an answer.
"""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from helpdesk_bot.domain.layout import plain_key

LONGEST = 30  # words; more is a story
ALIKE = 0.8  # of 1, for words of some length; see `difflib`
_SHORTEST = 5  # letters of a word in which a slip is forgiven
_FROM_TO = re.compile(r"\b([0-9]{1,2})\s*(?:-|–|t/m|tot en met|to)\s*([0-9]{1,2})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """What may stand around a choice, and what means all or nothing of it, as `plain_key` leaves them."""

    around: frozenset[str]
    everything: frozenset[str] = frozenset()
    nothing: frozenset[str] = frozenset()


def chosen(
    text: str, options: Mapping[str, Collection[str]], words: Words, *, numbered: bool = False
) -> list[str] | None:
    """The options that are named, in the order of the list; None when a word of it is not understood.

    `options`: their names, as `plain_key` leaves them, by their ids. `numbered`: they were shown with a number each.
    """
    if "?" in text:
        return None
    said = plain_key(_FROM_TO.sub(_spelled_out, text)).split()
    if not said or len(said) > LONGEST:
        return None
    if " ".join(said) in words.everything:
        return list(options)
    if " ".join(said) in words.nothing:
        return []
    phrases = {phrase: id_ for id_, names in options.items() for phrase in names}
    if numbered:
        phrases |= {str(place): id_ for place, id_ in enumerate(options, start=1)}
    picked = _walk(said, phrases, words)
    return [id_ for id_ in options if id_ in picked] if picked else None


def _walk(said: Sequence[str], phrases: Mapping[str, str], words: Words) -> set[str] | None:
    """Through the words, the longest phrase first: 'Nieuw-West' is not West. 'Alles een beetje' is all of it, 'alles van
    mail' is not."""
    picked: set[str] = set()
    at, everything = 0, False
    longest = max((len(phrase.split()) for phrase in {*phrases, *words.around, *words.everything}), default=1)
    while at < len(said):
        for length in range(min(longest, len(said) - at), 0, -1):
            phrase = " ".join(said[at : at + length])
            if phrase in phrases:
                picked.add(phrases[phrase])
                break
            everything = everything or phrase in words.everything
            if phrase in words.around or phrase in words.everything:
                break
        else:
            length = 1
            meant = resembling(said[at], phrases)
            if meant is None:
                return None
            picked.add(phrases[meant])
        at += length
    return set(phrases.values()) if everything and not picked else picked


def resembling(word: str, phrases: Collection[str]) -> str | None:
    """The phrase that somebody who made a slip meant; a short word is too easily another one."""
    if len(word) < _SHORTEST:
        return None
    close = difflib.get_close_matches(word, [phrase for phrase in phrases if " " not in phrase], 1, ALIKE)
    return close[0] if close else None


def _spelled_out(found: re.Match[str]) -> str:
    """'2-4' is 2, 3 and 4."""
    return " ".join(map(str, range(int(found[1]), int(found[2]) + 1)))
