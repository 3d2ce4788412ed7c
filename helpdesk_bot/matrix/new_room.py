"""What a new room of each kind is like: who may come in, look in, and change it."""

from collections.abc import Mapping
from typing import Any

from helpdesk_bot.domain.layout import STAFF_KINDS, RoomKind
from helpdesk_bot.matrix.http import Json
from helpdesk_bot.matrix.room_check import ADMIN, MODERATOR

# Everything Synapse would set by itself must be here too: an override replaces the whole table of events.
_EVENT_LEVELS: Mapping[str, int] = {
    "m.room.name": MODERATOR,
    "m.room.avatar": MODERATOR,
    "m.room.topic": MODERATOR,
    "m.room.canonical_alias": MODERATOR,
    "m.room.power_levels": ADMIN,
    "m.room.history_visibility": ADMIN,
    "m.room.join_rules": ADMIN,
    "m.room.guest_access": ADMIN,
    "m.room.encryption": ADMIN,
    "m.room.server_acl": ADMIN,
    "m.room.tombstone": ADMIN,
}


def room_body(kind: RoomKind, alias: str, name: str, topic: str, space: str | None, bot: str) -> Json:
    """What is asked of the homeserver for a new room of this kind.

    The maker's own power is left to the homeserver: since room version 12 it must not be listed, before it must.
    """
    private = kind in STAFF_KINDS
    levels: Json = {"events": dict(_EVENT_LEVELS), "invite": MODERATOR}
    if kind is RoomKind.SPACE:
        levels["events_default"] = ADMIN  # nobody talks in a space
    elif kind is RoomKind.HELP:
        levels["invite"] = 0  # anybody may come in anyway
    state = [
        _state("m.room.history_visibility", history_visibility=_history(kind)),
        _state("m.room.guest_access", guest_access="forbidden"),
    ]
    if private:
        state.append(_state("m.room.encryption", algorithm="m.megolm.v1.aes-sha2"))
    if space:
        server = bot.partition(":")[2]
        state.append(_state("m.space.parent", space, via=[server], canonical=True))
    body: Json = {
        "preset": "private_chat" if private else "public_chat",
        "visibility": "private",  # not in the server's directory: found by its alias and in the space
        "room_alias_name": alias[1:].partition(":")[0],
        "name": name,
        "topic": topic,
        "initial_state": state,
        "power_level_content_override": levels,
    }
    if kind is RoomKind.SPACE:
        body["creation_content"] = {"type": "m.space"}
    return body


def _history(kind: RoomKind) -> str:
    """The space can be looked into before joining. In the other rooms members see what was there before them.

    For a team that is needed: who joins later must be able to open the cards of questions that are still open. What
    was said about them stays unreadable, because a newcomer gets no keys of earlier messages.
    """
    return "world_readable" if kind is RoomKind.SPACE else "shared"


def _state(type_: str, state_key: str = "", **content: Any) -> Json:
    return {"type": type_, "state_key": state_key, "content": content}
