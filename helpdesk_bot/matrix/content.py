"""What an outbox row looks like as an event: the words as they were rendered, and how they hang on other events."""

from collections.abc import Mapping

from helpdesk_bot.matrix.http import Json
from helpdesk_bot.storage.models import OutboxRow
from helpdesk_bot.storage.outbox import REF_KEY

# Every client sends these in the clear, in encrypted rooms too.
CLEAR = frozenset({"m.reaction", "m.room.redaction"})


class Pointless(Exception):
    """The event that this one is about never came to be, so nothing is lost by not sending it."""


def event_content(row: OutboxRow, refs: Mapping[str, str | None]) -> Json:
    """The content to send. `refs` are event ids; None for a message that never arrived. Raises Pointless."""
    content = dict(row.content)
    if "about" in refs:
        target = refs["about"]
        if target is None:
            raise Pointless("what it is about was never sent")
        relation: Json = {"rel_type": "m.reference", "event_id": target}
        if row.type == "m.reaction":
            relation = {"rel_type": "m.annotation", "event_id": target, "key": content.pop("key")}
        return {**content, "m.relates_to": relation, REF_KEY: row.txn_id}
    if "edits" in refs:
        target = refs["edits"]
        if target is None:
            raise Pointless("what it corrects was never sent")
        return {**_edit(content, target), REF_KEY: row.txn_id}
    relation = _place(refs.get("thread"), refs.get("reply"))
    if relation:
        content["m.relates_to"] = relation
    return {**content, REF_KEY: row.txn_id}


def _place(thread: str | None, reply: str | None) -> Json:
    """Where a message stands. Clients without threads show one as a reply: to the answered message or to its root."""
    if thread is None:
        return {"m.in_reply_to": {"event_id": reply}} if reply else {}
    return {
        "rel_type": "m.thread",
        "event_id": thread,
        "is_falling_back": reply is None,
        "m.in_reply_to": {"event_id": reply or thread},
    }


def _edit(content: Json, target: str) -> Json:
    """A correction. Clients that can't show one show it as a new message with an asterisk; nobody is pinged again."""
    outside = dict(content)
    for part in ("body", "formatted_body"):
        if isinstance(outside.get(part), str):
            outside[part] = "* " + outside[part]
    if "m.mentions" in outside:
        outside["m.mentions"] = {}
    return {
        **outside,
        "m.new_content": content,
        "m.relates_to": {"rel_type": "m.replace", "event_id": target},
    }
