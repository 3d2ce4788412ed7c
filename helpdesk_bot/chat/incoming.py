"""What an event means, taken out of content that anybody may have written: nothing in it is trusted to be well formed."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from helpdesk_bot.domain import media
from helpdesk_bot.storage.models import InboxEvent
from helpdesk_bot.texts.values import without_fallback

MAX_TEXT = 40_000  # characters; an event holds no more
TEXT_TYPES = frozenset({"m.text", "m.emote"})
_QUOTED_HTML = re.compile(r"<mx-reply>.*?</mx-reply>", re.DOTALL)
# A mention as clients write it in HTML, and in the plain text of clients that put Markdown there.
_PERSON = re.compile(r"matrix\.to/#/((?:@|%40)[^\s\"'<>?)]{3,255})", re.IGNORECASE)
_LINKED_NAME = re.compile(r"\[([^\]\n]{1,200})\]\(<?https://matrix\.to/#/(?:@|%40)[^)\s]*\)", re.IGNORECASE)
_VARIANTS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[\u2640\u2642]")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message, edit, deletion or reaction by a person.

    `reply_to` is set for a real reply only, not for the fallback that clients add inside threads. `replaces` is the
    message that an edit corrects. `file` is media content that may be carried on. `mentions`: who is spoken to. `pings`:
    those of them whom the sender's client names as such; of an edit, only who was not spoken to before.
    """

    event_id: str
    room_id: str
    sender: str
    text: str | None = None
    file: dict[str, Any] | None = None
    thread: str | None = None
    reply_to: str | None = None
    replaces: str | None = None
    mentions: frozenset[str] = field(default_factory=frozenset)
    pings: frozenset[str] = field(default_factory=frozenset)


def message(event: InboxEvent) -> Incoming | None:
    """The message in an event; None for what never triggers anything (notices, bots' words, rubbish)."""
    content = event.content or {}
    relates = _dict(content.get("m.relates_to"))
    replaces = _event_id(relates.get("event_id")) if relates.get("rel_type") == "m.replace" else None
    inner = _dict(content.get("m.new_content")) if replaces else content
    msgtype = inner.get("msgtype")
    text: str | None = None
    file = None
    if event.type != "m.sticker" and not isinstance(msgtype, str):
        return None
    if event.type == "m.sticker" or msgtype in media.MEDIA_TYPES:
        file = media.portable(inner | ({"msgtype": "m.image"} if event.type == "m.sticker" else {}))
        text = _trimmed(media.caption(inner) or "")
        if file is None:
            return None
    elif msgtype in TEXT_TYPES:
        text = _text(inner)
        if not text:
            return None
    elif msgtype == "m.location" and isinstance(inner.get("body"), str):
        text = _text(inner)
    else:
        return None
    thread = _event_id(relates.get("event_id")) if relates.get("rel_type") == "m.thread" else None
    reply = _event_id(_dict(relates.get("m.in_reply_to")).get("event_id"))
    if thread and relates.get("is_falling_back") is True:
        reply = None
    return Incoming(
        event.event_id,
        event.room_id,
        event.sender,
        text=text,
        file=file,
        thread=thread,
        reply_to=reply,
        replaces=replaces,
        mentions=_mentions(content, inner),
        pings=_pings(content),
    )


def reaction(event: InboxEvent) -> tuple[str, str] | None:
    """The event a reaction is about and its key, without skin tones and variation selectors."""
    relates = _dict((event.content or {}).get("m.relates_to"))
    about, key = _event_id(relates.get("event_id")), relates.get("key")
    if (
        relates.get("rel_type") != "m.annotation"
        or about is None
        or not isinstance(key, str)
        or not key.strip()
    ):
        return None
    return about, plain_emoji(key)[:40]


def redacts(event: InboxEvent) -> str | None:
    """The event that a redaction takes away."""
    return _event_id((event.content or {}).get("redacts"))


def plain_emoji(key: str) -> str:
    """An emoji as it is compared: 👍🏽 and 👍️ are 👍, 🙋‍♀️ is 🙋."""
    return _VARIANTS.sub("", key).strip()


def _text(content: dict[str, Any]) -> str | None:
    body = content.get("body")
    if not isinstance(body, str):
        return None
    if _dict(content.get("m.relates_to")).get("m.in_reply_to"):
        body = without_fallback(body)
    return _trimmed(_LINKED_NAME.sub(lambda link: link[1], body[:MAX_TEXT]))


def _trimmed(text: str) -> str | None:
    return text.strip()[:MAX_TEXT] or None


def _pings(content: dict[str, Any]) -> frozenset[str]:
    """See the Matrix specification, 'm.mentions'."""
    users = _dict(content.get("m.mentions")).get("user_ids")
    return (
        frozenset(user for user in users if isinstance(user, str)) if isinstance(users, list) else frozenset()
    )


def _mentions(content: dict[str, Any], inner: dict[str, Any]) -> frozenset[str]:
    named = set(_pings(content))
    for text in (inner.get("formatted_body"), inner.get("body")):
        if isinstance(text, str):
            named |= {unquote(user) for user in _PERSON.findall(_QUOTED_HTML.sub("", text[:MAX_TEXT]))}
    return frozenset(named)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _event_id(value: object) -> str | None:
    return value if isinstance(value, str) and value.startswith("$") and len(value) <= 255 else None
