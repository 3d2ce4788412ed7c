"""Takes out of a text what could tell who wrote it, or whom it is about. Rather too much than too little: what is taken out
can be written again, and what was read can't be unread. Nobody should trust it alone: of somebody whom the helpdesk does
not know, no pattern tells the name."""

import re
import unicodedata
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import partial

from helpdesk_bot.domain import anonymous_names as names
from helpdesk_bot.domain.anonymous_names import Names
from helpdesk_bot.domain.anonymous_patterns import PATTERNS, Kind, Sites

# While it is worked on each mark is one sign that nobody writes, so that no mark is taken for a name.
_MARKS = {kind: chr(0xE000 + at) for at, kind in enumerate(Kind)}
_OURS = re.compile(f"[{''.join(_MARKS.values())}]")
_AGAIN = re.compile(f"([{_MARKS[Kind.NAME]}{_MARKS[Kind.ORGANISATION]}])(?:[\\s-]+\\1)+")


@dataclass(frozen=True, slots=True)
class Known:
    """What the helpdesk knows by name. Made once, since there may be thousands."""

    people: Names
    organisations: Names
    rooms: Names
    sites: Sites

    @classmethod
    def of(
        cls,
        people: Set[str],
        organisations: Set[str],
        *,
        asking: Set[str] = frozenset(),
        rooms: Set[str] = frozenset(),
        tools: Set[str] = frozenset(),
    ) -> "Known":
        """`asking`: the organisations that the text is about, of whose names each word tells. `tools`: names that tell nobody."""
        return cls(
            names.of_people(people),
            names.of_groups(organisations, asking, tools),
            names.of_groups(rooms, frozenset(), tools),
            Sites.of(tools),
        )


def anonymous(text: str, known: Known, words: Mapping[Kind, str]) -> str:
    """With `words` in brackets in the place of each."""
    text = _OURS.sub("", _as_read(text))
    for kind, pattern, put in PATTERNS:
        text = pattern.sub(partial(put, known.sites, _MARKS[kind]), text)
    text = names.without(text, known.organisations, _MARKS[Kind.ORGANISATION])
    text = names.without(text, known.people, _MARKS[Kind.NAME])
    text = names.without(text, known.rooms, _MARKS[Kind.ROOM])
    text = _AGAIN.sub(r"\1", text)
    for kind, mark in _MARKS.items():
        text = text.replace(mark, f"[{words[kind]}]")
    return text


def _as_read(text: str) -> str:
    """Without signs that nobody sees, which would stand in the middle of a name, and with each letter in one piece."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
