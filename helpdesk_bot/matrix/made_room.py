"""Rooms of the bot and one other that the bot makes itself.

Until such a room exists, everything meant for it stands under a placeholder, 'direct:@who:server' for example. Making a room has
no transaction id, so ours is written into the room's first event, by which it is found again.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.boundaries import passing
from helpdesk_bot.clock import Clock
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.storage import delivery, outbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import OutboxRow, Room
from helpdesk_bot.storage.outbox import REF_KEY

ENCRYPTION = {"algorithm": "m.megolm.v1.aes-sha2"}


class Unmade(Exception):
    """The room that a message is for was never made."""


class MadeRooms(ABC):
    """`prefix`: of the placeholders of one kind of room."""

    prefix: ClassVar[str]

    def __init__(self, db: Database, homeserver: Homeserver, user_id: str, clock: Clock) -> None:
        self._db = db
        self._homeserver = homeserver
        self._user_id = user_id
        self._clock = clock

    @abstractmethod
    def _body(self, user_id: str) -> dict[str, Any]:
        """What is asked of the homeserver, beside what all have."""

    @abstractmethod
    async def _known_as(self, session: AsyncSession, user_id: str) -> str | None:
        """The room that was made for this person, or the placeholder while it was not."""

    @abstractmethod
    async def _move_in(self, session: AsyncSession, user_id: str, placeholder: str, room_id: str) -> None:
        """From here on the room has its real name everywhere."""

    async def _announce(self, user_id: str, room_id: str) -> None:  # noqa: B027  # most need not
        """Whatever else the homeserver should know of it."""

    def stands_for(self, room_id: str) -> bool:
        """Whether this is a placeholder of this kind."""
        return room_id.startswith(self.prefix)

    async def make(self, row: OutboxRow) -> None:
        """Makes the room of a row, or finds the one that was made for it before a crash."""
        user_id = row.room_id.removeprefix(self.prefix)
        room_id = await self._made_before(row) if row.look_first else None
        if room_id is None:
            async with self._db.transaction() as session:
                await delivery.suspect(session, row.id)
            row.look_first = True
            passing("send.before")
            body = self._body(user_id)
            body["creation_content"] = {REF_KEY: row.txn_id, **body.get("creation_content", {})}
            encryption = {"type": "m.room.encryption", "state_key": "", "content": ENCRYPTION}
            body["initial_state"] = [encryption, *body.get("initial_state", [])]
            room_id = await self._homeserver.create_room(invite=[user_id], **body)
            passing("send.after")
        else:
            await self._make_sure_invited(room_id, user_id)
        await self._announce(user_id, room_id)
        await self._settle(row, user_id, room_id)
        passing("send.marked")

    async def move(self, row: OutboxRow) -> None:
        """A message was queued for the placeholder while the room was being made. Raises Unmade."""
        async with self._db.transaction() as session:
            room_id = await self._known_as(session, row.room_id.removeprefix(self.prefix))
            if room_id is None or self.stands_for(room_id):
                raise Unmade("the room was not made")
            await outbox.move_room(session, row.room_id, room_id)

    async def _make_sure_invited(self, room_id: str, user_id: str) -> None:
        """A homeserver may make the room and then fail at the invitation, when the other one's server is away."""
        try:
            member = await self._homeserver.state(room_id, "m.room.member", user_id)
        except MatrixError as error:
            if error.errcode != "M_NOT_FOUND":
                raise
            member = {}
        if member.get("membership") not in ("join", "invite"):
            await self._homeserver.invite(room_id, user_id)

    async def _made_before(self, row: OutboxRow) -> str | None:
        async with self._db.reading() as session:
            crowded = select(Room.room_id).where(Room.member_count > 2)
            others = set((await session.scalars(crowded)).all())
        for room_id in await self._homeserver.joined_rooms():
            if room_id in others:
                continue
            try:
                created: Json = await self._homeserver.state(room_id, "m.room.create")
            except MatrixError as error:
                if error.temporary:
                    raise
                continue
            if created.get(REF_KEY) == row.txn_id:
                return room_id
        return None

    async def _settle(self, row: OutboxRow, user_id: str, room_id: str) -> None:
        old = row.room_id
        async with self._db.transaction() as session:
            room = await session.get(Room, room_id)
            if room is None:
                room = Room(room_id=room_id, membership="join", members_known=False, member_count=2)
                session.add(room)
            # A sync may have shown the room while it was being made, when it was not encrypted yet.
            room.encrypted = True
            await session.flush()
            await delivery.settle(session, row.id, self._clock())
            await outbox.move_room(session, old, room_id)
            await self._move_in(session, user_id, old, room_id)
