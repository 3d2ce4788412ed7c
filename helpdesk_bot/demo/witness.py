"""Looks over the shoulders of the people in the story, and writes down what their clients really receive."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo.listener import NotSeen
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.timeline import Event
from helpdesk_bot.demo.transcript import Kind, Line, Transcript

_A_DAY = 86_400.0
_QUOTED = 40  # characters of the message that a reaction is about


class Witness:
    """`rooms` are the names that rooms have in the story, by id; what happens elsewhere is not shown.

    An event is shown once: when the first client but its sender's own has received and decrypted it.
    """

    def __init__(
        self,
        people: Iterable[Person],
        names: Mapping[str, str],
        bots: Collection[str],
        transcript: Transcript,
    ) -> None:
        self.rooms: dict[str, str] = {}
        self._people = list(people)
        self._names = names  # what people are called, by user id
        self._bots = bots
        self._transcript = transcript
        self._from: dict[str, int] = {}
        self._began_ms = 0.0
        self._shown: set[str] = set()
        self._texts: dict[str, str] = {}  # the latest text of a message, to tell what an edit changes
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._began_ms = utc_now().timestamp() * 1000
        for person in self._people:
            self._from[person.name] = person.mark()
            self._tasks.append(asyncio.create_task(self._follow(person), name=f"watching {person.name}"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        _ = await asyncio.gather(*self._tasks, return_exceptions=True)

    def began(self, person: Person) -> int:
        """The mark from which on this person's events belong to the story."""
        return self._from[person.name]

    async def shown(self, event_id: str, within: float = 15.0) -> None:
        """Returns when somebody's client has received the event."""
        for person in self._people:  # what came before its room had a name in the story wakes nobody
            self._look(person)
        try:
            async with asyncio.timeout(within):
                while event_id not in self._shown:
                    await self._news.wait()
        except TimeoutError:
            raise NotSeen(f"nobody's client has received {event_id} within {within:g} s") from None

    async def _follow(self, person: Person) -> None:
        while True:
            try:
                _ = await person.until(lambda: self._new(person), "anything", _A_DAY)
            except NotSeen:
                continue  # a quiet day
            self._look(person)
            self._news.set()
            self._news = asyncio.Event()

    def _look(self, person: Person) -> None:
        for event in self._new(person):
            self._show(person, event)

    def _new(self, person: Person) -> list[Event]:
        start = self._from[person.name]
        found = [
            event
            for room_id in self.rooms
            if room_id in person.rooms
            for event in person.events(room_id)
            if event.number > start and event.id not in self._shown and not event.undecryptable
            if event.sent_ms >= self._began_ms  # who comes into a room also gets what was there before
            if event.sender != person.user_id or not self._others_see(person, room_id)
        ]
        return sorted(found, key=lambda event: event.number)

    def _others_see(self, person: Person, room_id: str) -> bool:
        return any(
            other is not person and room_id in other.rooms and other.rooms[room_id].membership == "join"
            for other in self._people
        )

    def _show(self, person: Person, event: Event) -> None:
        if event.id in self._shown:
            return
        self._shown.add(event.id)
        kind = _kind(event, self._bots)
        if kind is None:
            return
        text, changed = self._said(person, event, kind)
        sent = datetime.fromtimestamp(event.sent_ms / 1000, UTC)
        self._transcript.add(
            Line(
                at=sent.isoformat(timespec="milliseconds"),
                room=self.rooms[event.room_id],
                room_id=event.room_id,
                person=self._names.get(event.sender, event.sender),
                direction="out" if event.sender in self._bots else "in",
                kind=kind,
                text=text,
                event_id=event.id,
                encrypted=event.encrypted,
                in_thread=event.relates("m.thread") is not None,
                seen_by=self._names[person.user_id],
                after=round(max(0.0, (utc_now() - sent).total_seconds()), 3),
                changed=changed,
            )
        )

    def _said(self, person: Person, event: Event, kind: Kind) -> tuple[str, str]:
        if kind == "reaction":
            about = self._texts.get(str(event.relates("m.annotation")), "a message")
            return f"{event.relation.get('key')}   (on “{_short(about)}”)", ""
        if kind == "deletion":
            return f"(“{_short(self._texts.get(event.redacts or '', 'a message'))}”)", ""
        if kind == "edit":
            edited = str(event.relates("m.replace"))
            text = str(event.content.get("m.new_content", {}).get("body", ""))
            before = self._texts.get(edited, "").splitlines()
            self._texts[edited] = text
            return text, "\n".join(line for line in text.splitlines() if line not in before)
        text = str(event.content.get("body", ""))
        self._texts[event.id] = text
        name = event.content.get("filename")
        if kind == "file" and name and name != text:
            return f"[{name}] {text}", ""
        return (f"[{text}]" if kind == "file" else text), ""


def _kind(event: Event, bots: Collection[str]) -> Kind | None:
    if event.type == "m.room.member":
        before = event.raw.get("unsigned", {}).get("prev_content", {}).get("membership")
        joins = event.state_key in bots and event.content.get("membership") == "join" != before
        return "join" if joins else None
    if event.type == "m.reaction":
        return "reaction"
    if event.type == "m.room.redaction":
        return "deletion"
    if event.type != "m.room.message" or "redacted_because" in event.raw.get("unsigned", {}):
        return None
    if event.relates("m.replace"):
        return "edit"
    return "message" if event.content.get("msgtype") in ("m.text", "m.notice", "m.emote") else "file"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else line[: _QUOTED - 1].rstrip() + "…"
