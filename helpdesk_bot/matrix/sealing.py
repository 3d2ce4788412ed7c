"""Encrypting what goes into encrypted rooms. What is not known to be in the clear never goes out in the clear."""

from sqlalchemy import update

from helpdesk_bot.clock import Clock
from helpdesk_bot.matrix import rooms
from helpdesk_bot.matrix.content import CLEAR
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.matrix.incoming import ENCRYPTED, readable
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import OutboxRow, Room
from helpdesk_bot.storage.outbox import REF_KEY


class Sealing:
    def __init__(self, db: Database, homeserver: Homeserver, crypto: Crypto, clock: Clock) -> None:
        self._db = db
        self._homeserver = homeserver
        self._crypto = crypto
        self._clock = clock

    async def sealed(self, row: OutboxRow, content: Json) -> tuple[str, Json]:
        """Type and content as the room must get them. Raises MatrixError."""
        if row.type in CLEAR or not await self.is_encrypted(row.room_id):
            return row.type, content
        users = await self._readers(row.room_id)
        sealed = await self._crypto.encrypt(row.room_id, row.type, content, users)
        # Outside as well: a later device of ours finds its own messages by it, and can't read them.
        return ENCRYPTED, {**sealed, REF_KEY: row.txn_id}

    async def is_encrypted(self, room_id: str) -> bool:
        """Raises MatrixError when it is not known and the homeserver does not say."""
        async with self._db.reading() as session:
            room = await session.get(Room, room_id)
            if room is not None and room.encrypted is not None:
                return room.encrypted
        try:
            await self._homeserver.state(room_id, "m.room.encryption")
            encrypted = True
        except MatrixError as error:
            # A proxy's own 404 says nothing about the room.
            if error.status != 404 or error.errcode != "M_NOT_FOUND":
                raise
            encrypted = False
        async with self._db.transaction() as session:
            # Only where nothing is known: what the stream of events has said meanwhile is newer.
            unknown = (Room.room_id == room_id, Room.encrypted.is_(None))
            await session.execute(update(Room).where(*unknown).values(encrypted=encrypted))
            room = await session.get(Room, room_id)
            return encrypted if room is None else bool(room.encrypted)

    async def _readers(self, room_id: str) -> list[str]:
        """Who should be able to read what is sent now."""
        async with self._db.reading() as session:
            room = await session.get(Room, room_id)
            # Where history opens at joining, somebody who is only invited gets no keys.
            memberships = ("join",) if room and room.history == "joined" else ("join", "invite")
            if room is not None and room.members_known:
                return await rooms.present(session, room_id, memberships)
            before = await rooms.all_members(session, room_id)
        answer = readable(await self._homeserver.members(room_id), self._clock())
        members = rooms.members_of(answer)
        if room is None:
            return [user for user, (membership, _) in members.items() if membership in memberships]
        async with self._db.transaction() as session:
            await rooms.know_members(session, room_id, members, before)
            return await rooms.present(session, room_id, memberships)
