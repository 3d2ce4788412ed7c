"""The only doors to things somebody asks for: existence and permission are one answer, so that neither leaks."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.layout import Layout, RoomKind
from helpdesk_bot.domain.people import Standing, standing
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage.models import Member, Message, OutboxRow, Peer, Room, Ticket, TicketOffer


async def standing_of(session: AsyncSession, layout: Layout, user_id: str) -> Standing:
    """Someone's standing now, as far as the stream of events has told us. A room whose members are in doubt, after a
    gap that could not be read back, proves nothing until they are known again."""
    rows = await session.execute(
        select(Room.room_id, Room.join_rule)
        .join(Member, Member.room_id == Room.room_id)
        .where(Room.members_known, Room.membership == "join", Room.room_id.in_(layout.staff_rooms))
        .where(Member.user_id == user_id, Member.membership == "join")
    )
    rules = {row.room_id: row.join_rule for row in rows}
    return standing(user_id, rules, rules, layout)


async def room_kind(session: AsyncSession, layout: Layout, room_id: str) -> RoomKind:
    """What a room is for. A room with nobody but the bot and one other is a direct chat, whatever it calls itself."""
    known = layout.kind(room_id)
    if known:
        return known
    if await session.scalar(select(Peer.user_id).where(Peer.room_id == room_id).limit(1)) is not None:
        return RoomKind.PEER
    room = await session.get(Room, room_id)
    alone = room is not None and room.member_count is not None and room.member_count <= 2
    return RoomKind.DIRECT if alone else RoomKind.OWN


async def ticket_for(session: AsyncSession, who: Standing, number: int) -> Ticket | None:
    """The ticket of this number, or the one that it was merged into, if `who` may see it: their own, or one of their
    team."""
    ticket = await session.get(Ticket, number)
    ticket = await followed(session, ticket) if ticket is not None else None
    return ticket if ticket is not None and may_see(who, ticket) else None


async def ticket_offered_to(session: AsyncSession, who: Standing, number: int) -> Ticket | None:
    """The ticket of this number, if `who` is a technician now and was asked to take it: they may answer, and no more."""
    asked = select(TicketOffer.id).where(TicketOffer.ticket_id == number, TicketOffer.user_id == who.user_id)
    if not who.technician or await session.scalar(asked.limit(1)) is None:
        return None
    return await session.get(Ticket, number)


async def ticket_to_learn_from(session: AsyncSession, who: Standing, number: int) -> Ticket | None:
    """The ticket of this number, or the one that it was merged into, if `who` is a trainer now: what helped may be taken from
    it without names, and no more."""
    ticket = await session.get(Ticket, number) if who.trainer else None
    return await followed(session, ticket) if ticket is not None else None


def may_see(who: Standing, ticket: Ticket) -> bool:
    return ticket.requester == who.user_id or who.helps_in(ticket.team_room)


async def followed(session: AsyncSession, ticket: Ticket) -> Ticket:
    """The ticket itself, or the one it was merged into."""
    while ticket.status == Status.MERGED and ticket.merged_into is not None:
        target = await session.get(Ticket, ticket.merged_into)
        if target is None:
            break
        ticket = target
    return ticket


async def ticket_of_event(session: AsyncSession, room_id: str, event_id: str) -> Ticket | None:
    """The ticket that an event of this room belongs to: a question, a relayed copy, a card, the bot's own words."""
    query = select(Ticket).where(
        or_(
            (Ticket.room_id == room_id) & (Ticket.root_event == event_id),
            Ticket.id.in_(
                select(Message.ticket_id).where(Message.event_id == event_id, Message.room_id == room_id)
            ),
            Ticket.id.in_(
                select(OutboxRow.ticket_id).where(
                    OutboxRow.event_id == event_id, OutboxRow.room_id == room_id
                )
            ),
        )
    )
    ticket = (await session.scalars(query.limit(1))).first()
    return await followed(session, ticket) if ticket else None
