"""Reading events as they come: JSON from anybody, of which anything may be missing, wrong or enormous."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from helpdesk_bot.matrix.http import Json
from helpdesk_bot.matrix.wire import clean_text
from helpdesk_bot.protocol.words import EVENT_TYPE
from helpdesk_bot.storage.inbox import RawEvent
from helpdesk_bot.storage.outbox import REF_KEY

ENCRYPTED = "m.room.encrypted"
REDACTION = "m.room.redaction"
MEMBER = "m.room.member"
CREATE = "m.room.create"
TOMBSTONE = "m.room.tombstone"
JOIN_RULES = "m.room.join_rules"
MEMBERSHIPS = frozenset({"join", "invite", "leave", "ban", "knock"})

POLLS = frozenset(
    f"{prefix}.{part}"
    for prefix in ("m.poll", "org.matrix.msc3381.poll")
    for part in ("start", "response", "end")
)
SAID = POLLS | {"m.room.message", "m.sticker", "m.reaction", EVENT_TYPE}

_LONGEST_ID = 255
_DEEPEST = 40
_LARGEST_NUMBER = 2**53


class Rubbish(Exception):
    """This is no event that a homeserver should have let through. Says what, never who."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event whose parts have the types that they must have. `source` is the event as it came."""

    event_id: str
    sender: str
    type: str
    content: Json
    state_key: str | None
    sent_at: datetime
    unsigned: Json
    source: Json

    @property
    def redacted(self) -> bool:
        return "redacted_because" in self.unsigned

    @property
    def ref(self) -> str | None:
        """The transaction id of an event of ours."""
        for key in (self.content.get(REF_KEY), self.unsigned.get("transaction_id")):
            if isinstance(key, str):
                return key
        return None

    @property
    def membership(self) -> str | None:
        value = self.content.get("membership")
        return value if isinstance(value, str) else None

    @property
    def membership_before(self) -> str | None:
        return text(as_dict(self.unsigned.get("prev_content")).get("membership"))


def incoming(event: object, now: datetime) -> Incoming:
    """Checks the outside of an event. Raises Rubbish."""
    if not isinstance(event, dict):
        raise Rubbish("no object")
    content = event.get("content")
    if not isinstance(content, dict):
        raise Rubbish("no content")
    return Incoming(
        event_id=_id(event, "event_id"),
        sender=_id(event, "sender"),
        type=_id(event, "type"),
        content=wholesome(content),
        state_key=_id(event, "state_key", may_be_empty=True) if "state_key" in event else None,
        sent_at=moment(event.get("origin_server_ts"), now),
        unsigned=as_dict(event.get("unsigned")),
        source=event,
    )


def readable(events: Iterable[object], now: datetime) -> list[Incoming]:
    """The events among these that are whole; for what is only looked through."""
    found = []
    for event in events:
        try:
            found.append(incoming(event, now))
        except Rubbish:
            continue
    return found


def in_the_clear(event: Incoming, room_id: str, *, watched: bool) -> RawEvent | None:
    """What the helpdesk must hear of an event that is not encrypted; None for what does not concern it.

    Raises Rubbish. `watched`: the members of this room have a role, here or in a run, so their coming and going counts.
    """
    content = event.content
    if event.type == REDACTION:
        # The target stands beside the content before room version 11.
        target = content.get("redacts", event.source.get("redacts"))
        content = {"redacts": _checked(target, "redacts")}
    elif event.redacted:
        return None
    elif event.type == MEMBER:
        changed = event.membership in MEMBERSHIPS and event.membership != event.membership_before
        if not watched or event.state_key is None or not changed:
            return None
    elif event.type in (TOMBSTONE, JOIN_RULES):
        if event.state_key != "" or (event.type == JOIN_RULES and not watched):
            return None
    elif event.type not in SAID or event.state_key is not None:
        return None
    return RawEvent(
        event_id=event.event_id,
        room_id=room_id,
        sender=event.sender,
        type=event.type,
        content=content,
        sent_at=event.sent_at,
        state_key=event.state_key,
    )


def moment(milliseconds: object, now: datetime) -> datetime:
    """When an event says that it was sent; `now` for nonsense and for the future."""
    if not isinstance(milliseconds, int) or not 0 < milliseconds <= now.timestamp() * 1000:
        return now
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def wholesome(content: Json) -> Json:
    """The same content, fit to be stored and shown: no NUL, no half characters, no numbers that are none.

    Raises Rubbish for content that is nested beyond reason.
    """
    clean: Json = _clean(content, 0)
    return clean


def _clean(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise Rubbish("nested too deeply")
    match value:
        case str():
            return clean_text(value)
        case dict():
            return {clean_text(str(key)): _clean(item, depth + 1) for key, item in value.items()}
        case list():
            return [_clean(item, depth + 1) for item in value]
        case bool() | None:
            return value
        case int():
            return value if abs(value) <= _LARGEST_NUMBER else None
        case float():
            return value if math.isfinite(value) else None
        case _:
            raise Rubbish("no JSON")


def _id(event: Json, key: str, *, may_be_empty: bool = False) -> str:
    return _checked(event.get(key), key, may_be_empty=may_be_empty)


def _checked(value: object, what: str, *, may_be_empty: bool = False) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_ID or clean_text(value) != value:
        raise Rubbish(f"no usable {what}")
    if not value and not may_be_empty:
        raise Rubbish(f"an empty {what}")
    return value


def as_dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def text(value: object, longest: int = _LONGEST_ID) -> str | None:
    """A short text for people, such as a name; None when there is none."""
    if not isinstance(value, str):
        return None
    return clean_text(value)[:longest].strip() or None
