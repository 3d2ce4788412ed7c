"""What a client makes of a room's events: messages with their edits, deletions and reactions applied."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MESSAGE_TYPES = frozenset({"m.room.message", "m.sticker", "m.poll.start", "org.matrix.msc3381.poll.start"})


@dataclass
class Event:
    """One event as the homeserver served it, and what was in it when it was encrypted."""

    raw: dict[str, Any]
    room_id: str
    number: int  # the order of arrival at this client, over all rooms
    clear: dict[str, Any] | None = None  # the decrypted payload

    @property
    def id(self) -> str:
        return str(self.raw["event_id"])

    @property
    def sender(self) -> str:
        return str(self.raw["sender"])

    @property
    def sent_ms(self) -> int:
        return int(self.raw["origin_server_ts"])

    @property
    def encrypted(self) -> bool:
        return bool(self.raw["type"] == "m.room.encrypted")

    @property
    def undecryptable(self) -> bool:
        return self.encrypted and self.clear is None and bool(self.raw["content"])

    @property
    def type(self) -> str:
        return str((self.clear or self.raw).get("type", ""))

    @property
    def state_key(self) -> str | None:
        return self.raw.get("state_key")

    @property
    def content(self) -> dict[str, Any]:
        content = (self.clear or self.raw).get("content")
        if not isinstance(content, dict):
            return {}
        if self.clear and "m.relates_to" not in content and "m.relates_to" in self.raw["content"]:
            return {**content, "m.relates_to": self.raw["content"]["m.relates_to"]}
        return content

    @property
    def relation(self) -> dict[str, Any]:
        relation = self.content.get("m.relates_to")
        return relation if isinstance(relation, dict) else {}

    @property
    def redacts(self) -> str | None:
        if self.type != "m.room.redaction":
            return None
        return self.raw.get("redacts") or self.content.get("redacts")

    def relates(self, kind: str) -> str | None:
        """The event that this one is an edit (m.replace), a reaction (m.annotation) … of."""
        return self.relation.get("event_id") if self.relation.get("rel_type") == kind else None


@dataclass(frozen=True)
class Reaction:
    event_id: str
    sender: str
    key: str


@dataclass(frozen=True)
class Message:
    """A message as its reader sees it now: the latest edit of it."""

    event: Event
    content: dict[str, Any]
    redacted: bool
    edits: tuple[Event, ...]

    @property
    def event_id(self) -> str:
        return self.event.id

    @property
    def room_id(self) -> str:
        return self.event.room_id

    @property
    def sender(self) -> str:
        return self.event.sender

    @property
    def sent_ms(self) -> int:
        return self.event.sent_ms

    @property
    def encrypted(self) -> bool:
        return self.event.encrypted

    @property
    def undecryptable(self) -> bool:
        return self.event.undecryptable

    @property
    def msgtype(self) -> str:
        return str(self.content.get("msgtype", ""))

    @property
    def body(self) -> str:
        return str(self.content.get("body", ""))

    @property
    def html(self) -> str | None:
        return self.content.get("formatted_body")

    @property
    def mentions(self) -> tuple[str, ...]:
        return tuple(self.content.get("m.mentions", {}).get("user_ids", ()))

    @property
    def thread(self) -> str | None:
        """The first message of the thread that this one is in."""
        return self.event.relates("m.thread")

    @property
    def reply_to(self) -> str | None:
        """What this one really answers; a thread's fallback for old clients is no answer."""
        if self.event.relation.get("is_falling_back"):
            return None
        answered = self.event.relation.get("m.in_reply_to", {}).get("event_id")
        return str(answered) if answered else None

    @property
    def changed(self) -> int:
        """The arrival number of the message, or of its latest edit."""
        return self.edits[-1].number if self.edits else self.event.number


class Timeline:
    """A room's events in the homeserver's order, each once."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._known: set[str] = set()
        self._gone: set[str] = set()
        self._edits: dict[tuple[str, str], list[Event]] = {}  # by edited event and its sender
        self._reactions: dict[str, list[Event]] = {}

    def __contains__(self, event_id: str) -> bool:
        return event_id in self._known

    def add(self, events: Iterable[Event]) -> None:
        for event in events:
            if event.id in self._known:
                continue
            self._known.add(event.id)
            self.events.append(event)
            # Relations are outside what is encrypted: this needs no key.
            if event.redacts is not None:
                self._gone.add(event.redacts)
            elif (edited := event.relates("m.replace")) is not None:
                self._edits.setdefault((edited, event.sender), []).append(event)
            elif event.type == "m.reaction" and (about := event.relates("m.annotation")) is not None:
                self._reactions.setdefault(about, []).append(event)

    def messages(self, after: int = 0) -> list[Message]:
        """The messages that arrived, or were edited, after that arrival number."""
        edited = {event_id for (event_id, _), edits in self._edits.items() if edits[-1].number > after}
        found = (
            self._message(event)
            for event in self.events
            if (event.number > after or event.id in edited) and self._is_message(event)
        )
        return [message for message in found if message.changed > after]

    def reactions(self, event_id: str) -> list[Reaction]:
        """The reactions to an event that are still there."""
        return [
            Reaction(event.id, event.sender, str(event.relation.get("key", "")))
            for event in self._reactions.get(event_id, [])
            if event.id not in self._gone
        ]

    def _is_message(self, event: Event) -> bool:
        if event.state_key is not None or event.relates("m.replace") is not None:
            return False
        return event.type in MESSAGE_TYPES or (event.encrypted and event.clear is None)

    def _message(self, event: Event) -> Message:
        if event.id in self._gone or "redacted_because" in event.raw.get("unsigned", {}):
            return Message(event, {}, redacted=True, edits=())
        edits = [
            edit
            for edit in self._edits.get((event.id, event.sender), [])
            if edit.id not in self._gone and not edit.undecryptable
        ]
        content = edits[-1].content.get("m.new_content", {}) if edits else event.content
        return Message(event, content, redacted=False, edits=tuple(edits))
