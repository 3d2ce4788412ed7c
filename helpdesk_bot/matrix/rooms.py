"""Rooms and who is in them, as our own table: filled from state in the clear, in the order of the stream."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.matrix.http import Json
from helpdesk_bot.matrix.incoming import JOIN_RULES, MEMBER, MEMBERSHIPS, TOMBSTONE, Incoming, as_dict, text
from helpdesk_bot.storage.models import Member, Room

# Per user: membership and display name.
Members = dict[str, tuple[str, str | None]]


@dataclass(slots=True)
class RoomNews:
    """What one sync says about one room. `state` is in the order in which it is to be believed."""

    room_id: str
    membership: str
    state: list[Incoming] = field(default_factory=list)
    member_count: int | None = None
    members: Members | None = None  # all of them, asked for
    members_doubtful: bool = False  # some may have come or gone unseen


async def take_in(session: AsyncSession, news: RoomNews) -> None:
    """Brings the tables up to date with what is new about a room."""
    room = await session.get(Room, news.room_id, with_for_update=True)
    if room is None:
        room = Room(room_id=news.room_id, membership=news.membership, members_known=False)
        session.add(room)
    room.membership = news.membership
    for event in news.state:
        _take_state(room, event)
    if news.members is not None:
        await store_members(session, news.room_id, news.members)
        room.members_known = True
    else:
        room.members_known = room.members_known and not news.members_doubtful
        await _take_members(session, news.room_id, members_of(news.state))
    if news.member_count is not None:
        room.member_count = news.member_count
    elif room.members_known:
        room.member_count = len(await present(session, news.room_id))
    if news.membership not in ("join", "invite"):
        # Whoever is in a room that we can't see into has no role by it.
        await session.flush()
        await session.execute(update(Member).where(Member.room_id == news.room_id).values(membership="leave"))
        room.members_known = False
        room.encrypted = room.encrypted or None  # it may become encrypted while we can't see it
    await session.flush()


def _take_state(room: Room, event: Incoming) -> None:
    """Nothing here says that a room is *not* encrypted: a sync may show it while it is still being made. The sender
    asks the homeserver before it first writes there."""
    if event.state_key != "":
        return
    content = event.content
    match event.type:
        case "m.room.encryption":
            room.encrypted = True  # for good, whatever is said later
        case "m.room.name":
            room.name = text(content.get("name"))
        case "m.room.history_visibility":
            room.history = text(content.get("history_visibility"))
        case _ if event.type == JOIN_RULES:
            room.join_rule = text(content.get("join_rule"))
        case _ if event.type == TOMBSTONE:
            room.successor = text(content.get("replacement_room"))


def members_of(events: Iterable[Incoming]) -> Members:
    """The last word of these events about each member."""
    found: Members = {}
    for event in events:
        if event.type == MEMBER and event.state_key and event.membership in MEMBERSHIPS:
            found[event.state_key] = (event.membership, text(event.content.get("displayname")))
    return found


async def _take_members(session: AsyncSession, room_id: str, changes: Members) -> None:
    for user_id, (membership, name) in changes.items():
        member = await session.get(Member, (room_id, user_id))
        if member is None:
            session.add(Member(room_id=room_id, user_id=user_id, membership=membership, name=name))
            continue
        member.membership = membership
        if name or membership in ("join", "invite"):  # who left is still called what they were called
            member.name = name


async def store_members(
    session: AsyncSession, room_id: str, fetched: Members, before: Members | None = None
) -> None:
    """Replaces what is known of a room's members by what the homeserver answered.

    `before` is what was known when it was asked: what has changed since then is newer than the answer, and stays.
    """
    result = dict(fetched)
    if before is not None:
        known = await all_members(session, room_id)
        result |= {user: now for user, now in known.items() if before.get(user) != now}
    await session.flush()
    await session.execute(delete(Member).where(Member.room_id == room_id))
    rows = [
        {"room_id": room_id, "user_id": user_id, "membership": membership, "name": name}
        for user_id, (membership, name) in result.items()
    ]
    if rows:
        await session.execute(insert(Member), rows)


async def know_members(
    session: AsyncSession, room_id: str, fetched: Members, before: Members | None = None
) -> None:
    """Notes an answer of the homeserver about who is in a room; see `store_members`."""
    # One at a time: what the stream of events says in this very moment must not be overwritten.
    await session.get(Room, room_id, with_for_update=True)
    await store_members(session, room_id, fetched, before)
    await session.execute(update(Room).where(Room.room_id == room_id).values(members_known=True))


async def all_members(session: AsyncSession, room_id: str) -> Members:
    query = select(Member.user_id, Member.membership, Member.name).where(Member.room_id == room_id)
    return {row.user_id: (row.membership, row.name) for row in await session.execute(query)}


async def present(
    session: AsyncSession, room_id: str, memberships: Sequence[str] = ("join", "invite")
) -> list[str]:
    """Who is in a room, by its members table."""
    query = select(Member.user_id).where(Member.room_id == room_id, Member.membership.in_(memberships))
    return list((await session.scalars(query.order_by(Member.user_id))).all())


def counted(summary: Json) -> int | None:
    """How many people a sync says are in a room or invited to it; None when it does not say."""
    joined, invited = summary.get("m.joined_member_count"), summary.get("m.invited_member_count")
    if isinstance(joined, int) and isinstance(invited, int) and joined >= 0 and invited >= 0:
        return min(joined + invited, 2**31 - 1)
    return None


def invitation(events: Iterable[object], user_id: str) -> Mapping[str, Json]:
    """The stripped state that comes with an invitation, by type; of the memberships only our own."""
    found: dict[str, Json] = {}
    for event in map(as_dict, events):
        type_, key = event.get("type"), event.get("state_key")
        if isinstance(type_, str) and key == (user_id if type_ == MEMBER else ""):
            found[type_] = event
    return found
