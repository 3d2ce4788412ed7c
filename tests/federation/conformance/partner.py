"""A helpdesk by the book: it says what a test wants it to, hears what it is told, and decides nothing by itself.

Of this project it uses the models of what travels, and a bot without a helpdesk (`tests.matrix.station`) to speak Matrix.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from sqlalchemy import select

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix.cross_signing import CrossSigning
from helpdesk_bot.protocol.words import (
    BY_TYPE,
    EVENT_TYPE,
    Accept,
    Close,
    Confirm,
    Hello,
    Offer,
    OfLend,
    Status,
    Sync,
    Week,
    Word,
)
from helpdesk_bot.storage.models import InboxEvent
from helpdesk_bot.storage.outbox import Outgoing
from tests.federation.conformance.lent import Lent
from tests.federation.talk import ENCRYPTION
from tests.matrix.station import Station

SCHEMAS = Path(__file__).parents[3] / "docs" / "federation"
PATIENCE = 40.0
W = TypeVar("W", bound=Word)
Seen = frozenset[int]


class Partner:
    """`other`: the bot that it speaks with; `room`: the room of the two, once there is one."""

    def __init__(self, station: Station, other: str, name: str) -> None:
        self.station = station
        self.other = other
        self.name = name
        self.room = ""
        self._read: dict[int, Word] = {}  # by the row of the inbox, in the order in which they came

    @classmethod
    @asynccontextmanager
    async def at(
        cls, server: Synapse, folder: Path, database_url: str, localpart: str, other: str
    ) -> AsyncIterator["Partner"]:
        await server.register(localpart)
        async with Station.at(server, folder, database_url, localpart) as station:
            await station.receiver.once()
            async with station.running():
                yield cls(station, other, f"Helpdesk {localpart}")

    @property
    def address(self) -> str:
        return self.station.user_id

    # --- the room of the two, and the number

    async def makes_a_room(self) -> str:
        return await self.station.homeserver.create_room(
            invite=[self.other],
            preset="private_chat",
            creation_content={"type": EVENT_TYPE},
            initial_state=[
                ENCRYPTION,
                {
                    "type": "m.room.history_visibility",
                    "state_key": "",
                    "content": {"history_visibility": "invited"},
                },
            ],
        )

    async def invited(self, without: Iterable[str] = ()) -> str:
        """Into a room by the other."""
        found = ""

        async def there() -> bool:
            nonlocal found
            async with self.station.db.reading() as session:
                query = select(InboxEvent).where(
                    InboxEvent.type == "helpdesk.invite", InboxEvent.sender == self.other
                )
                rooms = [row.room_id for row in await session.scalars(query)]
            found = next((room for room in rooms if room not in without), "")
            return bool(found)

        await self.station.until(there, PATIENCE)
        return found

    async def enters(self, room: str) -> None:
        await self.station.homeserver.join(room)
        await self.until_inside(room, self.address)

    async def until_inside(self, room: str, user_id: str, membership: str = "join") -> None:
        async def there() -> bool:
            return (await self.station.members(room)).get(user_id) == membership

        await self.station.until(there, PATIENCE)

    async def number(self) -> str:
        """As the document says, of both sides' keys as the homeserver shows them."""
        answer = await self.station.homeserver.keys_query([self.other])
        [key] = answer["master_keys"][self.other]["keys"].values()
        mine = CrossSigning(self.address, self.station.account.seeds).master.public
        (first, one), (second, two) = sorted([(self.address, mine), (self.other, key)])
        text = "\0".join(["nl.helpdesk.federation", first, one, second, two])
        number = int(hashlib.sha256(text.encode()).hexdigest(), 16) % 10**30
        digits = str(number).zfill(30)
        return " ".join(digits[at : at + 5] for at in range(0, 30, 5))

    # --- saying and hearing

    async def says(self, *words: Word | dict[str, Any], room: str = "") -> None:
        contents = [word if isinstance(word, dict) else _written(word) for word in words]
        await self.station.put(
            *(Outgoing(room or self.room, content, type=EVENT_TYPE) for content in contents)
        )
        await self.station.drained()

    async def says_in_the_clear(self, word: Word) -> None:
        await self.station.homeserver.send_event(self.room, EVENT_TYPE, uuid4().hex, _written(word))

    async def mark(self) -> Seen:
        """What it has heard so far, to hear what comes after."""
        return frozenset([id for id, _ in await self._words()])

    async def hears(self, kind: type[W], *, after: Seen, lend: Lent | None = None, **fields: Any) -> W:
        """The first such word that came after. What it says of a lend is kept with it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for id, word in await self._words():
                    if id in after or not isinstance(word, kind) or not _fits(word, lend, fields):
                        continue
                    return word
                await asyncio.sleep(0.1)

    async def hears_of(self, kind: type[W], lend: Lent, *, after: Seen = frozenset(), **fields: Any) -> W:
        word = await self.hears(kind, after=after, lend=lend, **fields)
        assert isinstance(word, OfLend)
        if word not in lend.heard:
            lend.heard.append(word)
        return word

    async def reaction(self, *, after: Seen) -> list[Word]:
        """All that the other says because of what was said to it, but signs of life, comparing and weeks: it answers in order, so when
        a greeting is returned, there is nothing more to come."""
        before = await self.mark()
        await self.says(self.hello(answer=True))
        await self.hears(Hello, after=before)
        return [
            word
            for id, word in await self._words()
            if id not in after and not isinstance(word, Hello | Sync | Week)
        ]

    async def words(self) -> list[Word]:
        """All that it has heard, in the order in which it came."""
        return [word for _, word in await self._words()]

    async def _words(self) -> list[tuple[int, Word]]:
        async with self.station.db.reading() as session:
            query = select(InboxEvent).where(
                InboxEvent.room_id == self.room,
                InboxEvent.sender == self.other,
                InboxEvent.type == EVENT_TYPE,
                InboxEvent.state != "held",
            )
            rows = list(await session.scalars(query.order_by(InboxEvent.id)))
        self._read |= {row.id: _read(row) for row in rows if row.id not in self._read}
        return sorted(self._read.items())

    # --- words

    def hello(self, *, trusts: bool = True, room: int = 5, answer: bool = False, era: int = 0) -> Hello:
        return Hello(
            versions=[1],
            name=self.name,
            languages=["nl", "en"],
            room=room,
            trusts=trusts,
            answer=answer,
            era=era,
        )

    def sync(self, *lends: Lent, answer: bool = True) -> Sync:
        return Sync(lends=[lend.line() for lend in lends], answer=answer)

    # --- what comes before most that is looked at

    async def helps(self, offer: Offer, helper: str = "Joris") -> tuple[Lent, Confirm]:
        """Says yes, and is confirmed."""
        lend = Lent(offer.lend, "helper", heard=[offer])
        await self.says(lend.anew(Accept, helper=helper))
        lend.state = "accepted"
        confirm = await self.hears_of(Confirm, lend)
        lend.state = "working"
        await self.says(lend.anew(Status, status="working", helper=helper))
        return lend, confirm

    async def ends(self, lend: Lent) -> None:
        """As its origin."""
        await self.says(lend.anew(Close, reason="confirmed"))
        lend.state = "closed"


def _written(word: Word) -> dict[str, Any]:
    return word.model_dump(mode="json", exclude_none=True)


def _read(row: InboxEvent) -> Word:
    """Whatever the other says must be encrypted and fit its schema."""
    assert row.encrypted
    content = row.content or {}
    schema = json.loads((SCHEMAS / f"{content['type']}.schema.json").read_text("utf-8"))
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(content)
    return BY_TYPE[content["type"]].model_validate(content)


def _fits(word: Word, lend: Lent | None, fields: dict[str, Any]) -> bool:
    if lend is not None and getattr(word, "lend", None) != lend.ref:
        return False
    return all(getattr(word, name) == value for name, value in fields.items())
