"""How long a person waits for the bot's answer, from their own client, against a minimal bot on the same homeserver."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bot_process import BotProcess
from benchmarks.echo_process import EchoBot
from benchmarks.house import TEAM_ROOMS, House
from benchmarks.report import Figure, median, p95
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.timeline import Message

MOST = 1.5  # times the minimal bot's median
BETWEEN = 0.3  # seconds: what the last question set in motion must not slow the next
PART = "answer time"


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing to say, to one bot, in one room. `yardstick` is the trial that it is measured against."""

    name: str
    person: Person
    room_id: str
    bot: str
    text: str
    yardstick: str | None

    async def once(self, number: int) -> float:
        """Seconds from the moment that the person presses Enter to the answer on their screen."""
        mark = self.person.mark()
        text = self.text.format(number)
        started = time.perf_counter()
        await self.person.send(self.room_id, text)
        await self.person.wait_for(self.room_id, self._answers, 30, after=mark)
        return time.perf_counter() - started

    def _answers(self, message: Message) -> bool:
        return message.sender == self.bot and bool(message.body)


async def measure(house: House, folder: Path, repetitions: int, rng: random.Random) -> list[Figure]:
    async with AsyncExitStack() as here:
        echo = await here.enter_async_context(EchoBot.running(house.synapse, folder))
        await _team(house, folder)
        noor = await here.enter_async_context(Person.at(house.synapse, "noor", folder / "noor"))
        henk = await here.enter_async_context(Person.at(house.synapse, "henk"))
        await house.remember("noord", [noor.user_id, henk.user_id])
        bot = BotProcess(house)
        bot.start()
        try:
            await bot.ready()
            trials = await _trials(house, echo.user_id, noor, henk)
            return list(_figures(trials, await _run(trials, repetitions, rng)))
        finally:
            bot.close()


async def _team(house: House, folder: Path) -> None:
    """Two technicians whose devices get every key. Their clients are closed, so as to take nobody's time."""
    for name in ("sanne", "joris"):
        async with Person.at(house.synapse, name, folder / name) as person:
            await house.take_in(person, *TEAM_ROOMS)


async def _trials(house: House, echo: str, noor: Person, henk: Person) -> list[Trial]:
    trials = []
    for way, person in (("plain", henk), ("encrypted", noor)):
        encrypted = way == "encrypted"
        yardstick = f"{way}: minimal bot"
        room_id = await person.create_dm(echo, encrypted=encrypted)
        trials.append(Trial(yardstick, person, room_id, echo, "hallo {}", None))
        room_id = await person.create_dm(house.bot, encrypted=encrypted)
        for name, text in (("new question", "!nieuw vraag {} over de printer"), ("!status", "!status")):
            trials.append(Trial(f"{way}: {name}", person, room_id, house.bot, text, yardstick))
    room_id = await henk.join(house.rooms["hulp-noord"])
    text = "!nieuw vraag {} over de wifi"
    trials.append(Trial("plain: help room", henk, room_id, house.bot, text, "plain: minimal bot"))
    return trials


async def _run(trials: list[Trial], repetitions: int, rng: random.Random) -> dict[str, list[float]]:
    """All of them in turn, in another order each time; the first time counts for nothing."""
    times: dict[str, list[float]] = defaultdict(list)
    for number in range(-1, repetitions):
        # At first in the order of the list: the questions go before what is asked about them.
        order = trials if number < 0 else rng.sample(trials, len(trials))
        for trial in order:
            took = await trial.once(number)
            if number >= 0:
                times[trial.name].append(took)
            await asyncio.sleep(BETWEEN)
    return times


def _figures(trials: list[Trial], times: dict[str, list[float]]) -> Iterator[Figure]:
    for trial in trials:
        taken = times[trial.name]
        in_words = f"median {median(taken) * 1000:.0f} ms, p95 {p95(taken) * 1000:.0f} ms, {len(taken)} times"
        if trial.yardstick is None:
            yield Figure(PART, trial.name, median(taken) * 1000, "ms", remark=in_words)
        else:
            ratio = median(taken) / median(times[trial.yardstick])
            yield Figure(PART, trial.name, ratio, "×", MOST, in_words)
