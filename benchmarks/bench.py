"""Measures what the helpdesk promises about speed and size, and says whether it keeps it."""

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import structlog
from rich.console import Console

from benchmarks import answer_time, federated_answer, load, many_rooms, many_runs, many_tickets
from benchmarks.house import House
from benchmarks.many_runs import LIBRARY
from benchmarks.report import Figure, show
from helpdesk_bot.demo.synapse import Synapse

SIZES = (1_000, 10_000, 100_000)


def _parts(given: argparse.Namespace) -> dict[str, Callable[[Path], Awaitable[list[Figure]]]]:
    async def answers(folder: Path) -> list[Figure]:
        async with AsyncExitStack() as here:
            house = await _house(here, folder)
            return await answer_time.measure(house, folder, given.repetitions, random.Random())

    async def federated(folder: Path) -> list[Figure]:
        return await federated_answer.measure(folder, given.repetitions, random.Random())

    async def loads(folder: Path) -> list[Figure]:
        async with AsyncExitStack() as here:
            return await load.measure(await _house(here, folder), folder, given.seconds)

    async def rooms(folder: Path) -> list[Figure]:
        async with AsyncExitStack() as here:
            return await many_rooms.measure(await _house(here, folder), folder, given.rooms)

    async def tickets(folder: Path) -> list[Figure]:
        return await many_tickets.measure(
            folder, SIZES, min(given.repetitions, many_tickets.MOST_REPETITIONS)
        )

    async def runs(folder: Path) -> list[Figure]:
        return await many_runs.measure(folder, given.runs, given.repetitions)

    return {
        "answers": answers,
        "federation": federated,
        "load": loads,
        "rooms": rooms,
        "runs": runs,
        "tickets": tickets,
    }


async def _house(here: AsyncExitStack, folder: Path) -> House:
    synapse = await here.enter_async_context(Synapse(folder / "synapse"))
    settings = {"playbooks": {"folder": str(LIBRARY)}}
    return await here.enter_async_context(House.built(synapse, folder / "house", settings=settings))


async def bench(given: argparse.Namespace, console: Console) -> list[Figure]:
    """Runs the parts that were asked for, each in a helpdesk of its own."""
    figures: list[Figure] = []
    for name, part in _parts(given).items():
        if given.only and name not in given.only:
            continue
        with tempfile.TemporaryDirectory() as folder, console.status(f"measuring {name}"):
            found = await part(Path(folder))
        show(found, console)
        figures += found
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parts = ("answers", "federation", "load", "rooms", "runs", "tickets")
    parser.add_argument("--only", nargs="+", choices=parts, help="measure only these")
    parser.add_argument("--repetitions", type=int, default=40, help="of each thing that is timed")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each kind of load")
    parser.add_argument("--rooms", type=int, default=500)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    # Into a file or a pipe a table may be as wide as it needs.
    console = Console() if sys.stdout.isatty() else Console(width=160)
    figures = asyncio.run(bench(given, console))
    if given.json:
        given.json.write_text(json.dumps([figure.as_json() for figure in figures], indent=1) + "\n")
    return 0 if all(figure.good for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
