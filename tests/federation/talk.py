"""Two bots in a room of theirs, and what they say there."""

from typing import Any

from helpdesk_bot.protocol.words import EVENT_TYPE
from helpdesk_bot.storage.models import InboxEvent
from helpdesk_bot.storage.outbox import Outgoing
from tests.matrix.station import Station

ENCRYPTION = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}


async def meet(host: Station, guest: Station, *, encrypted: bool = True) -> str:
    """A room that the one makes and the other comes into."""
    room = await host.homeserver.create_room(
        invite=[guest.user_id],
        initial_state=[ENCRYPTION] if encrypted else [],
        creation_content={"type": EVENT_TYPE},
        name="Noord en West",
    )
    await guest.enters(room)
    while guest.user_id not in await host.members(room):
        await host.receiver.once(1_000)
    return room


def offer(room: str, **content: Any) -> Outgoing:
    return Outgoing(room, content, type=EVENT_TYPE)


async def heard(station: Station, room: str) -> list[InboxEvent]:
    return [row for row in await station.heard(room) if row.type == EVENT_TYPE]


async def hears(station: Station, room: str, *numbers: int, within: float = 20.0) -> None:
    """Until these have come, each once, in this order, readable."""

    async def all_there() -> bool:
        return len(await heard(station, room)) >= len(numbers)

    await station.until(all_there, within)
    rows = await heard(station, room)
    assert [(row.content or {}).get("number") for row in rows] == list(numbers)
    assert {(row.state, row.encrypted) for row in rows} == {("pending", True)}
