"""One message by a person, and one event of the bot as people saw it. Each message carries a token that occurs nowhere else."""

import re
from dataclasses import dataclass
from enum import StrEnum

from helpdesk_bot.demo.timeline import Event
from helpdesk_bot.storage.outbox import REF_KEY

TOKEN = re.compile(r"\b[qfanp]\d+x[0-9a-f]{8}\b")


class Kind(StrEnum):
    QUESTION = "question"
    FOLLOW_UP = "follow-up"
    ANSWER = "answer"
    NOTE = "note"
    PANIC = "panic"


@dataclass(frozen=True, slots=True)
class Said:
    """One message by a person. `asker_room` is where the requester is, whoever wrote it."""

    token: str
    kind: Kind
    room_id: str
    asker_room: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One event of the bot as a person's client read it."""

    room_id: str
    event_id: str
    body: str
    tokens: frozenset[str]
    thread: str | None
    about: str | None  # what a reaction is for, or a reply answers; else the thread
    is_edit: bool
    is_reaction: bool
    ref: str | None
    msgtype: str | None

    @classmethod
    def of(cls, event: Event) -> "Seen":
        body = event.content.get("body")
        words = body if isinstance(body, str) else ""
        answered = event.relation.get("m.in_reply_to")
        reply_to = answered.get("event_id") if isinstance(answered, dict) else None
        ref = event.content.get(REF_KEY)
        return cls(
            room_id=event.room_id,
            event_id=event.id,
            body=words,
            tokens=frozenset(TOKEN.findall(words)),
            thread=event.relates("m.thread"),
            about=event.relates("m.annotation") or reply_to or event.relates("m.thread"),
            is_edit=event.relates("m.replace") is not None,
            is_reaction=event.type == "m.reaction",
            ref=ref if isinstance(ref, str) else None,
            msgtype=event.content.get("msgtype"),
        )
