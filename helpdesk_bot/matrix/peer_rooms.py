"""Rooms of two helpdesks: of their bots, and nobody else."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from helpdesk_bot.actions.federation.speaking import PREFIX
from helpdesk_bot.matrix.made_room import MadeRooms
from helpdesk_bot.protocol.words import EVENT_TYPE
from helpdesk_bot.storage.models import Peer


class PeerRooms(MadeRooms):
    prefix = PREFIX

    @override
    def _body(self, user_id: str) -> dict[str, Any]:
        """Nobody can be asked in but the other bot, and nobody who would come in later reads what was said before."""
        return {
            "preset": "private_chat",
            "creation_content": {"type": EVENT_TYPE},
            "initial_state": [
                {
                    "type": "m.room.history_visibility",
                    "state_key": "",
                    "content": {"history_visibility": "invited"},
                }
            ],
            "power_level_content_override": {"invite": 100, "events_default": 0},
        }

    @override
    async def _known_as(self, session: AsyncSession, user_id: str) -> str | None:
        peer = await session.get(Peer, user_id)
        return peer.room_id if peer is not None else None

    @override
    async def _move_in(self, session: AsyncSession, user_id: str, placeholder: str, room_id: str) -> None:
        known = (
            Peer.user_id == user_id,
            Peer.room_id == placeholder,
        )  # else they asked us into theirs meanwhile
        await session.execute(update(Peer).where(*known).values(room_id=room_id))
