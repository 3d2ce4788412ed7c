"""The content of messages, as a person's client makes it."""

import html
from collections.abc import Mapping, Sequence
from typing import Any


def text(text: str, mentions: Sequence[str], names: Mapping[str, str]) -> dict[str, Any]:
    """A text. A mentioned user id in it becomes a pill with the name from `names`."""
    body, formatted = text, html.escape(text, quote=False).replace("\n", "<br />")
    for user_id in mentions:
        shown = names.get(user_id, user_id)
        pill = f'<a href="https://matrix.to/#/{user_id}">{html.escape(shown)}</a>'
        body, formatted = body.replace(user_id, shown), formatted.replace(user_id, pill)
    if not mentions:
        return {"msgtype": "m.text", "body": body, "m.mentions": {}}
    return {
        "msgtype": "m.text",
        "body": body,
        "format": "org.matrix.custom.html",
        "formatted_body": formatted,
        "m.mentions": {"user_ids": list(mentions)},
    }


def edit(event_id: str, new: dict[str, Any]) -> dict[str, Any]:
    """What turns the message `event_id` into `new`."""
    return {
        **new,
        "body": f"* {new['body']}",
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
    }


def reaction(event_id: str, key: str) -> dict[str, Any]:
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": event_id, "key": key}}


def related(
    content: dict[str, Any], *, thread: str | None, reply_to: str | None, latest_in_thread: str | None
) -> dict[str, Any]:
    """The content as a reply, in a thread, or both."""
    if thread is not None:
        # Clients without threads see it as an answer to the thread's latest message.
        relation = {
            "rel_type": "m.thread",
            "event_id": thread,
            "is_falling_back": reply_to is None,
            "m.in_reply_to": {"event_id": reply_to or latest_in_thread or thread},
        }
    elif reply_to is not None:
        relation = {"m.in_reply_to": {"event_id": reply_to}}
    else:
        return content
    return {**content, "m.relates_to": relation}
