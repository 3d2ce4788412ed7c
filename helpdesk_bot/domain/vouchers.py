"""How paid work is taken from the vouchers of an organisation. Pure; all amounts are minutes."""

from collections.abc import Sequence
from dataclasses import dataclass

WARN_AT = 80  # of 100 used: then there is still time to arrange more


@dataclass(frozen=True, slots=True)
class Pot:
    """A voucher that counts on the day of the work, with what is left of it. `open_ended`: a coordinator allows more
    than there is."""

    id: int
    left: int
    open_ended: bool = False


def share(minutes: int, pots: Sequence[Pot]) -> tuple[list[tuple[int, int]], int]:
    """What is taken from which voucher, in their order, and for how much there is no room.

    More than there is comes from the last one that allows it, after all others are empty.
    """
    taken: dict[int, int] = {}
    for pot in pots:
        part = min(minutes, max(pot.left, 0))
        if part:
            taken[pot.id] = part
            minutes -= part
    allowing = [pot.id for pot in pots if pot.open_ended]
    if minutes and allowing:
        taken[allowing[-1]] = taken.get(allowing[-1], 0) + minutes
        minutes = 0
    return list(taken.items()), minutes


def nearly_used(granted: int, used: int) -> bool:
    return used * 100 >= granted * WARN_AT
