"""The direct chat between one person and the bot, which may have to be made first."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import Member, Person, Room
from helpdesk_bot.storage.outbox import Outgoing, Urgency


async def chat_with(act: Act, person: Person) -> str:
    """The room of somebody's direct chat with the bot. When there is none (any more), one is queued; what is said to
    'direct:@user' goes there as soon as it exists."""
    known = person.direct_room
    if known is not None and await _both_in(act, known, person.user_id):
        return known
    place = f"direct:{person.user_id}"
    if not await outbox.waits(act.session, place, "direct"):
        content = {"invite": person.user_id}
        out = Outgoing(place, content, type="m.room.create", kind="direct", priority=Urgency.ROOM)
        await outbox.enqueue(act.session, out, act.now)
    return place


async def _both_in(act: Act, room_id: str, user_id: str) -> bool:
    room = await act.session.get(Room, room_id)
    member = await act.session.get(Member, (room_id, user_id))
    gone = member is not None and member.membership in ("leave", "ban")
    return room is not None and room.membership == "join" and not gone
