"""Kills the bot again and again while people write, and counts what was lost, doubled or leaked.

Every second round the bot kills itself at a write boundary (`helpdesk_bot/boundaries.py`), all of them in turn; in the
others it is killed at a random moment. Each time it is started again at once. What counts is what the people's own
clients show, checked against the homeserver.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from benchmarks.audit import missed
from benchmarks.bot_process import BotFailed, BotProcess
from benchmarks.house import MANY, TEAM_ROOMS, House
from benchmarks.ledger import Ledger, Verdict
from benchmarks.people import Crowd, Eyes, Team, direct_asker, newcomer, room_asker, visitor
from helpdesk_bot.boundaries import BOUNDARIES
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse
from tests.support.postgres import Postgres

SETTINGS = {"asking": {"overflow_after": "2s", "questions_per_day": MANY}}
# How often a boundary is passed before it kills, at most: rare ones must come in a round.
PASSAGES = {"timer.written": 1, "inbox.committed": 6, "sync.received": 8, "keys.stored": 8}
MANY_PASSAGES = 20
LONGEST_ROUND = 12.0
SETTLE_SECONDS = 120.0
QUIET_SECONDS = 4.0


@dataclass
class Result:
    """What a run shows."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    messages: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)  # of another kind: it ended by itself, an event failed

    @property
    def clean(self) -> bool:
        return not (self.lost or self.duplicated or self.leaked or self.troubles)

    def as_json(self) -> dict[str, object]:
        known = {name: value for name, value in vars(self).items() if name != "kills"}
        return {**known, "kills": dict(self.kills), "killed": self.kills.total(), "clean": self.clean}

    def lines(self) -> Iterator[str]:
        yield f"kills        {self.kills.total()} in {self.seconds:.0f} s"
        yield from (f"             {count:4} {where}" for where, count in sorted(self.kills.items()))
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.messages.items())
        yield f"messages in  {sum(self.messages.values())} ({kinds})"
        for name in ("lost", "duplicated", "leaked", "troubles"):
            found = getattr(self, name)
            yield f"{name:12} {len(found)}"
            yield from (f"             {line}" for line in found[:20])


class Chaos:
    """One run. `pace` is the pause between two messages of one person, in seconds; nobody begins anything new while
    `most_under_way` messages have not arrived.
    """

    def __init__(self, house: House, folder: Path, seed: int, pace: float, most_under_way: int) -> None:
        self._house = house
        self._folder = folder
        self._rng = random.Random(seed)
        self._bot = BotProcess(house)
        self.ledger = Ledger(house.team_rooms, ("Sanne", "Joris", "Emre"))
        self._crowd = Crowd(self.ledger, house.bot, self._rng, pace, most_under_way)
        self._eyes: list[Eyes] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.result = Result(seed)

    async def run(
        self,
        rounds: int,
        places: Sequence[str | None],
        seconds_per_round: float,
        most_seconds: float,
        console: Console,
    ) -> Result:
        """Kills the bot at these places in turn; None is a random moment. Ends early rather than late."""
        async with AsyncExitStack() as here:
            here.callback(self._bot.close)
            team, askers = await self._people(here)
            self._bot.start()
            await self._bot.ready()
            self._bot.kill()
            started = time.perf_counter()
            with _progress(console) as say:
                async with self._at_work(team, askers):
                    for number in range(rounds):
                        await self._round(number, places[number % len(places)], seconds_per_round)
                        say(self._so_far(number + 1, rounds, started))
                        if time.perf_counter() - started > most_seconds:
                            break
                    self.result.seconds = time.perf_counter() - started
                    say("letting things settle")
            verdict = await self._settled()
            self.result.messages = dict(self.ledger.messages())
            self.result.lost = verdict.lost + self._unread()
            self.result.duplicated, self.result.leaked = verdict.duplicated, verdict.leaked
            for eyes in self._eyes:
                self.result.troubles += await missed(eyes.person)
        self.result.troubles += self._bot_troubles()
        return self.result

    async def _people(self, here: AsyncExitStack) -> tuple[list[Person], dict[str, Person]]:
        async def come(name: str, *, encrypts: bool = True) -> Person:
            folder = self._folder / name if encrypts else None
            person = await here.enter_async_context(
                Person.at(self._house.synapse, name, folder, displayname=name.capitalize())
            )
            self._eyes.append(Eyes(person, self._house.bot, self.ledger))
            return person

        team = [await come(name) for name in ("sanne", "joris", "emre")]
        for person in team:
            await self._house.take_in(person, *TEAM_ROOMS)
        askers = {
            "noor": await come("noor"),
            "fatima": await come("fatima", encrypts=False),
            "henk": await come("henk", encrypts=False),
            "aisha": await come("aisha", encrypts=False),
            "nieuw": await come("nieuw", encrypts=False),
            "bezoeker": await come("bezoeker"),
        }
        known = [person.user_id for name, person in askers.items() if name != "nieuw"]
        await self._house.remember("noord", known)
        for name, room in (("henk", "hulp-noord"), ("aisha", "hulp-west")):
            await askers[name].join(self._house.rooms[room])
        return team, askers

    @asynccontextmanager
    async def _at_work(self, team: list[Person], askers: dict[str, Person]) -> AsyncIterator[None]:
        """Everybody writes and reads while the block runs; at its end everybody only reads."""
        crowd, rooms = self._crowd, self._house.rooms
        helpers = Team(crowd, team, self._house.team_rooms)
        work = [
            direct_asker(crowd, askers["noor"], encrypted=True),
            direct_asker(crowd, askers["fatima"], encrypted=False),
            room_asker(crowd, askers["henk"], rooms["hulp-noord"]),
            room_asker(crowd, askers["aisha"], rooms["hulp-west"]),
            newcomer(crowd, askers["nieuw"]),
            visitor(crowd, askers["bezoeker"]),
            helpers.work(self._eyes[0]),
            *(_watch(eyes) for eyes in self._eyes[1:]),
        ]
        self._tasks = [asyncio.create_task(each) for each in work]
        try:
            yield
        finally:
            # A message that is broken off here may have arrived, but nobody counts on it.
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _round(self, number: int, boundary: str | None, seconds: float) -> None:
        if boundary is None:
            self._bot.start()
            if self._rng.random() < 0.7:  # else it may not even be up
                await self._bot.ready()
            by_itself = await self._bot.ended(self._rng.uniform(0.0, seconds))
            where = "random moment"
        else:
            passages = self._rng.randint(1, PASSAGES.get(boundary, MANY_PASSAGES))
            self._bot.start(kill_at=f"{boundary}:{passages}")
            reached = await self._bot.ended(LONGEST_ROUND)
            by_itself, where = False, boundary if reached else f"random moment ({boundary} not reached)"
        if not self._bot.kill() or by_itself:
            raise BotFailed(f"The bot ended by itself in round {number + 1}.\n{self._bot.tail()}")
        self.result.kills[where] += 1
        for task in self._tasks:
            if task.done():
                task.result()  # nobody stops by themselves: this raises why

    async def _settled(self) -> Verdict:
        """Runs the bot undisturbed until nothing is missing and nothing moves, or for so long that it never will."""
        self._bot.start()
        await self._bot.ready()
        deadline = time.perf_counter() + SETTLE_SECONDS
        quiet_since = time.perf_counter()
        while time.perf_counter() < deadline:
            await asyncio.sleep(0.5)
            news = [eyes.look() for eyes in self._eyes]
            if any(news):
                quiet_since = time.perf_counter()
            quiet = time.perf_counter() - quiet_since > QUIET_SECONDS
            if quiet and not self._unread() and not self.ledger.judge().lost:
                break
        if await self._bot.stop() != 0:
            self.result.troubles.append("the bot did not stop in good order")
        return self.ledger.judge()

    def _unread(self) -> list[str]:
        return [
            f"{eyes.person.name} can't read {event.id} in {event.room_id}"
            for eyes in self._eyes
            for event in eyes.unread
        ]

    def _bot_troubles(self) -> list[str]:
        """What the bot's own log calls an error."""
        lines = self._bot.log.read_text(errors="replace").splitlines()
        return [line[:300] for line in lines if '"level": "error"' in line or "[error" in line]

    def _so_far(self, number: int, rounds: int, started: float) -> str:
        took = (time.perf_counter() - started) / number
        return (
            f"{number}/{rounds} kills, {took:.1f} s each; {len(self.ledger.said)} messages in, "
            f"{self.ledger.under_way} under way"
        )


