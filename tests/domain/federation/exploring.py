"""Every world that can come of a new one, and whether all that must hold does in each.

python -m tests.domain.federation.exploring --moves 6 --put-back
"""

import argparse
import gc
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from helpdesk_bot.domain.moves import NotPossible
from tests.domain.federation import happening, sameness, settling, world
from tests.domain.federation.happening import Bounds, steps_of
from tests.domain.federation.sameness import Backup, normal, normal_with, order
from tests.domain.federation.world import Lend, Side, Ticket


class World(NamedTuple):
    """`may`: whether a side may yet be put back."""

    tickets: tuple[Ticket, ...]
    may: bool = False
    backup: Backup | None = None


class Found(NamedTuple):
    """How many worlds there are, and, when one of them is wrong, why and the steps to it."""

    worlds: int
    wrong: str | None = None
    trace: tuple[str, ...] = ()


def explore(bounds: Bounds) -> Found:
    """Until something is wrong. First all that takes no move of people, then what takes one, and so on."""
    _forget()
    gc.disable()  # nothing here goes in a circle, and there is very much of it
    try:
        return _explore(bounds)
    finally:
        gc.enable()
        _forget()


def _forget() -> None:
    """What was remembered belongs to the rules as they were."""
    for remembered in (
        world.lacks,
        happening.steps_of,
        settling.settle,
        sameness.normal,
        sameness.normal_with,
        sameness.order,
        sameness.slim,
        _put_back,
    ):
        remembered.cache_clear()


def _explore(bounds: Bounds) -> Found:
    came_from: dict[World, World | None] = {}
    later: list[tuple[World, World | None]] = [(World((Ticket(),) * bounds.tickets, bounds.put_back), None)]
    for left in range(bounds.moves, -1, -1):
        now, later = later, []
        while now:
            here, before = now.pop()
            if here in came_from:
                continue
            came_from[here] = before
            try:
                for ticket in here.tickets:
                    settling.check(ticket, put_back=bounds.put_back and not here.may)
                for _, moves, after in steps(here, bounds):
                    if moves <= left:
                        (later if moves else now).append((_same(after), here))
            except (settling.Wrong, NotPossible) as why:
                return Found(len(came_from), f"{type(why).__name__}: {why}", _trace(here, came_from, bounds))
    return Found(len(came_from))


def steps(here: World, bounds: Bounds) -> Iterator[tuple[str, int, World]]:
    """Each step, how many moves of people it takes, and what comes of it."""
    for number, ticket in enumerate(here.tickets):
        for label, moves, after in steps_of(ticket, bounds):
            tickets = (*here.tickets[:number], after, *here.tickets[number + 1 :])
            yield f"question {number}: {label}", moves, World(tickets, here.may, here.backup)
    if not here.may:
        return
    (ticket,) = here.tickets
    if here.backup is not None:
        yield "it is put back", 0, World((_put_back(ticket, here.backup),))
        return
    for of_origin in (True, False):
        sides = tuple(lend.origin if of_origin else lend.helper for lend in ticket.lends)
        backup = Backup(of_origin, ticket.has, sides)
        yield f"backup of the {'origin' if of_origin else 'helper'}", 0, World((ticket,), True, backup)


@cache
def _put_back(ticket: Ticket, backup: Backup) -> Ticket:
    """What came after the backup is not known any more."""
    lends: list[Lend] = []
    for at, lend in enumerate(ticket.lends):
        side: Side | None = backup.sides[at] if at < len(backup.sides) else None
        lends.append(lend._replace(origin=side) if backup.of_origin else lend._replace(helper=side))
    return Ticket(backup.has if backup.of_origin else ticket.has, tuple(lends))


def _same(here: World) -> World:
    if here.backup is not None:
        ticket, backup = normal_with(here.tickets[0], here.backup)
        return World((ticket,), True, backup)
    tickets = tuple(map(normal, here.tickets))
    return World(tuple(sorted(tickets, key=order)) if len(tickets) > 1 else tickets, here.may)


def _trace(here: World, came_from: dict[World, World | None], bounds: Bounds) -> tuple[str, ...]:
    """The steps, walked once more with the versions as they were given out."""
    path: list[World] = []
    while (before := came_from[here]) is not None:
        path.append(here)
        here = before
    lines: list[str] = []
    for same in reversed(path):
        label, here = next((label, after) for label, _, after in steps(here, bounds) if _same(after) == same)
        lines.append(label)
    return tuple(lines)


if __name__ == "__main__":
    asks = argparse.ArgumentParser(description=__doc__)
    for name in ("tickets", "peers", "moves", "lends"):
        asks.add_argument(f"--{name}", type=int, default=getattr(Bounds, name))
    for name in ("old_comparisons", "put_back"):
        asks.add_argument(f"--{name.replace('_', '-')}", action="store_true")
    print(*explore(Bounds(**vars(asks.parse_args()))), sep="\n")  # noqa: T201
