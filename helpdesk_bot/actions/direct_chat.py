"""The direct chat between one person and the bot, which may have to be made first."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.federation.addresses import is_elsewhere
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import Member, Person, Room
from helpdesk_bot.storage.outbox import Outgoing, Urgency


async def chat_with(act: Act, person: Person) -> str:
    """The room of somebody's direct chat with the bot. When there is none (any more), one is queued; what is said to
    'direct:@user' goes there as soon as it exists."""
    if is_elsewhere(person.user_id):
        return person.user_id  # the other helpdesk speaks to them
    known = person.direct_room
    if known is not None and await _both_in(act, known, person.user_id):
        return known
    person.direct_room = None  # what is said from now on does not go there
    place = f"direct:{person.user_id}"
    if not await outbox.waits(act.session, place, "direct"):
        content = {"invite": person.user_id}
        out = Outgoing(place, content, type="m.room.create", kind="direct", priority=Urgency.ROOM)
        await outbox.enqueue(act.session, out, act.now)
    return place


async def has_left(act: Act, room_id: str, user_id: str) -> bool:
    """Whether somebody is not in a room any more; who was never seen there may be."""
    member = await act.session.get(Member, (room_id, user_id))
    return member is not None and member.membership in ("leave", "ban")


async def _both_in(act: Act, room_id: str, user_id: str) -> bool:
    """And nobody else: what is said in private must not be read by whoever joined later."""
    room = await act.session.get(Room, room_id)
    alone = room is not None and room.membership == "join" and (room.member_count or 0) <= 2
    return alone and not await has_left(act, room_id, user_id)