async def _watch(eyes: Eyes) -> None:
    async for _ in eyes.news():
        pass


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[str], None]]:
    """One line that changes; on a console that can't do that, one line now and then."""
    if console.is_terminal:
        with console.status("") as status:
            yield status.update
    else:
        spoken = [0.0]

        def say(text: str) -> None:
            if time.perf_counter() - spoken[0] > 10:
                spoken[0] = time.perf_counter()
                console.print(text, highlight=False)

        yield say


async def chaos(
    folder: Path,
    rounds: int,
    *,
    seconds_per_round: float = 2.0,
    most_seconds: float = 3_600.0,
    seed: int | None = None,
    pace: float = 1.5,
    most_under_way: int = 60,
    random_moments: bool = True,
    postgres: bool = False,
    console: Console | None = None,
) -> Result:
    """Kills the bot `rounds` times and returns what became of everything that was said meanwhile.

    Without `random_moments` every round ends at a boundary.
    """
    seed = random.randrange(1_000_000) if seed is None else seed
    async with AsyncExitStack() as here:
        url = None
        if postgres:
            server = await here.enter_async_context(Postgres())
            url = await here.enter_async_context(server.database())
        synapse = await here.enter_async_context(Synapse(folder / "synapse"))
        house = await here.enter_async_context(
            House.built(synapse, folder / "house", database_url=url, settings=SETTINGS)
        )
        places = [
            place
            for boundary in BOUNDARIES
            for place in ((None, boundary) if random_moments else (boundary,))
        ]
        run = Chaos(house, folder, seed, pace, most_under_way)
        console = console or Console(quiet=True)
        return await run.run(rounds, places, seconds_per_round, most_seconds, console)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="how often the bot is killed")
    parser.add_argument("--seconds-per-round", type=float, default=2.0, help="longest time to a random kill")
    parser.add_argument(
        "--pace", type=float, default=1.5, help="seconds between a person's messages, on average"
    )
    parser.add_argument("--minutes", type=float, default=60.0, help="no new round after so long")
    parser.add_argument("--seed", type=int, help="for the same choices again; the timing is never the same")
    parser.add_argument("--postgres", action="store_true", help="instead of SQLite")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    parser.add_argument("--folder", type=Path, help="keep databases and logs there")
    given = parser.parse_args()
    console = Console()
    with nullcontext(given.folder) if given.folder else tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(
            chaos(
                Path(folder).absolute(),
                given.rounds,
                seconds_per_round=given.seconds_per_round,
                most_seconds=given.minutes * 60,
                seed=given.seed,
                pace=given.pace,
                postgres=given.postgres,
                console=console,
            )
        )
    for line in result.lines():
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if given.json:
        given.json.write_text(json.dumps(result.as_json(), indent=1) + "\n")
    return 0 if result.clean else 1


if __name__ == "__main__":
    sys.exit(main())
