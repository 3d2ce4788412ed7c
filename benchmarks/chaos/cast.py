"""Everybody who takes part: who asks, who helps, who raises the alarm; and what all of them together have seen."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from benchmarks.chaos.alarms import Duties
from benchmarks.chaos.audit import missed
from benchmarks.chaos.emergencies import OnDuty, alarmed, look_at_links
from benchmarks.chaos.ledger import Ledger, Verdict
from benchmarks.chaos.people import Crowd, Eyes, Team, direct_asker, newcomer, room_asker, visitor
from benchmarks.chaos.plan import Plan
from benchmarks.house import TEAM_ROOMS, House
from helpdesk_bot.demo.person import Person

TEAM = ("sanne", "joris", "emre")
ENCRYPT = ("noor", "bezoeker")
OPENLY = ("fatima", "henk", "aisha", "nieuw", "paniek", "spoed")


class Cast:
    """`folder` holds the keys of those who encrypt."""

    def __init__(self, house: House, folder: Path, duties: Duties, plan: Plan, rng: random.Random) -> None:
        self._house = house
        self._folder = folder
        self._duties = duties
        self._slow = plan.slow
        self.ledger = Ledger(house.team_rooms, map(str.capitalize, TEAM))
        self._crowd = Crowd(self.ledger, house.bot, rng, plan.pace, plan.most_under_way)
        self._people: dict[str, Person] = {}
        self._eyes: list[Eyes] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def arrive(self, here: AsyncExitStack) -> None:
        """They sign in, and are in the rooms where they belong."""
        for name in (*TEAM, *ENCRYPT, *OPENLY):
            folder = None if name in OPENLY else self._folder / name
            entering = Person.at(self._house.synapse, name, folder, displayname=name.capitalize())
            person = self._people[name] = await here.enter_async_context(entering)
            self._eyes.append(Eyes(person, self._house.bot, self.ledger))
        for name in TEAM:
            await self._house.take_in(self._people[name], *TEAM_ROOMS)
        known = [self._people[name].user_id for name in (*ENCRYPT, *OPENLY) if name != "nieuw"]
        await self._house.remember("noord", known)
        for name, room in (("henk", "hulp-noord"), ("aisha", "hulp-west")):
            await self._people[name].join(self._house.rooms[room])

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Everybody writes and reads while the block runs; at its end everybody only reads."""
        crowd, people, rooms = self._crowd, self._people, self._house.rooms
        helpers = Team(crowd, [people[name] for name in TEAM], self._house.team_rooms)
        work = [
            direct_asker(crowd, people["noor"], encrypted=True),
            direct_asker(crowd, people["fatima"], encrypted=False),
            room_asker(crowd, people["henk"], rooms["hulp-noord"]),
            room_asker(crowd, people["aisha"], rooms["hulp-west"]),
            newcomer(crowd, people["nieuw"]),
            visitor(crowd, people["bezoeker"]),
            alarmed(crowd, people["paniek"]),
            alarmed(crowd, people["spoed"]),
            OnDuty(crowd, self._duties, people, slow=self._slow).work(),
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

    def check(self) -> None:
        """Nobody stops by themselves: this raises why."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def ask_for_the_week(self) -> None:
        """With a picture and a table: nothing else that people do makes files."""
        room_id = self._house.rooms["team-west"]
        self.ledger.weeks[await self._people["sanne"].send(room_id, "!week")] = room_id

    def look(self) -> bool:
        """Whether anybody sees something new."""
        return sum(len(eyes.look()) for eyes in self._eyes) > 0

    async def look_at_links(self) -> None:
        await look_at_links(self._duties)

    def judge(self) -> Verdict:
        """What is wrong, as if now were the end."""
        verdict = self.ledger.judge()
        self._duties.judge(self.ledger.emergencies(), verdict)
        verdict.lost += [
            f"{eyes.person.name} can't read {event.id} in {event.room_id}"
            for eyes in self._eyes
            for event in eyes.unread
        ]
        return verdict

    async def missed(self) -> list[str]:
        """What the homeserver has for somebody and their client does not show."""
        return [line for eyes in self._eyes for line in await missed(eyes.person)]


async def _watch(eyes: Eyes) -> None:
    async for _ in eyes.news():
        pass
