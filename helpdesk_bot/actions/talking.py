"""Which question the bot and the requester speak about at this moment in a room.

Clients without threads have no other way to say 'and another thing' than to just write. What others write in between
ends it, so that a conversation among colleagues is never taken along.
"""

from typing import Any

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.storage import access
from helpdesk_bot.storage.models import Room, Ticket


async def invite(act: Act, ticket: Ticket, *keys: str, **params: Any) -> int:
    """Says, in one message, what makes the requester want to write, and listens to what they write then.

    Where others write too that is only for a short while, so they hear how it always reaches us.
    """
    if not ticket.room_id.startswith("direct:"):
        kind = await access.room_kind(act.session, act.layout, ticket.room_id)
        keys += () if kind is RoomKind.DIRECT else ("ask.by_reply",)
    texts = [act.words(ticket.language, key, number=ticket.id, **params) for key in keys]
    said = await act.post(
        ticket.room_id, act.texts.join(texts), thread=ticket.thread, notify=True, ticket=ticket
    )
    await speak_about(act, ticket)
    return said


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
    """The question that a plain message belongs to in a room with others, while it is fresh."""
    room = await act.session.get(Room, room_id)
    if room is None or room.talking_since is None:
        return None
    if act.now - room.talking_since > act.config.asking.same_conversation_window:
        room.talking_about = None
    return await last_spoken_about(act, room_id)


async def last_spoken_about(act: Act, room_id: str) -> Ticket | None:
    """The same, however long ago it was."""
    room = await act.session.get(Room, room_id)
    if room is None or room.talking_about is None:
        return None
    ticket = await act.session.get(Ticket, room.talking_about)
    return await access.followed(act.session, ticket) if ticket is not None else None
