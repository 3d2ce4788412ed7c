"""How much the helpdesk answers in a row, and what that costs the bot and the homeserver, against a minimal bot."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bot_process import BotProcess, Usage
from benchmarks.echo_process import EchoBot
from benchmarks.house import House
from benchmarks.report import Figure
from helpdesk_bot.demo.person import Person

PART = "load"
PEOPLE = 8


@dataclass(frozen=True, slots=True)
class Load:
    """`PEOPLE` persons who write the next message as soon as the last is answered."""

    name: str
    bot: str
    text: str
    usage: Callable[[], Usage]

    async def measure(self, house: House, people: Sequence[Person], seconds: float) -> list[Figure]:
        rooms = [await person.create_dm(self.bot, encrypted=False) for person in people]
        for person, room_id in zip(people, rooms, strict=True):
            await self._ask(person, room_id, "begin")
        assert house.synapse.pid is not None
        bot, synapse = self.usage(), Usage.of(house.synapse.pid)
        started = time.perf_counter()
        counts = await asyncio.gather(
            *(
                self._until(started + seconds, person, room)
                for person, room in zip(people, rooms, strict=True)
            )
        )
        bot_now, synapse_now = self.usage(), Usage.of(house.synapse.pid)
        took, answered = time.perf_counter() - started, sum(counts)
        cost = (bot_now.cpu - bot.cpu) / answered * 1000, (synapse_now.cpu - synapse.cpu) / answered * 1000
        return [
            Figure(
                PART, self.name, answered / took, "messages/s", remark=f"{answered} answered in {took:.0f} s"
            ),
            Figure(
                PART,
                f"{self.name}: CPU of the bot",
                bot_now.cpu_share(bot),
                "%",
                remark=f"{cost[0]:.1f} ms each",
            ),
            Figure(
                PART,
                f"{self.name}: CPU of the homeserver",
                synapse_now.cpu_share(synapse),
                "%",
                remark=f"{cost[1]:.1f} ms each",
            ),
        ]

    async def _until(self, end: float, person: Person, room_id: str) -> int:
        answered = 0
        while time.perf_counter() < end:
            await self._ask(person, room_id, str(answered))
            answered += 1
        return answered

    async def _ask(self, person: Person, room_id: str, word: str) -> None:
        mark = person.mark()
        await person.send(room_id, self.text.format(word))
        await person.wait_for(room_id, lambda message: bool(message.body), 60, after=mark, sender=self.bot)


async def measure(house: House, folder: Path, seconds: float) -> list[Figure]:
    figures: list[Figure] = []
    async with AsyncExitStack() as here:
        echo = await here.enter_async_context(EchoBot.running(house.synapse, folder))
        people = [
            await here.enter_async_context(Person.at(house.synapse, f"drukte-{number}"))
            for number in range(PEOPLE)
        ]
        await house.remember("noord", [person.user_id for person in people])
        bot = BotProcess(house)
        bot.start()
        try:
            await bot.ready()
            for load in (
                Load("minimal bot", echo.user_id, "hallo {}", echo.usage),
                Load("!status", house.bot, "!status", bot.usage),
                Load("new questions", house.bot, "!nieuw vraag {} over de printer", bot.usage),
            ):
                figures += await load.measure(house, people, seconds)
        finally:
            bot.close()
    return figures
