"""Direct chats that the bot opens itself.

Until such a room exists, everything meant for it stands under a placeholder, 'direct:@who:server'. Making a room has
no transaction id, so ours is written into the room's first event, by which it is found again.
"""

from sqlalchemy import select, update

from helpdesk_bot.boundaries import passing
from helpdesk_bot.clock import Clock
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.matrix.incoming import as_list
from helpdesk_bot.storage import delivery, outbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Dialog, OutboxRow, Person, Room, Run, Ticket
from helpdesk_bot.storage.outbox import REF_KEY

_PREFIX = "direct:"
ENCRYPTION = {"algorithm": "m.megolm.v1.aes-sha2"}


class Unmade(Exception):
    """The direct chat that a message is for was never made."""


def placeholder(user_id: str) -> str:
    """Stands for the room until there is one."""
    return _PREFIX + user_id


def is_placeholder(room_id: str) -> bool:
    return room_id.startswith(_PREFIX)


class DirectChats:
    def __init__(self, db: Database, homeserver: Homeserver, user_id: str, clock: Clock) -> None:
        self._db = db
        self._homeserver = homeserver
        self._user_id = user_id
        self._clock = clock

    async def make(self, row: OutboxRow) -> None:
        """Makes the room of a row of kind 'direct', or finds the one that was made for it before a crash."""
        user_id = row.room_id.removeprefix(_PREFIX)
        room_id = await self._made_before(row) if row.look_first else None
        if room_id is None:
            async with self._db.transaction() as session:
                await delivery.suspect(session, row.id)
            row.look_first = True
            passing("send.before")
            room_id = await self._homeserver.create_room(
                preset="trusted_private_chat",
                is_direct=True,
                invite=[user_id],
                creation_content={REF_KEY: row.txn_id},
                initial_state=[{"type": "m.room.encryption", "state_key": "", "content": ENCRYPTION}],
            )
            passing("send.after")
        else:
            await self._make_sure_invited(room_id, user_id)
        await self._list_as_direct(user_id, room_id)
        await self._move_in(row, user_id, room_id)
        passing("send.marked")

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

    async def move(self, row: OutboxRow) -> None:
        """A message was queued for the placeholder while the room was being made. Raises Unmade."""
        async with self._db.transaction() as session:
            person = await session.get(Person, row.room_id.removeprefix(_PREFIX))
            if person is None or person.direct_room is None or is_placeholder(person.direct_room):
                raise Unmade("there is no direct chat")
            await outbox.move_room(session, row.room_id, person.direct_room)

    async def _made_before(self, row: OutboxRow) -> str | None:
        async with self._db.reading() as session:
            crowded = select(Room.room_id).where(Room.member_count > 2)
            others = set((await session.scalars(crowded)).all())
        for room_id in await self._homeserver.joined_rooms():
            if room_id in others:
                continue
            try:
                created = await self._homeserver.state(room_id, "m.room.create")
            except MatrixError as error:
                if error.temporary:
                    raise
                continue
            if created.get(REF_KEY) == row.txn_id:
                return room_id
        return None

    async def _list_as_direct(self, user_id: str, room_id: str) -> None:
        try:
            direct: Json = await self._homeserver.account_data(self._user_id, "m.direct")
        except MatrixError as error:
            if error.status != 404:
                raise
            direct = {}
        rooms = as_list(direct.get(user_id))
        if room_id not in rooms:
            await self._homeserver.put_account_data(
                self._user_id, "m.direct", {**direct, user_id: [*rooms, room_id]}
            )

    async def _move_in(self, row: OutboxRow, user_id: str, room_id: str) -> None:
        """From here on the room has its real name everywhere."""
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
            await session.execute(update(Ticket).where(Ticket.room_id == old).values(room_id=room_id))
            await session.execute(update(Run).where(Run.room_id == old).values(room_id=room_id))
            await session.execute(update(Dialog).where(Dialog.room_id == old).values(room_id=room_id))
            await session.execute(update(Person).where(Person.user_id == user_id).values(direct_room=room_id))
