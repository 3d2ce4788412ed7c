"""People who ask in one helpdesk and get help from the other, over and over, and what has to come of all they said."""

import asyncio
import random
import re
from dataclasses import dataclass, field

from helpdesk_bot.demo.person import Person
from tests.federation.helpdesks import Helpdesk

PATIENCE = 240.0  # seconds that people wait for what has to come, whatever is down meanwhile


@dataclass(frozen=True)
class Carried:
    """A word that has to stand once in a room of the other side, in the words of the bot there."""

    word: str
    reader: Person
    room: str
    bot: str

    def times(self) -> int:
        """Copies of it; the card shows the question too."""
        said = [message.body for message in self.reader.read(self.room) if message.sender == self.bot]
        return sum(self.word in body and not body.startswith("Vraag ") for body in said)


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
        async with self.sending:
            dm = await self.asks.create_dm(self.here.bot_id)
        while not self.over:
            await (self._sent_back(dm) if self.questions % 2 else self._helped(dm))
            self.questions += 1

    async def _helped(self, dm: str) -> None:
        """The other helpdesk answers it, to the end."""
        helps, team = self.there.coordinator, self.there.team
        number, word = await self._asked(dm)
        theirs = await self._taken(dm, number, word)
        answer, more = self._word("a"), self._word("m")
        await self._says(helps, team, f"!antwoord {theirs} Zet hem uit en aan: {answer}")
        self._must_come(answer, self.asks, dm, self.here)
        await self.asks.wait_for(dm, answer, within=PATIENCE)
        await self._says(self.asks, dm, f"Dat helpt niet {more}")
        self._must_come(more, helps, team, self.there)
        await helps.wait_for(team, more, within=PATIENCE)
        await self._says(helps, team, f"!opgelost {theirs}")
        await self._is_solved(dm, number)
        await helps.wait_for(team, rf"zegt dat vraag {theirs} klaar", within=PATIENCE)

    async def _sent_back(self, dm: str) -> None:
        """The other helpdesk declines it, takes it and gives it back, and is asked once more when it is solved already."""
        home, helps, team = self.here.coordinator, self.there.coordinator, self.there.team
        number, word = await self._asked(dm)
        theirs = await self._offered(dm, number)
        await self._says(helps, team, f"!teruggeven {theirs}")
        await home.wait_for(self.here.team, rf"Geen andere helpdesk kon vraag {number} ", within=PATIENCE)
        theirs = await self._taken(dm, number, word)
        await self._says(helps, team, f"!teruggeven {theirs}")
        await self.asks.wait_for(dm, rf"kan niet verder met vraag {number}\.", within=PATIENCE)
        theirs = await self._offered(dm, number)
        await self._says(home, self.here.team, f"!opgelost {number}")
        await helps.wait_for(team, rf"Vraag {theirs} is al opgelost", within=PATIENCE)
        await self._is_solved(dm, number)
        await home.wait_for(self.here.team, rf"bevestigt: vraag {number} is opgelost", within=PATIENCE)

    async def _asked(self, dm: str) -> tuple[int, str]:
        word = self._word("q")
        await self._says(self.asks, dm, f"!nieuw Onze printer {word} doet niets")
        card = await self.here.coordinator.wait_for(self.here.team, rf"Vraag \d+ .*{word}", within=PATIENCE)
        return _number(card.body, r"Vraag (\d+)"), word

    async def _offered(self, dm: str, number: int) -> int:
        """Its number at the other helpdesk."""
        before, before_there = self.asks.mark(), self.there.coordinator.mark()
        await self._says(self.here.coordinator, self.here.team, f"!leen {number} {self.there.bot_id}")
        await self.asks.wait_for(dm, rf"voor vraag {number} hulp", within=PATIENCE, after=before)
        await self._says(self.asks, dm, "ja")
        offered = await self.there.coordinator.wait_for(
            self.there.team, r"kunnen overnemen", within=PATIENCE, after=before_there
        )
        return _number(offered.body, r"wij vraag (\d+)")

    async def _taken(self, dm: str, number: int, word: str) -> int:
        """The same; and they have read what was asked."""
        helps, team = self.there.coordinator, self.there.team
        theirs = await self._offered(dm, number)
        await self._says(helps, team, f"!pak {theirs}")
        self._must_come(word, helps, team, self.there)
        await helps.wait_for(team, rf"schrijft:\s+.*{word}", within=PATIENCE)
        return theirs

    async def _is_solved(self, dm: str, number: int) -> None:
        await self.asks.wait_for(dm, rf"denkt dat vraag {number} ", within=PATIENCE)
        await self._says(self.asks, dm, "ja")

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
