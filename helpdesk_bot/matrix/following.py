"""Going to the successor of an upgraded room. Who writes a tombstone chooses what it points at, so it has to be mutual."""

from collections.abc import Mapping
from typing import Any

from helpdesk_bot.matrix.content import Pointless
from helpdesk_bot.matrix.http import Homeserver
from helpdesk_bot.matrix.incoming import as_dict, text
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import OutboxRow, Room


def predecessor(create: Mapping[str, Any]) -> str | None:
    """The room that a room says it follows, in the content of its first event."""
    return text(as_dict(create.get("predecessor")).get("room_id"))


async def follow(db: Database, homeserver: Homeserver, row: OutboxRow) -> None:
    """Joins, and leaves again what does not follow the room that pointed there, unless somebody asked us in.

    Raises MatrixError, Pointless.
    """
    async with db.reading() as session:
        room = await session.get(Room, row.room_id)
    invited = room is not None and room.membership == "invite"
    await homeserver.join(row.room_id, row.content["via"])
    if invited or predecessor(await homeserver.state(row.room_id, "m.room.create")) == row.content["after"]:
        return
    await homeserver.leave(row.room_id)
    raise Pointless("it follows another room, or none")
