"""What a sync says that must hold before the rest of it is worked out: a room is encrypted, somebody is gone.

The rest may have to wait for the homeserver, and the sender goes by the tables meanwhile. This only ever makes fewer
people able to read what is sent, so it does no harm when the sync is read again after a crash.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.matrix.http import Json
from helpdesk_bot.matrix.incoming import MEMBER, Incoming, as_dict, as_list, readable
from helpdesk_bot.matrix.rooms import members_of
from helpdesk_bot.storage.models import Member, Room

_ENCRYPTION = "m.room.encryption"
_GONE = ("leave", "ban")


@dataclass(frozen=True, slots=True)
class Precaution:
    """`gone`: who is in the room no more, and Matrix's own word for how."""

    room_id: str
    encrypted: bool
    gone: dict[str, str]


def precautions(sync: Json, now: datetime) -> list[Precaution]:
    """Of most syncs there is nothing to be taken."""
    found = (_of_room(room_id, readable(_telling(said), now)) for room_id, said in _rooms(sync))
    return [one for one in found if one.encrypted or one.gone]


async def take(session: AsyncSession, found: Iterable[Precaution]) -> None:
    """Only about what the tables know: of anything else the sender asks the homeserver."""
    for one in found:
        if one.encrypted:
            await session.execute(update(Room).where(Room.room_id == one.room_id).values(encrypted=True))
        for user_id, membership in one.gone.items():
            who = (Member.room_id == one.room_id, Member.user_id == user_id)
            await session.execute(update(Member).where(*who).values(membership=membership))


def _of_room(room_id: str, events: list[Incoming]) -> Precaution:
    encrypted = any(event.type == _ENCRYPTION and event.state_key == "" for event in events)
    last_words = ((user_id, membership) for user_id, (membership, _) in members_of(events).items())
    return Precaution(room_id, encrypted, {user: how for user, how in last_words if how in _GONE})


def _rooms(sync: Json) -> Iterator[tuple[str, Json]]:
    sections = as_dict(sync.get("rooms"))
    for section in ("join", "leave"):
        for room_id, said in as_dict(sections.get(section)).items():
            yield room_id, as_dict(said)


def _telling(said: Json) -> Iterator[Json]:
    """The state events of these two types, in the order in which they are to be believed."""
    for part in ("state", "timeline"):
        for event in map(as_dict, as_list(as_dict(said.get(part)).get("events"))):
            if event.get("type") in (_ENCRYPTION, MEMBER) and "state_key" in event:
                yield event
