"""The place of a message among those that were said about a lent question: each is taken once, in the order in which it was said."""

from collections.abc import Collection
from dataclasses import dataclass

FURTHEST = 200  # places ahead; what comes from further is said again when the two compare
NOTHING = range(0)


@dataclass(frozen=True, slots=True)
class Arrival:
    """`takes`: the places that are taken now, in this order. `holds`: whether it is kept until what is missing has come."""

    takes: range = NOTHING
    holds: bool = False


def arrives(n: int, *, heard: int, held: Collection[int], known: bool) -> Arrival:
    """What to do with the message at place `n`. All up to `heard` were taken; of `held` those in front are missing. `known`:
    whether this very message was taken or is held already.

    A place that was taken by another message: the sender was put back, and gave it out for the second time. It is taken at
    once, since nothing says any more where it belongs, and nobody would say it again.
    """
    if known or n > heard + FURTHEST:
        return Arrival()
    if n <= heard:
        return Arrival(takes=range(n, n + 1))
    if n > heard + 1:
        return Arrival(holds=True)
    after = n + 1
    while after in held:
        after += 1
    return Arrival(takes=range(n, after))
