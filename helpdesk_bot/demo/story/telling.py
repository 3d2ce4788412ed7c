"""How a chapter is told: people act with their own clients, and what should follow is looked for in other clients."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from helpdesk_bot.demo.cast import TECHNICIANS
from helpdesk_bot.demo.expectations import Expectations
from helpdesk_bot.demo.person import Person, Wanted
from helpdesk_bot.demo.screen import Screen
from helpdesk_bot.demo.stage import Stage
from helpdesk_bot.demo.timeline import Message, Reaction
from helpdesk_bot.demo.witness import Witness

ZONE = ZoneInfo("Europe/Amsterdam")  # the helpdesk's
PATIENCE = 20.0  # seconds that a person waits for an answer that should come at once
_UNTIL_INVITED = 60.0  # seconds; helpers are asked into a chat one after the other
_TYPING = 0.012  # seconds a character, at reading pace
_NUMBER = re.compile(r"\b(?:vraag|nummer|question|number)\s+(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Carried:
    """What somebody wrote, and whose client must show it exactly once."""

    text: str
    room_id: str
    reader: str
    sender: str


class Telling:
    """The tools of every chapter. `pace` above 0 gives somebody who looks on time to read."""

    def __init__(
        self,
        stage: Stage,
        screen: Screen,
        witness: Witness,
        expectations: Expectations,
        pace: float,
    ) -> None:
        self.stage = stage
        self.screen = screen
        self.witness = witness
        self.expectations = expectations
        self.carried: list[Carried] = []
        self.secrets: list[str] = []  # notes of the team, which nobody who asks may see
        self.private: list[str] = []  # what requesters said among themselves
        self._pace = pace
        self._acted = 0.0
        self._marks: dict[str, int] = {}

    def person(self, name: str) -> Person:
        return self.stage.people[name]

    async def notice(self, text: str) -> None:
        self.screen.notice(text)
        await self._read(text)

    # --- acting

    async def says(
        self,
        name: str,
        room_id: str,
        text: str,
        *,
        thread: str | None = None,
        reply_to: str | None = None,
        mentions: Sequence[str] = (),
    ) -> str:
        """Somebody writes. Returns when their message has been seen."""
        await self._read(text)
        self.moment()
        event_id = await self.person(name).send(
            room_id, text, thread=thread, reply_to=reply_to, mentions=mentions
        )
        await self.witness.shown(event_id)
        return event_id

    async def sends_photo(self, name: str, room_id: str, photo: bytes, caption: str, thread: str) -> str:
        await self._read(caption)
        self.moment()
        event_id = await self.person(name).send_image(
            room_id, photo, "foutmelding.png", caption=caption, thread=thread
        )
        await self.witness.shown(event_id)
        return event_id

    async def reacts(self, name: str, room_id: str, event_id: str, key: str) -> str:
        await self._read("")
        self.moment()
        reaction = await self.person(name).react(room_id, event_id, key)
        await self.witness.shown(reaction)
        return reaction

    def clock(self) -> float:
        return asyncio.get_running_loop().time()

    def moment(self) -> None:
        """From here on things are looked for, and timed."""
        self._marks = {name: person.mark() for name, person in self.stage.people.items()}
        self._acted = self.clock()

    # --- seeing

    async def sees(
        self,
        name: str,
        room_id: str,
        wanted: Wanted,
        what: str,
        *,
        within: float = PATIENCE,
        since_start: bool = False,
    ) -> Message:
        """The helpdesk's message that this person must see with their own client, since the last act."""
        person = self.person(name)
        after = self.witness.began(person) if since_start else self._marks[name]

        async def waiting() -> Message:
            message = await person.wait_for(
                room_id, wanted, within, after=after, sender=self.stage.bot_of(name)
            )
            await self.witness.shown((message.edits[-1] if message.edits else message.event).id)
            return message

        return await self.expectations.sees(name, what, waiting(), since=self._acted)

    async def sees_mark(
        self, name: str, room_id: str, event_id: str, words: str, what: str, within: float = PATIENCE
    ) -> Reaction:
        """The helpdesk's reaction that says in words what became of a message."""
        person = self.person(name)

        def marked() -> Reaction | None:
            reactions = person.reactions(room_id, event_id)
            return next(
                (r for r in reactions if r.sender == self.stage.bot_of(name) and words in r.key), None
            )

        async def waiting() -> Reaction:
            reaction = await person.until(marked, f"the words “{words}” at the message", within)
            await self.witness.shown(reaction.event_id)
            return reaction

        return await self.expectations.sees(name, what, waiting(), since=self._acted)

    def since_act(self, name: str, room_id: str) -> list[Message]:
        return self.person(name).read(room_id, after=self._marks[name])

    def number_in(self, message: Message) -> int:
        """The number of the question that the helpdesk speaks of."""
        found = _NUMBER.search(message.body)
        return int(found.group(1)) if found else 0

    def must_arrive(self, sender: str, text: str, room: str, *readers: str) -> None:
        """To be counted at the end: this text is in that room exactly once, in these people's clients."""
        self.carried += [Carried(text, room, reader, sender) for reader in readers]

    async def _read(self, text: str) -> None:
        if self._pace:
            await asyncio.sleep(self._pace * min(0.8 + _TYPING * len(text), 2.5))


async def chat_of(telling: Telling, name: str, *, asked: bool = False) -> str:
    """Somebody's direct chat with the helpdesk: the one they have, the one that it asks every helper into (and whoever else
    it has something to say to, `asked`), or a new one."""
    person, bot = telling.person(name), telling.stage.bot_id
    both = {person.user_id, bot}
    known = (room for room in person.rooms.values() if room.membership == "join" and not room.name)
    found = next((room.id for room in known if set(room.members("join", "invite")) == both), None)
    if found is None and (asked or name in TECHNICIANS):
        found = await person.accept_invite(within=_UNTIL_INVITED)
    found = found or await person.create_dm(bot)
    telling.witness.rooms[found] = f"direct chat of {name}"
    return found


def card_of(number: int) -> Callable[[Message], bool]:
    """Whether a message is the card of this question."""
    return lambda message: message.thread is None and f"Vraag {number} " in message.body
