"""People who keep the helpdesk busy with their own clients, and write down in the ledger what they said."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from benchmarks.chaos.ledger import Ledger
from benchmarks.chaos.messages import Kind, Said, Seen
from helpdesk_bot.demo import compose
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.timeline import Event

PATIENCE = 24 * 3600.0


@dataclass
class Eyes:
    """What one person's client shows of the bot. Counts what it can't read."""

    person: Person
    bot: str
    ledger: Ledger
    unread: list[Event] = field(default_factory=list)
    _cursors: dict[str, int] = field(default_factory=dict)

    async def news(self) -> AsyncIterator[Seen]:
        """The bot's events as they become readable, for ever."""
        while True:
            for seen in await self.person.until(self.look, "anything", PATIENCE):
                yield seen

    def look(self) -> list[Seen]:
        """What is new since the last look."""
        fresh: list[Event] = []
        for room_id, room in self.person.rooms.items():
            events = room.timeline.events
            start = self._cursors.get(room_id, 0)
            self._cursors[room_id] = len(events)
            fresh += [
                event for event in events[start:] if event.sender == self.bot and event.state_key is None
            ]
        fresh, self.unread = [*self.unread, *fresh], []
        self.unread = [event for event in fresh if event.undecryptable]
        return [self.ledger.see(event) for event in fresh if not event.undecryptable]


@dataclass
class Crowd:
    """The rules that all of them keep: how fast they write, and how much may be under way."""

    ledger: Ledger
    bot: str
    rng: random.Random
    pause: float  # seconds between two messages of one person, on average
    most_under_way: int

    async def breath(self) -> None:
        """A pause; longer while the helpdesk has more than enough to do."""
        await asyncio.sleep(self.rng.expovariate(1 / self.pause))
        await self.ledger.calm(self.most_under_way)

    async def say(
        self,
        person: Person,
        kind: Kind,
        room_id: str,
        text: str,
        *,
        asker_room: str | None = None,
        thread: str | None = None,
        reply_to: str | None = None,
    ) -> Said:
        """Writes `text` with a token of its own where it has '{}'."""
        token = self.ledger.token(kind)
        content = compose.text(text.format(token), (), {})
        related = compose.related(content, thread=thread, reply_to=reply_to, latest_in_thread=None)
        event_id = await person.send_event(room_id, "m.room.message", related)
        said = Said(token, kind, room_id, asker_room or room_id, event_id)
        self.ledger.say(said)
        return said


async def direct_asker(crowd: Crowd, person: Person, *, encrypted: bool) -> None:
    """Somebody with many questions, all in one direct chat."""
    room_id = await person.create_dm(crowd.bot, encrypted=encrypted)
    await crowd.say(person, Kind.QUESTION, room_id, "!nieuw {} onze printer doet het niet")
    while True:
        await crowd.breath()
        if crowd.rng.random() < 0.5:
            await crowd.say(person, Kind.QUESTION, room_id, "!nieuw {} de wifi van het buurthuis is weg")
        else:
            await crowd.say(person, Kind.FOLLOW_UP, room_id, "en nog iets: {} hoort daar ook bij")


async def room_asker(crowd: Crowd, person: Person, room_id: str) -> None:
    """Somebody who asks in a room with others, and goes on in the threads of their questions."""
    asked: list[Said] = []
    while True:
        await crowd.breath()
        if not asked or crowd.rng.random() < 0.5:
            asked.append(await crowd.say(person, Kind.QUESTION, room_id, "!nieuw {} de ledenlijst is zoek"))
        else:
            thread = crowd.rng.choice(asked[-5:]).event_id
            await crowd.say(person, Kind.FOLLOW_UP, room_id, "ook dit nog: {} over de lijst", thread=thread)


async def newcomer(crowd: Crowd, person: Person) -> None:
    """Somebody who never says where they are: their questions go to the whole city, by the clock."""
    room_id = await person.create_dm(crowd.bot, encrypted=False)
    while True:
        await crowd.say(person, Kind.QUESTION, room_id, "!nieuw {} mijn mail komt niet aan")
        await crowd.breath()


async def visitor(crowd: Crowd, person: Person) -> None:
    """Somebody who starts a new encrypted chat for each question, and writes before the bot has joined."""
    while True:
        room_id = await person.create_dm(crowd.bot)
        await crowd.say(person, Kind.QUESTION, room_id, "{} kan iemand ons helpen met de website?")
        for _ in range(5):
            await crowd.breath()


@dataclass
class Team:
    """Technicians who claim, answer, and talk among themselves about what the bot brings them."""

    crowd: Crowd
    people: list[Person]
    rooms: frozenset[str]

    async def work(self, eyes: Eyes) -> None:
        """Reacts to what one of them sees; who acts is anybody."""
        async with asyncio.TaskGroup() as group:
            async for seen in eyes.news():
                if seen.room_id not in self.rooms or seen.is_edit or seen.is_reaction:
                    continue
                token = next((token for token in seen.tokens if token[0] in "qf"), None)
                if token is not None:
                    group.create_task(self._on(seen, token))

    async def _on(self, seen: Seen, token: str) -> None:
        await self.crowd.breath()
        await (self._on_card if token[0] == "q" else self._on_more)(seen, token)

    async def _on_card(self, card: Seen, token: str) -> None:
        rng = self.crowd.rng
        ways: list[Callable[[Seen, str], Awaitable[None]]] = [
            self._claim,
            self._race,
            self._answer,
            self._note,
        ]
        await rng.choices(ways, (30, 20, 30, 20))[0](card, token)
        if rng.random() < 0.5:
            await self.crowd.breath()
            await self._answer(card, token)

    async def _on_more(self, copy: Seen, token: str) -> None:
        chance = self.crowd.rng.random()
        if chance < 0.5:
            await self._answer(copy, token)
        elif chance < 0.7:
            await self._note(copy, token)

    async def _claim(self, card: Seen, token: str) -> None:
        await self._raise_hands(card, token, 1)

    async def _race(self, card: Seen, token: str) -> None:
        await self._raise_hands(card, token, 2)

    async def _raise_hands(self, card: Seen, token: str, how_many: int) -> None:
        hand = compose.reaction(card.event_id, "✋")
        people = self.crowd.rng.sample(self.people, how_many)
        await asyncio.gather(*(person.send_event(card.room_id, "m.reaction", hand) for person in people))
        self.crowd.ledger.claimed.add(token)

    async def _answer(self, seen: Seen, token: str) -> None:
        await self._write(seen, token, Kind.ANSWER, "we kijken ernaar {}", reply_to=seen.event_id)

    async def _note(self, seen: Seen, token: str) -> None:
        await self._write(seen, token, Kind.NOTE, "onder ons: {}", reply_to=None)

    async def _write(self, seen: Seen, token: str, kind: Kind, text: str, *, reply_to: str | None) -> None:
        card = seen.event_id if token[0] == "q" else seen.thread
        await self.crowd.say(
            self.crowd.rng.choice(self.people),
            kind,
            seen.room_id,
            text,
            asker_room=self.crowd.ledger.asker_room((token,)),
            thread=card,
            reply_to=reply_to,
        )
