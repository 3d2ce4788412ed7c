"""Finds tools and playbooks by the words that people have for them, with the accents, spaces and typos that they come with."""

import difflib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.playbooks.shelf import Shelf, Shelved
from helpdesk_bot.playbooks.tools import Tool

MOST_WORDS = 12  # that are looked at; nobody needs more to name what they look for
LONGEST_NAME = 4  # words of the name of a tool
SHORTEST_TYPO = 5  # letters; of shorter words too many others are one letter away
ALIKE = 0.85  # of 1; see `difflib`
# Points. A tool that is left or reached tells more than a word of a title, and that more the fewer titles have it.
OF_A_TOOL, OF_THE_FIRST, OF_A_PURPOSE = 4.0, 1.0, 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """A playbook, and how well it fits."""

    playbook: Shelved
    points: float


def tools_named(tools: Mapping[str, Tool], text: str) -> list[Tool]:
    """In the order in which they are named. 'Google Drive' and 'googledrive' are one; 'zoom' in 'Zoom Meetings' is enough."""
    names = {name: tool for tool in reversed(list(tools.values())) for name in _names(tool)}
    words = plain_key(text).split()[:MOST_WORDS]
    found = list(_exactly(names, words)) or list(_nearly(names, words))
    return list({tool.id: tool for tool in found}.values())


def tools_of(tools: Mapping[str, Tool], maker: str) -> list[Tool]:
    """Those in whose name this word stands: 'google' is the maker of many."""
    word = plain_key(maker)
    return [tool for tool in tools.values() if word and word in plain_key(tool.name).split()]


def instead_of(tools: Mapping[str, Tool], left: Tool) -> list[Tool]:
    """What can take the place of a tool: surely alive ones first, what was closed not at all."""
    return _best_first(tool for tool in tools.values() if left.id in tool.instead_of)


def for_purposes(tools: Mapping[str, Tool], purposes: Collection[str]) -> list[Tool]:
    """What is there for it and is not what organisations come from. Those that are made for it first."""
    fitting = [
        tool
        for tool in tools.values()
        if tool.kind != "bigtech" and not set(purposes).isdisjoint(tool.purposes)
    ]
    return _best_first(sorted(fitting, key=lambda tool: tool.purposes[0] not in purposes))


def _best_first(tools: Iterator[Tool] | Sequence[Tool]) -> list[Tool]:
    sure = {"alive": 0, "limited": 1, "uncertain": 2}
    return sorted((tool for tool in tools if tool.status.now in sure), key=lambda tool: sure[tool.status.now])


def purposes_named(words: Mapping[str, Set[str]], text: str) -> list[str]:
    """`words`: for each purpose how people call it, as `plain_key` leaves words."""
    line = f" {' '.join(plain_key(text).split()[:MOST_WORDS])} "
    return [purpose for purpose, called in words.items() if any(f" {word} " in line for word in called)]


def playbooks_between(shelf: Shelf, left: str | None, reached: str) -> list[Shelved]:
    """Those that lead to a tool; when one is named that is left, from there."""
    return [
        one
        for one in shelf.playbooks.values()
        if reached in one.reaches and (left is None or left in one.leaves)
    ]


def playbooks_like(shelf: Shelf, text: str, purposes: Collection[str] = ()) -> list[Found]:
    """Those that fit best, the best first. By the id only that one."""
    if (exactly := shelf.playbooks.get(text.strip().casefold())) is not None:
        return [Found(exactly, OF_A_TOOL)]
    named = {tool.id for tool in tools_named(shelf.tools, text)}
    told = _told(shelf)
    said = {_as_known(word, told) for word in plain_key(text).split()[:MOST_WORDS]} & told.keys()
    found = []
    for one in shelf.playbooks.values():
        points = OF_A_TOOL * len(named & {*one.leaves, *one.reaches})
        points += OF_THE_FIRST * len(named & {*one.leaves[:1], *one.reaches[:1]})
        points += sum(1 / len(told[word]) for word in sorted(said) if one.id in told[word])
        if _serves(shelf, one, purposes):
            points += OF_A_PURPOSE
        if points:
            found.append(Found(one, points))
    most = max((one.points for one in found), default=0.0)
    return sorted((one for one in found if one.points > most / 2), key=lambda one: -one.points)


def best(found: Sequence[Found]) -> list[Found]:
    """Only those that no other one is ahead of."""
    return [one for one in found if one.points == found[0].points]


def _serves(shelf: Shelf, one: Shelved, purposes: Collection[str]) -> bool:
    reached = [shelf.tools[name] for name in one.reaches if name in shelf.tools]
    return any(tool.purposes[0] in purposes for tool in reached)


def _told(shelf: Shelf) -> dict[str, set[str]]:
    """Each word of the ids and titles, with the playbooks that have it."""
    told = defaultdict(set)
    for one in shelf.playbooks.values():
        for word in plain_key(" ".join([one.id, *one.title.values()])).split():
            told[word].add(one.id)
    return told


def _as_known(word: str, known: Collection[str]) -> str:
    if word in known or len(word) < SHORTEST_TYPO:
        return word
    return next(iter(difflib.get_close_matches(word, known, 1, ALIKE)), word)


def _names(tool: Tool) -> set[str]:
    """Without spaces, since people write them or not."""
    return {plain_key(name).replace(" ", "") for name in (tool.id, tool.name, *tool.names)}


def _stretches(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Each few words in a row, as one: for each place the longest first."""
    for at in range(len(words)):
        for length in range(min(LONGEST_NAME, len(words) - at), 0, -1):
            yield at, length, "".join(words[at : at + length])


def _exactly(names: Mapping[str, Tool], words: Sequence[str]) -> Iterator[Tool]:
    """Of 'google drive' only the whole, not also a 'drive'."""
    beyond = 0
    for at, length, name in _stretches(words):
        if at >= beyond and name in names:
            beyond = at + length
            yield names[name]


def _nearly(names: Mapping[str, Tool], words: Sequence[str]) -> Iterator[Tool]:
    for _, _, name in _stretches(words):
        if len(name) >= SHORTEST_TYPO:
            for close in difflib.get_close_matches(name, names, 1, ALIKE):
                yield names[close]
