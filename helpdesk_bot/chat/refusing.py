"""Why somebody may not help from where they are."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.people import PRIVATE_RULES
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Room


async def refusal(act: Act, room_id: str) -> UserError:
    """Why somebody may not help from here: a room that anyone can join gives no role, however long they have been in it."""
    room = await act.session.get(Room, room_id) if room_id in act.layout.staff_rooms else None
    is_open = room is not None and room.join_rule not in PRIVATE_RULES
    return UserError("error.room_open" if is_open else "error.only_team")
