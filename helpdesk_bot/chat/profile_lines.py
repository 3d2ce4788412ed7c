"""Reads what somebody says about how they help: the value of one line of their profile."""

import re
from collections.abc import Callable, Sequence

from helpdesk_bot.actions import technicians
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.technicians import MostOpen, Value
from helpdesk_bot.chat.meaning import meaning
from helpdesk_bot.domain.choosing import Words, chosen, resembling
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.profile import MOST_AT_ONCE, Line
from helpdesk_bot.domain.quiet import Quiet, quiet_in
from helpdesk_bot.domain.when_words import NUMBERS
from helpdesk_bot.texts.spoken import languages_by_code

LISTS = (Line.SKILLS, Line.LEARNING, Line.LANGUAGES, Line.STADSDELEN)
_SIGN = re.compile(r"\A\s*([+\-\u2212\u2013])\s*(?=\S)")
_WORD = re.compile(r"[^\W\d_]+")
# What adds one thing to a list, or takes it away: in front of it, and behind it.
_ADDING = ("words.adding_before", "words.adding_behind")
_TAKING = ("words.taking_before", "words.taking_behind")


class NotUnderstood(Exception):
    """These words are no value of this line."""


def read(act: Act, line: Line, text: str) -> Value:
    """The value that is meant. Raises NotUnderstood when not every word of it is understood."""
    value = _READ[line](act, text)
    if value is None:
        raise NotUnderstood(line)
    return value


def changed(act: Act, line: Line, text: str, now: Sequence[str]) -> Value:
    """The same behind a command, so that it is no question. Of a list that holds `now` already, '+ mail', 'ook mail' and
    'geen mail meer' change one thing."""
    whole = act.texts.word_list(None, "words.nothing") | act.texts.word_list(None, "words.own_team")
    if line not in LISTS or "?" in text or plain_key(text) in whole:
        return read(act, line, text)
    if line in (Line.SKILLS, Line.LEARNING):
        text = _WORD.sub(lambda found: _topic_told(act, found[0]), text)
    rest: str | None
    sign = _SIGN.match(text) if "\n" not in text.strip() else None
    if sign is not None:
        adds, rest = sign[1] == "+", text[sign.end() :]
    elif (rest := _without(act, text, *_TAKING)) is not None:
        adds = False
    elif now and (rest := _without(act, text, *_ADDING)) is not None:
        adds = True
    else:
        return read(act, line, text)
    said = read(act, line, rest)
    assert isinstance(said, list)
    others = [id_ for id_ in now if id_ not in said]
    return [*now, *(id_ for id_ in said if id_ not in now)] if adds else others


def _topic_told(act: Act, word: str) -> str:
    """'wordpress' tells a topic, though it is the name of none."""
    known = {part for own in technicians.topics(act).values() for name in own for part in name.split()}
    return word if plain_key(word) in known else act.topics.guess(word) or word


def _without(act: Act, text: str, before: str, behind: str) -> str | None:
    """What is left without such words around it; None when there are none, or nothing else."""
    words = plain_key(text)
    kept = words
    for phrase in sorted(act.texts.word_list(None, before), key=len, reverse=True):
        if kept.startswith(f"{phrase} "):
            kept = kept.removeprefix(f"{phrase} ")
            break
    for phrase in sorted(act.texts.word_list(None, behind), key=len, reverse=True):
        if kept.endswith(f" {phrase}"):
            kept = kept.removesuffix(f" {phrase}")
            break
    return kept if kept != words else None


def named(act: Act, word: str) -> Line | None:
    """The line that somebody means by a word, with a slip or not: 'vaardigheden', 'talen', 'rust'."""
    names = {name: line for line in Line for name in act.texts.word_list(None, f"words.profile_{line}")}
    key = plain_key(word)
    found = key if key in names else resembling(key, names)
    return names[found] if found is not None else None


def _topics(act: Act, text: str) -> list[str] | None:
    return chosen(text, technicians.topics(act), _words(act), numbered=True)


def _languages(act: Act, text: str) -> list[str] | None:
    words = _words(act)
    return chosen(text, languages_by_code(), Words(words.around, nothing=words.nothing))


def _stadsdelen(act: Act, text: str) -> list[str] | None:
    places = {
        s.id: frozenset(plain_key(name) for name in (s.id, s.name, *s.aliases)) - {""}
        for s in act.layout.stadsdelen
    }
    words = _words(act)
    own = act.texts.word_list(None, "words.own_team")
    return chosen(text, places, Words(words.around, words.everything, words.nothing | own), numbered=True)


def _paid(act: Act, text: str) -> bool | None:
    ways = {kind: act.texts.word_list(None, f"words.{kind}") for kind in ("volunteer", "paid")}
    said = chosen(text, ways, Words(act.texts.word_list(None, "words.around_a_choice")))
    return said == ["paid"] if said is not None and len(said) == 1 else None


def _most_open(act: Act, text: str) -> MostOpen | None:
    usual = act.texts.word_list(None, "words.as_usual")
    if plain_key(text) in usual:
        return MostOpen(None)
    numbers = {str(n): {str(n)} for n in range(1, MOST_AT_ONCE + 1)}
    for word, n in NUMBERS.items():
        numbers[str(n)].add(plain_key(word))
    around = act.texts.word_list(None, "words.around_a_number")
    said = chosen(text, numbers, Words(around - {"een"}))
    return MostOpen(int(said[0])) if said is not None and len(said) == 1 else None


def _quiet(act: Act, text: str) -> Quiet | None:
    if plain_key(text) in act.texts.word_list(None, "words.never_quiet") or meaning(act, text).no:
        return Quiet(any_hour=True)
    if plain_key(text) in act.texts.word_list(None, "words.usual_rest"):
        return Quiet()
    return quiet_in(text)


def _show_name(act: Act, text: str) -> bool | None:
    said = meaning(act, text)
    key = plain_key(text)
    if said.no or key in act.texts.word_list(None, "words.rather_not"):
        return False
    return True if said.yes or key in act.texts.word_list(None, "words.please") else None


def _words(act: Act) -> Words:
    texts = act.texts
    return Words(
        around=texts.word_list(None, "words.around_a_choice"),
        everything=texts.word_list(None, "words.everything"),
        nothing=texts.word_list(None, "words.nothing"),
    )


_READ: dict[Line, Callable[[Act, str], Value]] = {
    Line.SKILLS: _topics,
    Line.LEARNING: _topics,
    Line.LANGUAGES: _languages,
    Line.STADSDELEN: _stadsdelen,
    Line.PAID: _paid,
    Line.MOST_OPEN: _most_open,
    Line.QUIET: _quiet,
    Line.SHOW_NAME: _show_name,
}
