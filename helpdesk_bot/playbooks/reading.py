"""How easy a text reads: measured, and words that B1 does not know.

Dutch by Flesch-Douma (W. H. Douma, De leesbaarheid van landbouwbladen, 1960), English by Flesch reading ease (R. Flesch,
1948). Both are about sentences and words; a list of hard words catches what they can't.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

EASY = {"nl": 65.0, "en": 65.0}  # 60 and up is what people of 13 to 15 read without effort
LONGEST = 25  # words of one sentence

_SENTENCE = re.compile(r"[.!?:;]+(?:\s|$)|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# A menu path, an address, a name in quotes and a field are looked at, not read.
_LOOKED_AT = re.compile(r"https?://\S*[^\s.,:;!?)]|\*[^*]+\*|`[^`]+`|\{[^}]+\}|\S+@\S+|\S+\.\S+\w")
_VOWELS = {
    "nl": re.compile(r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ei|ij|ou|au|[aeiouyàèìòùäëïöüâêîôû]"),
    "en": re.compile(r"[aeiouy]+"),
}
_STRESS = str.maketrans("áéíóú", "aeiou")
# 'name', 'names', 'closed'; but not 'people', 'boxes', 'wanted'.
_SILENT = re.compile(
    r"(?<![^aeiouy]l)(?<=[^aeiouy])e$|(?<=[^aeiouysxzc])(?<!ch)(?<!sh)es$|(?<=[^aeiouytd])ed$"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """`ease`: 0 (very hard) to 100 and over (very easy). `long`: sentences of too many words. `hard`: words to replace."""

    ease: float
    long: tuple[str, ...]
    hard: tuple[str, ...]


def syllables(word: str, language: str) -> int:
    """About as many as are heard: groups of vowels, without the silent e of English and the stress of 'één'."""
    word = word.lower().translate(_STRESS)
    if language == "en":
        word = _SILENT.sub("", word) if len(word) > 3 else word
    return max(1, len(_VOWELS[language].findall(word)))


def read(
    texts: Sequence[str], language: str, hard: frozenset[str], names: frozenset[str] = frozenset()
) -> Reading:
    """In one of the languages of `EASY`. `names`: of tools, which people know or learn; each counts as a short word."""
    sentences = [
        words
        for text in texts
        for part in _SENTENCE.split(_LOOKED_AT.sub("naam", text))
        if (words := _WORD.findall(part))
    ]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return Reading(100.0, (), ())
    heard = sum(1 if word.lower() in names else syllables(word, language) for word in words)
    per_sentence, per_word = len(words) / len(sentences), heard / len(words)
    ease = (
        206.84 - 77 * per_word - 0.93 * per_sentence
        if language == "nl"
        else 206.835 - 84.6 * per_word - 1.015 * per_sentence
    )
    too_long = tuple(" ".join(sentence) for sentence in sentences if len(sentence) > LONGEST)
    found = tuple(sorted({word.lower() for word in words} & hard))
    return Reading(round(ease, 1), too_long, found)
