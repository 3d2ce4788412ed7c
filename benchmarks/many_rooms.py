"""What the bot weighs with many rooms, and how soon it is back after a restart."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.bot_process import BotProcess
from benchmarks.house import House
from benchmarks.report import Figure
from helpdesk_bot.demo.person import Person

MOST_MEMORY = 150.0  # MB
MOST_SECONDS = 10.0
PART = "many rooms"
PEOPLE = 10
JOIN_SECONDS = 600.0
RESTARTS = 3


async def measure(house: House, folder: Path, rooms: int) -> list[Figure]:
    """People make the rooms, every third an encrypted direct chat, invite the bot, and ask something in each."""
    async with AsyncExitStack() as here:
        people = [
            await here.enter_async_context(Person.at(house.synapse, f"kamer-{number}", folder / str(number)))
            for number in range(PEOPLE)
        ]
        await house.remember("noord", [person.user_id for person in people])
        bot = BotProcess(house)
        bot.start()
        try:
            await bot.ready()
            started = time.perf_counter()
            await asyncio.gather(*(_furnish(house, person, rooms // PEOPLE) for person in people))
            furnished = time.perf_counter() - started
            return [*await _weigh(bot, rooms), Figure(PART, "rooms made and asked in", furnished, "s")]
        finally:
            bot.close()


async def _furnish(house: House, person: Person, rooms: int) -> None:
    for number in range(rooms):
        if number % 3 == 0:
            room_id = await person.create_dm(house.bot)
        else:
            room_id = await person.create_room(name=f"Buurtkamer {number}", invite=[house.bot])
        await person.send(room_id, f"!nieuw vraag {number} over de nieuwsbrief")
        await person.wait_for(room_id, r"\d", JOIN_SECONDS, sender=house.bot)


async def _weigh(bot: BotProcess, rooms: int) -> list[Figure]:
    figures = [Figure(PART, f"memory with {rooms} rooms", bot.usage().memory / 1e6, "MB", MOST_MEMORY)]
    ready = []
    for _ in range(RESTARTS):
        await bot.stop()
        bot.start()
        ready.append(await bot.ready())
    await asyncio.sleep(2)  # what it does right after the start is part of it
    figures += _after_restart(bot, ready)
    return figures


def _after_restart(bot: BotProcess, ready: list[float]) -> Iterator[Figure]:
    remark = f"slowest of {len(ready)} restarts"
    yield Figure(PART, "ready after a restart", max(ready), "s", MOST_SECONDS, remark)
    yield Figure(PART, "memory after a restart", bot.usage().memory / 1e6, "MB", MOST_MEMORY)
