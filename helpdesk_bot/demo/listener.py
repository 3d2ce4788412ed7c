"""What a person's client hears: all that the homeserver serves to one device, complete, in order and decrypted."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from helpdesk_bot.demo.api import Api, path
from helpdesk_bot.demo.keys import Keys
from helpdesk_bot.demo.timeline import Event, Timeline

Found = TypeVar("Found")

_PAGE = 100


class NotSeen(AssertionError):
    """What a person waited for did not reach their client."""


@dataclass
class Room:
    """A room as this client knows it."""

    id: str
    membership: str = "join"
    timeline: Timeline = field(default_factory=Timeline)
    state: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # content by (type, state key)

    @property
    def encrypted(self) -> bool:
        return ("m.room.encryption", "") in self.state

    @property
    def name(self) -> str:
        return str(self.state.get(("m.room.name", ""), {}).get("name", ""))

    def members(self, *memberships: str) -> dict[str, str]:
        """Who is in the room, by user id, with the name they show; other memberships when they are named."""
        wanted = memberships or ("join",)
        return {
            key: str(content.get("displayname") or key)
            for (kind, key), content in self.state.items()
            if kind == "m.room.member" and content.get("membership") in wanted
        }


class Listener:
    """The receiving half of a client. Without `keys` it can't read encrypted messages, and costs less."""

    def __init__(self, name: str, api: Api, keys: Keys | None) -> None:
        self.name = name
        self.rooms: dict[str, Room] = {}
        self.invites: dict[str, str] = {}  # who invited, by room id
        self.account_data: dict[str, dict[str, Any]] = {}
        self.api = api
        self._keys = keys
        self._since: str | None = None
        self._numbers = count(1)
        self._latest = 0
        self._waiting_for_keys: list[Event] = []
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns when the client has its rooms, and others can send it keys."""
        await self._take(await self.api.sync(None, timeout_ms=0))
        self._task = asyncio.create_task(self._listen(), name=f"{self.name} listens")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            _ = await asyncio.gather(self._task, return_exceptions=True)
        if self._keys is not None:
            await self._keys.close()
        await self.api.close()

    def mark(self) -> int:
        """A moment: what has come so far. `wait_for(..., after=mark)` sees only what comes later."""
        return self._latest

    def room(self, room_id: str) -> Room:
        try:
            return self.rooms[room_id]
        except KeyError:
            raise NotSeen(f"{self.name} is not in {room_id}") from None

    def events(self, room_id: str) -> list[Event]:
        """Every event of the room, state included, in the homeserver's order, each once."""
        return list(self.room(room_id).timeline.events)

    async def until(self, condition: Callable[[], Found | None], what: str, within: float = 15.0) -> Found:
        """Waits until `condition` gives something; it is asked again after each thing heard."""
        try:
            async with asyncio.timeout(within):
                while True:
                    found = condition()
                    if found:
                        return found
                    await self._something_new()
        except TimeoutError:
            raise NotSeen(f"{self.name} did not see {what} within {within:g} s") from None

    async def _something_new(self) -> None:
        if self._task is None:
            raise RuntimeError(f"{self.name} is not listening")
        news = asyncio.create_task(self._news.wait())
        try:
            _ = await asyncio.wait((news, self._task), return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
        if self._task.done():
            self._task.result()  # never comes back by itself: this raises why it ended

    async def _listen(self) -> None:
        while True:
            await self._take(await self.api.sync(self._since))

    async def _take(self, batch: dict[str, Any]) -> None:
        new_keys = await self._keys.receive(batch) if self._keys else False
        for event in batch.get("account_data", {}).get("events", []):
            self.account_data[event["type"]] = event["content"]
        rooms = batch.get("rooms", {})
        for room_id, invited in rooms.get("invite", {}).items():
            self.invites[room_id] = _inviter(invited)
        for membership in ("join", "leave"):
            for room_id, news in rooms.get(membership, {}).items():
                self.invites.pop(room_id, None)
                await self._take_room(room_id, membership, news)
        if new_keys:
            self._waiting_for_keys = [event for event in self._waiting_for_keys if not self._open(event)]
        self._since = batch["next_batch"]
        self._news.set()
        self._news = asyncio.Event()
        if self._keys:
            await self._keys.maintain()

    async def _take_room(self, room_id: str, membership: str, news: dict[str, Any]) -> None:
        room = self.rooms.setdefault(room_id, Room(room_id))
        room.membership = membership
        timeline = news.get("timeline", {})
        events = timeline.get("events", [])
        if timeline.get("limited") and membership == "join":
            events = [*await self._missed(room, timeline["prev_batch"]), *events]
        for state in (news.get("state", {}).get("events", []), timeline.get("events", [])):
            for event in state:
                if "state_key" in event:
                    room.state[event["type"], event["state_key"]] = event["content"]
        room.timeline.add(self._events(room, events))

    async def _missed(self, room: Room, start: str) -> list[dict[str, Any]]:
        """What lies between the events that we have and this batch, oldest first; to the beginning if we have none."""
        missed: list[dict[str, Any]] = []
        position: str | None = start
        while position is not None:
            params = {"dir": "b", "from": position, "limit": str(_PAGE)}
            page = await self.api.call(
                "GET", path("rooms", room.id, "messages"), params=params, patience=None
            )
            for event in page["chunk"]:
                if event["event_id"] in room.timeline:
                    return missed[::-1]
                missed.append(event)
            position = page.get("end")
        return missed[::-1]

    def _events(self, room: Room, events: Iterable[dict[str, Any]]) -> Iterable[Event]:
        for raw in events:
            if raw["event_id"] in room.timeline:
                continue
            self._latest = next(self._numbers)
            event = Event(raw, room.id, self._latest)
            if event.undecryptable and not self._open(event):
                self._waiting_for_keys.append(event)
            yield event

    def _open(self, event: Event) -> bool:
        """Whether the event can be read now."""
        if self._keys is not None:
            event.clear = self._keys.decrypt(event.room_id, event.raw)
        return event.clear is not None


def _inviter(invited: dict[str, Any]) -> str:
    for event in invited.get("invite_state", {}).get("events", []):
        if event["type"] == "m.room.member" and event["content"].get("membership") == "invite":
            return str(event["sender"])
    return ""
