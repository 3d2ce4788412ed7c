"""Which question the bot and the requester speak about at this moment in a room that they share with others.

Clients without threads have no other way to say 'and another thing' than to just write. What others write in between
ends it, so that a conversation among colleagues is never taken along.
"""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.storage import access
from helpdesk_bot.storage.models import Room, Ticket


async def speak_about(act: Act, ticket: Ticket) -> None:
    """The bot has just said something that asks for an answer."""
    room = await act.session.get(Room, ticket.room_id)
    if room is not None:
        room.talking_about, room.talking_since = ticket.id, act.now


async def heard_from(act: Act, room_id: str, sender: str) -> None:
    """Somebody wrote in the room's main timeline."""
    room = await act.session.get(Room, room_id)
    if room is None or room.talking_about is None:
        return
    ticket = await act.session.get(Ticket, room.talking_about)
    if ticket is None or ticket.requester != sender:
        room.talking_about = None


async def spoken_about(act: Act, room_id: str) -> Ticket | None:
    """The question that a plain message belongs to, while it is fresh."""
    room = await act.session.get(Room, room_id)
    if room is None or room.talking_about is None or room.talking_since is None:
        return None
    ticket = await act.session.get(Ticket, room.talking_about)
    if ticket is None or act.now - room.talking_since > act.config.asking.same_conversation_window:
        room.talking_about = None
        return None
    return await access.followed(act.session, ticket)
