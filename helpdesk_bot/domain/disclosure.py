"""What may be said outside the team: no figure about fewer than five people, and none from which one can be reckoned.

The rule, for a figure that is told per stadsdeel beside the total of the city:

1. A part with fewer than `FEWEST` people behind it is hidden, and so is a total.
2. Whoever subtracts the parts that are shown from the total learns the sum of the hidden ones. So at least two parts
   are hidden, with together at least `FEWEST` people: where needed the smallest of the others is hidden as well.

People who ask in two stadsdelen count once in what is hidden together. This is the usual primary and complementary
suppression of official statistics.
"""

from collections.abc import Mapping

FEWEST = 5


def may_be_shown(parts: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """`parts`: who is behind each. Returns the parts that may be shown beside their total."""
    hidden = {name for name, people in parts.items() if len(people) < FEWEST}
    while hidden and not _hides_well(parts, hidden):
        others = parts.keys() - hidden
        if not others:
            break
        hidden.add(min(others, key=lambda name: (len(parts[name]), name)))
    return frozenset(parts.keys() - hidden)


def total_may_be_shown(parts: Mapping[str, frozenset[str]]) -> bool:
    return len(frozenset().union(*parts.values())) >= FEWEST


def _hides_well(parts: Mapping[str, frozenset[str]], hidden: set[str]) -> bool:
    together = frozenset[str]().union(*(parts[name] for name in hidden))
    return len(hidden) > 1 and len(together) >= FEWEST
