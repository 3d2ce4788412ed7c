"""`python -m benchmarks.chaos`."""

import argparse
import asyncio
import json
import random
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console

import benchmarks.chaos
from benchmarks.chaos import federation
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.run import chaos
from helpdesk_bot.boundaries import BOUNDARIES, WHILE_RUNNING


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=benchmarks.chaos.__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="how often the bot is killed")
    parser.add_argument("--seconds-per-round", type=float, default=2.0, help="longest time to a random kill")
    parser.add_argument(
        "--pace", type=float, default=1.5, help="seconds between a person's messages, on average"
    )
    parser.add_argument("--minutes", type=float, default=60.0, help="no new round after so long")
    parser.add_argument(
        "--at", nargs="+", choices=WHILE_RUNNING, default=WHILE_RUNNING, help="only at these boundaries"
    )
    parser.add_argument("--seed", type=int, help="for the same choices again; the timing is never the same")
    parser.add_argument("--postgres", action="store_true", help="instead of SQLite")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    parser.add_argument("--folder", type=Path, help="keep databases and logs there")
    parser.add_argument(
        "--federation", action="store_true", help="two helpdesks, whose homeservers go down as well"
    )
    given = parser.parse_args()
    plan = Plan(
        given.rounds,
        boundaries=given.at,
        pace=given.pace,
        seconds_per_round=given.seconds_per_round,
        most_seconds=given.minutes * 60,
    )
    console = Console()
    with nullcontext(given.folder) if given.folder else tempfile.TemporaryDirectory() as folder:
        place = Path(folder).absolute()
        if given.federation:
            seed = random.randrange(1_000_000) if given.seed is None else given.seed
            running = federation.chaos(
                place,
                given.rounds,
                seed=seed,
                most_seconds=given.minutes * 60,
                console=console,
                boundaries=sorted(set(BOUNDARIES) & set(given.at)),
            )
        else:
            running = chaos(place, plan, seed=given.seed, postgres=given.postgres, console=console)
        result = asyncio.run(running)
    for line in result.lines():
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if given.json:
        given.json.write_text(json.dumps(result.as_json(), indent=1) + "\n")
    return 0 if result.clean else 1


if __name__ == "__main__":
    sys.exit(main())
