"""People who raise the alarm, and people on duty who press their link, say that they can't, or sleep through it."""

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.chaos.alarms import Duties, Gateway, Message, Way
from benchmarks.chaos.ledger import COMES
from benchmarks.chaos.messages import Kind
from benchmarks.chaos.people import PATIENCE, Crowd
from benchmarks.house import MANY
from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo import compose
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.phones import opened, switched_on
from helpdesk_bot.demo.synapse import Synapse

ON_DUTY = ("sanne", "joris")
COORDINATORS = "coordinators"
_AGAIN = 0.3  # seconds until a page that did not open is opened again
_FASTER = 0.3  # how often somebody of the team comes as soon as it rings, even if the helpdesk has just died
_OUT_OF_ORDER = 0.1  # how often the service is, when a message leaves


@asynccontextmanager
async def on_duty(
    synapse: Synapse, folder: Path, rng: random.Random, *, slow: bool
) -> AsyncIterator[tuple[Duties, dict[str, Any]]]:
    """Their phones, and what has to stand in the configuration. `slow`: also what takes half a minute, such as somebody who
    sleeps and a service that is out of order."""
    gateway = Gateway(refuses=lambda: slow and rng.random() < _OUT_OF_ORDER)
    async with switched_on(gateway):
        people = [synapse.user_id(name) for name in ON_DUTY]
        addresses = dict(zip((*people, COORDINATORS), (*ON_DUTY, COORDINATORS), strict=True))
        channels = folder / "alarm-channels.yaml"
        channels.touch(mode=0o600)
        channels.write_text(
            "".join(f'"{who}": ["{gateway.address(path)}"]\n' for who, path in addresses.items())
        )
        first_day = (utc_now() - timedelta(days=30)).date().isoformat()
        panic = {
            "acknowledge_within": "30s",
            "per_day": 1_000,
            "channels_file": str(channels),
            # One turn lasts a year: it is always Sanne's, and Joris is the next.
            "rotas": [{"id": "city", "people": people, "days": 366, "first_day": first_day}],
        }
        yield Duties((*ON_DUTY, COORDINATORS), gateway), panic


async def alarmed(crowd: Crowd, person: Person) -> None:
    """Somebody with one emergency after the other; the next begins when somebody comes."""
    room_id = await person.create_dm(crowd.bot, encrypted=False)
    for number in range(1, MANY):
        said = await crowd.say(person, Kind.PANIC, room_id, "!nieuw {} ons mailadres is gehackt")
        await person.send(room_id, "ja")
        crowd.ledger.confirmed.add(said.token)

        def helped(so_many: int = number) -> bool:
            return sum(COMES.search(message.body) is not None for message in person.read(room_id)) >= so_many

        await person.until(helped, "that somebody comes", PATIENCE)
        await asyncio.sleep(crowd.rng.expovariate(1 / crowd.pause))


class OnDuty:
    """What those do whose phones ring, and Emre, who is not on duty. `people` are all by name."""

    def __init__(self, crowd: Crowd, duties: Duties, people: dict[str, Person], *, slow: bool) -> None:
        self._crowd = crowd
        self._duties = duties
        self._people = people
        self._slow = slow
        self._taken: set[str] = set()
        self._rung: asyncio.Queue[Message] = asyncio.Queue()
        duties.gateway.on_message = self._rung.put_nowait

    async def work(self) -> None:
        async with asyncio.TaskGroup() as group:
            for name in ON_DUTY:
                group.create_task(_accept_invites(self._people[name]))
            while True:
                message = await self._rung.get()
                if not message.is_end:
                    group.create_task(self._react(message))

    async def _react(self, call: Message) -> None:
        rng, did = self._crowd.rng, self._duties.did[call.who, call.number]
        again = did.way is not None
        way = did.way = did.way or self._choose(call.who)
        if not again and rng.random() < _FASTER:
            await self._take(call)
        await asyncio.sleep(rng.expovariate(1 / self._crowd.pause))
        if way is Way.SLEEPS:
            did.silent_since = did.silent_since or time.perf_counter()
        elif way is Way.DECLINES:
            if not again:  # one reaction is enough, however often it rings
                await self._decline(call)
                did.declined = True
        elif call.link is None:
            await self._take(call)
        else:
            for _ in range(rng.choice((1, 2))):  # some press twice
                did.shown = await _page(call.link, press=True)

    def _choose(self, who: str) -> Way:
        if who == COORDINATORS:
            return Way.COMES
        return self._crowd.rng.choices(tuple(Way), (60, 25, 15 if self._slow else 0))[0]

    async def _decline(self, call: Message) -> None:
        """In Matrix, because no link says no."""
        person = self._people[call.who]
        said = re.compile(rf"noodgeval: vraag {call.number},")

        def called() -> tuple[str, str] | None:
            return next(
                (
                    (room_id, message.event_id)
                    for room_id in person.rooms
                    for message in person.read(room_id)
                    if said.search(message.body)
                ),
                None,
            )

        room_id, event_id = await person.until(called, f"the call for question {call.number}", PATIENCE)
        await person.react(room_id, event_id, "👎")

    async def _take(self, call: Message) -> None:
        """Emre raises his hand at the card, once: because he is faster, or because nobody of the rota comes."""
        helper, ledger = self._people["emre"], self._crowd.ledger
        token, card = await helper.until(lambda: ledger.card_of(call.number), "the card", PATIENCE)
        if token not in self._taken:
            self._taken.add(token)
            hand = compose.reaction(card.event_id, "✋")
            await helper.send_event(card.room_id, "m.reaction", hand)
            ledger.claimed.add(token)


async def look_at_links(duties: Duties) -> None:
    """Everybody looks at each of their links, and presses those once more by which they came: that changes nothing."""
    for message in duties.gateway.messages:
        if message.link is not None:
            pressed = duties.did[message.who, message.number].accepted
            duties.pages[message.link] = await _page(message.link, press=pressed)


async def _accept_invites(person: Person) -> None:
    """Whoever is on duty lets the helpdesk write to them."""
    while True:
        await person.accept_invite(within=PATIENCE)


async def _page(link: str, *, press: bool) -> str:
    """What a phone shows in the end, however often the helpdesk is away meanwhile."""
    while True:
        try:
            return await opened(link, press=press)
        except aiohttp.ClientResponseError as error:
            if error.status == 409:
                return await opened(link)
            await asyncio.sleep(_AGAIN)
        except aiohttp.ClientError:
            await asyncio.sleep(_AGAIN)
