"""One run. Its rounds end at the write boundaries of `helpdesk_bot/boundaries.py`, all of them in turn, and every second one
at a random moment. Each time the bot is started again at once.

What counts is what the people's own clients and phones show, checked against the homeserver. A boundary that was never
reached fails the run.
"""

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from benchmarks.bot_process import BotFailed, BotProcess
from benchmarks.chaos.cast import Cast
from benchmarks.chaos.emergencies import on_duty
from benchmarks.chaos.ledger import Verdict
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.result import Result
from benchmarks.house import MANY, House
from helpdesk_bot.demo.synapse import Synapse
from tests.support.postgres import Postgres

SETTINGS = {
    "asking": {"overflow_after": "2s", "questions_per_day": MANY},
    # A run may take an hour. What is late by then would be listed to its team again, and count as having arrived twice.
    "targets": {"urgent": {"claim": "2d", "answer": "3d", "solve": "10d"}},
}
ONLY_FOR_A_WEEK = "file.uploaded"  # passed when somebody asks for the week
MORE_TRIES = 3  # for a boundary that was not reached in its turn
LONGEST_ROUND = 12.0
LONGEST_DRAWING = 40.0  # what a picture of the week needs on a machine that has enough to do
SETTLE_SECONDS = 120.0
QUIET_SECONDS = 4.0


async def chaos(
    folder: Path,
    plan: Plan,
    *,
    seed: int | None = None,
    postgres: bool = False,
    console: Console | None = None,
) -> Result:
    """Kills the bot as the plan says and returns what became of everything that was said meanwhile."""
    seed = random.randrange(1_000_000) if seed is None else seed
    rng = random.Random(seed)
    async with AsyncExitStack() as here:
        url = None
        if postgres:
            server = await here.enter_async_context(Postgres())
            url = await here.enter_async_context(server.database())
        synapse = await here.enter_async_context(Synapse(folder / "synapse"))
        duties, panic = await here.enter_async_context(on_duty(synapse, folder, rng, slow=plan.slow))
        settings = {**SETTINGS, "panic": panic}
        building = House.built(synapse, folder / "house", database_url=url, settings=settings)
        house = await here.enter_async_context(building)
        bot = BotProcess(house)
        here.callback(bot.close)
        duties.gateway.starts = bot.starts
        cast = Cast(house, folder, duties, plan, rng)
        await cast.arrive(here)
        return await Run(plan, bot, cast, rng, Result(seed)).whole(console or Console(quiet=True))


class Run:
    """Kills one bot while one cast is at work."""

    def __init__(self, plan: Plan, bot: BotProcess, cast: Cast, rng: random.Random, result: Result) -> None:
        self._plan = plan
        self._bot = bot
        self._cast = cast
        self._rng = rng
        self._result = result

    async def whole(self, console: Console) -> Result:
        """Ends early rather than late."""
        result, cast = self._result, self._cast
        self._bot.start()
        await self._bot.ready()
        self._bot.kill()
        started = time.perf_counter()
        with _progress(console) as say:
            async with cast.at_work():
                for number, place in enumerate(self._in_turn(), start=1):
                    await self._round(place)
                    result.seconds = time.perf_counter() - started
                    say(self._so_far(number))
                    if result.seconds > self._plan.most_seconds:
                        break
            say("letting things settle")
        result.unreached = self._unreached()
        verdict = await self._settled()
        result.messages = dict(cast.ledger.messages())
        result.lost, result.duplicated, result.leaked = verdict.lost, verdict.duplicated, verdict.leaked
        result.troubles += await cast.missed()
        result.troubles += self._bot_troubles()
        return result

    def _in_turn(self) -> Iterator[str | None]:
        """And then, a few times, the boundaries that were not reached."""
        yield from self._plan.places()
        for _ in range(MORE_TRIES):
            yield from self._unreached()

    def _unreached(self) -> list[str]:
        return [boundary for boundary in self._plan.boundaries if not self._result.kills[boundary]]

    async def _round(self, boundary: str | None) -> None:
        if boundary is None:
            self._bot.start()
            if self._rng.random() < 0.7:  # else it may not even be up
                await self._bot.ready()
            by_itself = await self._bot.ended(self._rng.uniform(0.0, self._plan.seconds_per_round))
            where = "random moment"
        else:
            self._bot.start(kill_at=f"{boundary}:{self._plan.passages(boundary, self._rng)}")
            longest = LONGEST_ROUND
            if boundary == ONLY_FOR_A_WEEK:
                await self._cast.ask_for_the_week()
                longest = LONGEST_DRAWING
            reached = await self._bot.ended(longest)
            by_itself, where = False, boundary if reached else f"random moment ({boundary} not reached)"
        if not self._bot.kill() or by_itself:
            raise BotFailed(f"The bot ended by itself: {where}.\n{self._bot.tail()}")
        self._result.kills[where] += 1
        self._cast.check()

    async def _settled(self) -> Verdict:
        """Runs the bot undisturbed until nothing is missing and nothing moves, or for so long that it never will."""
        self._bot.start()
        await self._bot.ready()
        deadline = time.perf_counter() + SETTLE_SECONDS
        quiet_since = time.perf_counter()
        while time.perf_counter() < deadline:
            await asyncio.sleep(0.5)
            if self._cast.look():
                quiet_since = time.perf_counter()
            quiet = time.perf_counter() - quiet_since > QUIET_SECONDS
            if quiet and not self._cast.judge().lost:
                break
        await self._cast.look_at_links()
        await asyncio.sleep(QUIET_SECONDS / 4)
        self._cast.look()
        if await self._bot.stop() != 0:
            self._result.troubles.append("the bot did not stop in good order")
        return self._cast.judge()

    def _bot_troubles(self) -> list[str]:
        """What the bot's own log calls an error."""
        lines = self._bot.log.read_text(errors="replace").splitlines()
        return [line[:300] for line in lines if '"level": "error"' in line or "[error" in line]

    def _so_far(self, number: int) -> str:
        ledger = self._cast.ledger
        return (
            f"{number}/{self._plan.rounds} kills, {self._result.seconds / number:.1f} s each; "
            f"{len(ledger.said)} messages in, {ledger.under_way} under way"
        )


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
