"""Two helpdesks that lend each other questions, while bots are killed at write boundaries and homeservers go down.

People on both sides ask, agree, take, answer and finish, over and over. What counts is what their own clients show, and that
both databases mean the same in the end.
"""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from sqlalchemy import func, select

from benchmarks.chaos.result import Result
from helpdesk_bot.boundaries import BOUNDARIES
from helpdesk_bot.demo.federation import federation
from helpdesk_bot.demo.person import Person
from helpdesk_bot.domain.federation.lending import In, Out, agree
from helpdesk_bot.storage.models import InboxEvent, OutboxRow
from tests.federation.helpdesks import Helpdesk, become_peers, helpdesk, quiet
from tests.support.postgres import Postgres

PATIENCE = 240.0  # seconds that people wait for what has to come, whatever is down meanwhile
LONGEST_ROUND = 8.0
DOWN = (1.0, 4.0)  # seconds that a homeserver is away
MOST_PASSAGES = 8
# Which of the faults a round has, by how often.
FAULTS = ("bot", "bot", "bot", "both bots", "homeserver", "partition")


@dataclass(frozen=True)
class Carried:
    """A word that has to stand once in a room of the other side, in the words of the bot there."""

    word: str
    reader: Person
    room: str
    bot: str


@dataclass
class Company:
    """Somebody who asks `here`, and the helper `there`. `sending`: held while a homeserver is down, since people can't write then."""

    here: Helpdesk
    there: Helpdesk
    asks: Person
    sending: asyncio.Lock
    rng: random.Random
    carried: list[Carried] = field(default_factory=list)
    questions: int = 0
    over: bool = False

    async def work(self) -> None:
        """One question after the other, until it is over; the last one is finished."""
        dm = await self.asks.create_dm(self.here.bot_id)
        while not self.over:
            await self._question(dm)
            self.questions += 1

    async def _question(self, dm: str) -> None:
        helps, team, home = self.there.coordinator, self.there.team, self.here.coordinator
        word = self._word("q")
        await self._says(self.asks, dm, f"!nieuw Onze printer {word} doet niets")
        card = await home.wait_for(self.here.team, rf"Vraag \d+ .*{word}", within=PATIENCE)
        number = _number(card.body, r"Vraag (\d+)")
        await self._says(home, self.here.team, f"!leen {number}")
        await self.asks.wait_for(dm, rf"voor vraag {number} hulp", within=PATIENCE)
        before = helps.mark()
        await self._says(self.asks, dm, "ja")
        offered = await helps.wait_for(team, r"kunnen overnemen", within=PATIENCE, after=before)
        theirs = _number(offered.body, r"wij vraag (\d+)")
        await self._says(helps, team, f"!pak {theirs}")
        self._must_come(word, helps, team, self.there)
        await helps.wait_for(team, rf"schrijft:\s+.*{word}", within=PATIENCE)
        answer, more = self._word("a"), self._word("m")
        await self._says(helps, team, f"!antwoord {theirs} Zet hem uit en aan: {answer}")
        self._must_come(answer, self.asks, dm, self.here)
        await self.asks.wait_for(dm, answer, within=PATIENCE)
        await self._says(self.asks, dm, f"Dat helpt niet {more}")
        self._must_come(more, helps, team, self.there)
        await helps.wait_for(team, more, within=PATIENCE)
        await self._says(helps, team, f"!opgelost {theirs}")
        await self.asks.wait_for(dm, rf"denkt dat vraag {number} ", within=PATIENCE)
        await self._says(self.asks, dm, "ja")
        await helps.wait_for(team, rf"zegt dat vraag {theirs} klaar", within=PATIENCE)

    async def _says(self, who: Person, room: str, text: str) -> None:
        async with self.sending:
            await who.send(room, text)

    def _word(self, kind: str) -> str:
        return f"{kind}{self.rng.randrange(10**9):09d}x"

    def _must_come(self, word: str, reader: Person, room: str, to: Helpdesk) -> None:
        self.carried.append(Carried(word, reader, room, to.bot_id))


def _number(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    assert found is not None, text
    return int(found[1])


async def chaos(folder: Path, rounds: int, *, seed: int, most_seconds: float, console: Console) -> Result:
    """Breaks one thing after the other while people go on, and returns what became of all they said."""
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
        await _broken(result, companies, rounds, most_seconds, console)
        await quiet(one, other, within=PATIENCE)
        await _judge(result, companies)
    return result


async def _broken(
    result: Result, companies: list[Company], rounds: int, most_seconds: float, console: Console
) -> None:
    began = time.perf_counter()
    async with _at_work(companies):
        for number in range(1, rounds + 1):
            await _round(result, companies[0])
            result.seconds = time.perf_counter() - began
            asked = sum(company.questions for company in companies)
            console.print(f"{number}/{rounds}: {asked} questions lent and finished", highlight=False)
            if result.seconds > most_seconds:
                break
        for each in (companies[0].here, companies[0].there):
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


async def _round(result: Result, company: Company) -> None:
    rng, fault = company.rng, company.rng.choice(FAULTS)
    sides = [company.here, company.there]
    rng.shuffle(sides)
    match fault:
        case "bot":
            await _killed(result, sides[0], rng)
        case "both bots":
            await asyncio.gather(*(_killed(result, side, rng) for side in sides))
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


async def _killed(result: Result, side: Helpdesk, rng: random.Random) -> None:
    """At a boundary that it comes to, or wherever it is when it comes to none."""
    boundary = rng.choice(BOUNDARIES)
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
            times = _times(carried)
            if times == 0:
                result.lost.append(f"{carried.word} for {carried.reader.name}")
            elif times > 1:
                result.duplicated.append(f"{carried.word}: {times} times for {carried.reader.name}")
    result.messages = dict(counts)
    one, other = companies[0].here, companies[0].there
    for origin, helper in ((one, other), (other, one)):
        result.troubles += await _disagreements(origin, helper)
    for side in (one, other):
        result.troubles += await _failures(side)


def _times(carried: Carried) -> int:
    """Copies of it; the card shows the question too."""
    said = [message.body for message in carried.reader.read(carried.room) if message.sender == carried.bot]
    return sum(carried.word in body and not body.startswith("Vraag ") for body in said)


async def _disagreements(origin: Helpdesk, helper: Helpdesk) -> list[str]:
    theirs, found = await helper.lends(), []
    for ref, out in (await origin.lends()).items():
        if not out.ours:
            continue
        in_ = In(theirs[ref].state) if ref in theirs else In.RETURNED
        if not agree(Out(out.state), in_):
            found.append(f"lend {ref}: {origin.part} means {out.state}, {helper.part} means {in_}")
    return found


async def _failures(side: Helpdesk) -> list[str]:
    db = side.database
    async with db.reading() as session:
        inbox = await session.scalar(select(func.count()).where(InboxEvent.state == "failed"))
        outbox = await session.scalar(select(func.count()).where(OutboxRow.state == "failed"))
    await db.close()
    counts = {"events": inbox or 0, "messages": outbox or 0}
    return [f"{count} {what} failed in {side.part}" for what, count in counts.items() if count]
