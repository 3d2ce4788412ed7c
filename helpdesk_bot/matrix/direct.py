"""Direct chats that the bot opens itself."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from helpdesk_bot.matrix.http import Json, MatrixError
from helpdesk_bot.matrix.incoming import as_list
from helpdesk_bot.matrix.made_room import MadeRooms
from helpdesk_bot.storage.models import Dialog, Person, Run, Ticket

_PREFIX = "direct:"


def placeholder(user_id: str) -> str:
    """Stands for the room until there is one."""
    return _PREFIX + user_id


class DirectChats(MadeRooms):
    prefix = _PREFIX

    @override
    def _body(self, user_id: str) -> dict[str, Any]:
        return {"preset": "trusted_private_chat", "is_direct": True}

    @override
    async def _known_as(self, session: AsyncSession, user_id: str) -> str | None:
        person = await session.get(Person, user_id)
        return person.direct_room if person is not None else None

    @override
    async def _announce(self, user_id: str, room_id: str) -> None:
        """Lists it as a direct chat, as clients do."""
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

    @override
    async def _move_in(self, session: AsyncSession, user_id: str, placeholder: str, room_id: str) -> None:
        await session.execute(update(Ticket).where(Ticket.room_id == placeholder).values(room_id=room_id))
        await session.execute(update(Run).where(Run.room_id == placeholder).values(room_id=room_id))
        await session.execute(update(Dialog).where(Dialog.room_id == placeholder).values(room_id=room_id))
        await session.execute(update(Person).where(Person.user_id == user_id).values(direct_room=room_id))
