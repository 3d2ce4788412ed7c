"""Events and syncs as a homeserver tells them, and what is read from them."""

from datetime import UTC, datetime
from typing import Any

from helpdesk_bot.matrix.batch import Batch, Reader
from helpdesk_bot.matrix.timeline import Known

Json = dict[str, Any]


NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ROOM, NOOR, BOT = "!a:x.org", "@noor:x.org", "@hulp:x.org"


def event(number: int = 1, type_: str = "m.room.message", sender: str = NOOR, **more: Any) -> Json:
    return {
        "event_id": f"$e{number}",
        "sender": sender,
        "type": type_,
        "content": {"msgtype": "m.text", "body": f"bericht {number}"},
        "origin_server_ts": int(NOW.timestamp() * 1000) - 1000 + number,
        **more,
    }


def state(type_: str, content: Json, key: str = "", number: int = 1, **more: Any) -> Json:
    return event(number, type_, content=content, state_key=key, **more)


def sync(*events: Any, room: str = ROOM, **section: Any) -> Json:
    timeline = {"events": list(events), "limited": False, "prev_batch": "p1"}
    return {"next_batch": "s2", "rooms": {"join": {room: {"timeline": timeline, **section}}}}


async def read(reader: Reader, said: Json, *staff: str) -> Batch:
    known = {ROOM: Known("join", members_known=True)}
    return await reader.read(said, "s1", "s2", known, staff, NOW)
