"""The program that drives this project's helpdesk: see README.md. Reads lines of JSON, answers each with one."""

import asyncio
import json
import re
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from helpdesk_bot.demo.federation import federating
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.timeline import Message
from tests.federation.helpdesks import PATIENCE, Helpdesk, helpdesk

Answer = dict[str, Any]


class Ours:
    """A real `helpdesk run`, its coordinator (who is a technician too), and somebody new for each question."""

    def __init__(self, here: Helpdesk, folder: Path, stack: AsyncExitStack) -> None:
        self._here = here
        self._folder = folder
        self._stack = stack
        self._numbers = count(1)
        self._asked: dict[int, tuple[Person, str]] = {}

    async def _order(self, words: str, answer: str) -> None:
        """Of a coordinator."""
        room, person = self._here.coordination, self._here.coordinator
        before = person.mark()
        await person.send(room, words)
        await person.wait_for(room, answer, within=PATIENCE, after=before)

    async def _command(self, words: str) -> None:
        """Of a technician."""
        await self._here.coordinator.send(self._here.team, words)

    async def add(self, peer: str) -> None:
        await self._order(f"!federatie toevoegen {peer}", "Toegevoegd")

    async def number(self, peer: str) -> Answer:
        async with asyncio.timeout(PATIENCE):
            while True:
                for each in await self._here.peers():
                    if each.user_id == peer and each.number is not None:
                        return {"number": each.number}
                await asyncio.sleep(0.3)

    async def trust(self, peer: str) -> None:
        await self._order(f"!federatie klopt {peer}", "is nu vertrouwd")

    async def ask(self, text: str) -> Answer:
        name = f"asks-{next(self._numbers)}"
        person = await self._stack.enter_async_context(
            Person.at(self._here.server, name, self._folder / name)
        )
        dm = await person.create_dm(self._here.bot_id)
        await person.send(dm, text)
        await person.wait_for(dm, "Voor welke|welke organisatie", within=PATIENCE)
        await person.send(dm, "geen")
        await self._here.coordinator.wait_for(self._here.team, re.escape(text), within=PATIENCE)
        question = (await self._here.tickets())[-1].id
        self._asked[question] = person, dm
        return {"question": question}

    async def lend(self, question: int, to: str | None) -> None:
        person, dm = self._asked[question]
        await self._command(f"!leen {question} {to or ''}")
        await person.wait_for(dm, "andere helpdesk", within=PATIENCE)
        await person.send(dm, "ja")

    async def write(self, question: int, text: str) -> None:
        person, dm = self._asked[question]
        await person.send(dm, text)

    async def requester_reads(self, question: int, text: str) -> Answer:
        person, dm = self._asked[question]
        await person.wait_for(dm, re.escape(text), within=PATIENCE, sender=self._here.bot_id)
        return {"times": self._times(person, dm, text)}

    async def finish(self, question: int) -> None:
        person, dm = self._asked[question]
        await person.wait_for(dm, "denkt dat vraag", within=PATIENCE)
        await person.send(dm, "ja")

    async def take_back(self, question: int) -> None:
        await self._command(f"!overnemen {question}")

    async def claim(self, lend: str) -> None:
        await self._command(f"!pak {await self._number(lend)}")

    async def answer(self, lend: str, text: str) -> None:
        await self._command(f"!antwoord {await self._number(lend)} {text}")

    async def solve(self, lend: str) -> None:
        await self._command(f"!opgelost {await self._number(lend)}")

    async def give_back(self, lend: str) -> None:
        await self._command(f"!teruggeven {await self._number(lend)}")

    async def team_reads(self, text: str) -> Answer:
        await self._here.coordinator.wait_for(
            self._here.team, _passed_on(text), within=PATIENCE, sender=self._here.bot_id
        )
        return {"times": self._times(self._here.coordinator, self._here.team, text)}

    async def has_read(self, text: str) -> Answer:
        rooms = [(self._here.coordinator, self._here.team), *self._asked.values()]
        return {"times": sum(self._times(person, room, text) for person, room in rooms)}

    async def wait(self, hours: float) -> None:
        await self._here.bot.stop()
        self._here.bot.ahead += timedelta(hours=hours)
        await self._here.bot.start()

    def _times(self, person: Person, room: str, text: str) -> int:
        """How often the bot says it there, but on cards; a correction takes the place of what it corrects."""
        return sum(
            _passed_on(text)(message) for message in person.read(room) if message.sender == self._here.bot_id
        )

    async def _number(self, lend: str) -> int:
        """Under which it is known here."""
        async with asyncio.timeout(PATIENCE):
            while True:
                lends = await self._here.lends()
                if lend in lends:
                    return lends[lend].ticket_id
                await asyncio.sleep(0.2)


def _passed_on(text: str) -> Callable[[Message], bool]:
    return lambda message: text in message.body and not message.body.startswith("Vraag ")


async def main() -> None:
    async with AsyncExitStack() as stack:
        begin = json.loads(await asyncio.to_thread(sys.stdin.readline))
        place, folder = Path(begin["homeserver_folder"]), Path(begin["folder"])
        server = federating(place.parent, place.name)
        here = await stack.enter_async_context(helpdesk(server, folder, "noord", "Noord"))
        await here.bot.start()
        ours = Ours(here, folder, stack)
        _say({"bot": here.bot_id})
        while line := await asyncio.to_thread(sys.stdin.readline):
            how = json.loads(line)
            act: Callable[..., Awaitable[Answer | None]] = getattr(ours, how.pop("do"))
            try:
                _say(await act(**how) or {})
            except Exception:  # noqa: BLE001  # whatever it was, the suite shows it
                _say({"error": traceback.format_exc()})


def _say(answer: Answer) -> None:
    print(json.dumps(answer), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
