"""Two helpdesks that lend each other questions, while bots are killed at write boundaries and homeservers go down: first at
every step of the protocol by name, then at random.

People on both sides ask, agree, take, answer and finish, over and over. What counts is what their own clients show, and that
both databases mean the same in the end.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from rich.console import Console
from sqlalchemy import func, select

from benchmarks.chaos.lending import PATIENCE, Company
from benchmarks.chaos.result import Result
from benchmarks.chaos.steps import HALTS, MOMENTS, killed_at_each, outage_at_each, steps
from helpdesk_bot.boundaries import BOUNDARIES
from helpdesk_bot.demo.federation import federation
from helpdesk_bot.demo.person import Person
from helpdesk_bot.storage.models import InboxEvent, OutboxRow
from tests.federation.helpdesks import Helpdesk, become_peers, disagreements, helpdesk, quiet
from tests.support.postgres import Postgres

LONGEST_ROUND = 8.0
DOWN = (1.0, 4.0)  # seconds that a homeserver is away
MOST_PASSAGES = 8
# Which of the faults a round has, by how often.
FAULTS = ("bot", "bot", "bot", "both bots", "homeserver", "partition")


async def chaos(
    folder: Path,
    rounds: int,
    *,
    seed: int,
    most_seconds: float,
    console: Console,
    boundaries: Collection[str] = BOUNDARIES,
) -> Result:
    """Breaks one thing after the other while people go on, and returns what became of all they said.

    `boundaries`: only at these.
    """
    result, rng = Result(seed), random.Random(seed)
    async with AsyncExitStack() as here:
        servers = await here.enter_async_context(federation(folder / "homeservers", "noord", "west"))
        postgres = await here.enter_async_context(Postgres())
        url = await here.enter_async_context(postgres.database())
        one = await here.enter_async_context(helpdesk(servers[0], folder / "noord", "noord", "Noord"))
        other = await here.enter_async_context(helpdesk(servers[1], folder / "west", "west", "West", url))
        await asyncio.gather(one.bot.start(), other.bot.start())
        await become_peers(one, other)
        sending = asyncio.Lock()
        companies = []
        for at, there in ((one, other), (other, one)):
            name = f"asks-{at.part}"
            asks = await here.enter_async_context(Person.at(at.server, name, folder / name))
            companies.append(Company(at, there, asks, sending, rng))
        await _broken(result, companies, rounds, most_seconds, console, boundaries)
        await quiet(one, other, within=PATIENCE)
        await _judge(result, companies)
    return result


async def _broken(
    result: Result,
    companies: list[Company],
    rounds: int,
    most_seconds: float,
    console: Console,
    boundaries: Collection[str],
) -> None:
    began, sides = time.perf_counter(), (companies[0].here, companies[0].there)
    async with _at_work(companies):
        await _each_step(result, *sides, companies[0].sending, console, boundaries)
        for number in range(1, rounds + 1):
            await _round(result, companies[0], boundaries)
            result.seconds = time.perf_counter() - began
            asked = sum(company.questions for company in companies)
            console.print(f"{number}/{rounds}: {asked} questions lent and finished", highlight=False)
            if result.seconds > most_seconds:
                break
        result.seconds = time.perf_counter() - began
        for each in sides:
            if not each.bot.running:
                await each.bot.start()
        for company in companies:
            company.over = True


@asynccontextmanager
async def _at_work(companies: list[Company]) -> AsyncIterator[None]:
    """Ends when the questions that are under way then are finished."""
    async with asyncio.TaskGroup() as group:
        for company in companies:
            group.create_task(company.work())
        yield


async def _each_step(
    result: Result,
    one: Helpdesk,
    other: Helpdesk,
    sending: asyncio.Lock,
    console: Console,
    boundaries: Collection[str],
) -> None:
    """A bot dies, and a homeserver goes down, at every step of the protocol by name."""
    began, (ones, others) = time.perf_counter(), steps(MOMENTS, boundaries)
    await asyncio.gather(killed_at_each(result, one, other, ones), killed_at_each(result, other, one, others))
    console.print(f"a bot killed at each step: {time.perf_counter() - began:.0f} s", highlight=False)
    began, (ones, others) = time.perf_counter(), steps(HALTS, boundaries)
    await asyncio.gather(
        outage_at_each(result, one, other, ones, sending), outage_at_each(result, other, one, others, sending)
    )
    console.print(f"a homeserver down at each step: {time.perf_counter() - began:.0f} s", highlight=False)


async def _round(result: Result, company: Company, boundaries: Collection[str]) -> None:
    rng, fault = company.rng, company.rng.choice(FAULTS)
    sides = [company.here, company.there]
    rng.shuffle(sides)
    match fault:
        case "bot":
            await _killed(result, sides[0], rng, boundaries)
        case "both bots":
            await asyncio.gather(*(_killed(result, side, rng, boundaries) for side in sides))
        case "homeserver":
            async with company.sending:
                await sides[0].server.kill()
                await asyncio.sleep(rng.uniform(*DOWN))
                await sides[0].server.start()
            result.kills["a homeserver"] += 1
        case "partition":
            async with company.sending:
                await asyncio.gather(*(side.server.stop() for side in sides))
                await asyncio.sleep(rng.uniform(*DOWN))
                await sides[0].server.start()
                await asyncio.sleep(rng.uniform(*DOWN))
                await sides[1].server.start()
            result.kills["both homeservers, one after the other"] += 1


async def _killed(result: Result, side: Helpdesk, rng: random.Random, boundaries: Collection[str]) -> None:
    """At a boundary that it comes to, or wherever it is when it comes to none."""
    boundary = rng.choice(sorted(boundaries))
    await side.bot.kill()
    side.bot.launch(f"{boundary}:{rng.randint(1, MOST_PASSAGES)}")
    if not await side.bot.died_as_armed(LONGEST_ROUND):
        await side.bot.kill()
        boundary = "random moment"
    result.kills[boundary] += 1
    await side.bot.start()


async def _judge(result: Result, companies: list[Company]) -> None:
    counts: Counter[str] = Counter()
    for company in companies:
        counts["questions"] += company.questions
        for carried in company.carried:
            counts["messages"] += 1
            times = carried.times()
            if times == 0:
                result.lost.append(f"{carried.word} for {carried.reader.name}")
            elif times > 1:
                result.duplicated.append(f"{carried.word}: {times} times for {carried.reader.name}")
    result.messages = dict(counts)
    one, other = companies[0].here, companies[0].there
    for origin, helper in ((one, other), (other, one)):
        result.troubles += await disagreements(origin, helper)
    for side in (one, other):
        result.troubles += await _failures(side)


async def _failures(side: Helpdesk) -> list[str]:
    db = side.database
    async with db.reading() as session:
        inbox = await session.scalar(select(func.count()).where(InboxEvent.state == "failed"))
        outbox = await session.scalar(select(func.count()).where(OutboxRow.state == "failed"))
    await db.close()
    counts = {"events": inbox or 0, "messages": outbox or 0}
    return [f"{count} {what} failed in {side.part}" for what, count in counts.items() if count]
