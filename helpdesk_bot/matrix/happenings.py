"""What happens to rooms, told in the inbox as events of our own, because Matrix has none for it: we were asked in, we came
from a room that was given up, we were put out, or something was said that will never be read. Pure.
"""

from collections.abc import Mapping
from datetime import datetime

from helpdesk_bot.matrix.following import predecessor
from helpdesk_bot.matrix.http import Json
from helpdesk_bot.matrix.incoming import CREATE, MEMBER, Incoming, as_dict, text
from helpdesk_bot.matrix.timeline import RoomPart
from helpdesk_bot.storage.inbox import RawEvent


def invited(room_id: str, position: str, stripped: Mapping[str, Json], now: datetime) -> RawEvent | None:
    """`stripped`: what the inviter's server says of the room, by type. None when it is no invitation."""
    ours = stripped.get(MEMBER, {})
    sender, content = ours.get("sender"), as_dict(ours.get("content"))
    if not isinstance(sender, str) or content.get("membership") != "invite":
        return None
    return RawEvent(
        event_id=f"invite:{room_id}:{position}",
        room_id=room_id,
        sender=sender,
        type="helpdesk.invite",
        content={
            "is_direct": content.get("is_direct") is True,
            "room_name": _told(stripped, "m.room.name", "name"),
            "room_type": _told(stripped, CREATE, "type"),
        },
        sent_at=now,
    )


def arrived(room: RoomPart, position: str) -> list[RawEvent]:
    """We are in a room now that calls itself the successor of another."""
    for event in (*room.state, *room.timeline):
        old = predecessor(event.content) if event.type == CREATE and event.state_key == "" else None
        if old is not None:
            return [
                RawEvent(
                    event_id=f"arrived:{room.room_id}:{position}",
                    room_id=room.room_id,
                    sender=event.sender,
                    type="helpdesk.arrived",
                    content={"predecessor": old},
                    sent_at=event.sent_at,
                )
            ]
    return []


def removed(room: RoomPart, position: str, user_id: str) -> list[RawEvent]:
    """We are not in the room any more, and that was not our own doing."""
    own = [event for event in (*room.state, *room.timeline) if _is_leave(event, user_id)]
    last = own[-1] if own else None
    if (last and last.sender == user_id) or room.before not in ("join", "invite"):
        return []
    return [
        RawEvent(
            event_id=last.event_id if last else f"removed:{room.room_id}:{position}",
            room_id=room.room_id,
            sender=last.sender if last else user_id,
            type="helpdesk.removed",
            content={
                "by": last.sender if last else None,
                "was": room.before,
                "membership": last.membership if last else "leave",
            },
            sent_at=last.sent_at if last else room.now,
        )
    ]


def gap(room_id: str, position: str, why: str, user_id: str, now: datetime) -> RawEvent:
    """Something was said that will never be read."""
    return RawEvent(
        event_id=f"gap:{room_id}:{position}",
        room_id=room_id,
        sender=user_id,
        type="helpdesk.gap",
        content={"room_id": room_id, "reason": why},
        sent_at=now,
    )


def _is_leave(event: Incoming, user_id: str) -> bool:
    return event.type == MEMBER and event.state_key == user_id and event.membership in ("leave", "ban")


def _told(stripped: Mapping[str, Json], type_: str, key: str) -> str | None:
    return text(as_dict(stripped.get(type_, {}).get("content")).get(key))
