"""Questions asked of the database about the people who help. They read and never write."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.federation.addresses import PREFIX
from helpdesk_bot.domain.layout import Layout
from helpdesk_bot.domain.people import PRIVATE_RULES
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage.models import InboxEvent, Member, Organisation, Room, Ticket

HELD = (Status.CLAIMED, Status.WAITING)


async def in_team_rooms(session: AsyncSession, layout: Layout) -> list[str]:
    """Who is in a team room that gives a role now; the bot too."""
    query = (
        select(Member.user_id)
        .join(Room, Room.room_id == Member.room_id)
        .where(Room.members_known, Room.membership == "join", Room.join_rule.in_(PRIVATE_RULES))
        .where(Room.room_id.in_(layout.team_rooms), Member.membership == "join")
    )
    return sorted(set((await session.scalars(query)).all()))


async def held_by(session: AsyncSession, user_id: str) -> list[Ticket]:
    """The tickets that somebody has in hand, the oldest first."""
    query = select(Ticket).where(Ticket.assignee == user_id, Ticket.status.in_(HELD))
    return list((await session.scalars(query.order_by(Ticket.id))).all())


async def heard_since(session: AsyncSession, user_id: str, moment: datetime) -> bool:
    """Whether somebody wrote or reacted anywhere that the bot can see."""
    query = select(InboxEvent.id).where(
        InboxEvent.sender == user_id,
        InboxEvent.sent_at > moment,
        InboxEvent.type.in_(("m.room.message", "m.reaction", "m.sticker")),
    )
    return await session.scalar(query.limit(1)) is not None


async def leaning_on(session: AsyncSession, user_id: str) -> list[Organisation]:
    """The organisations whose helper or backup somebody is."""
    query = select(Organisation).where((Organisation.helper == user_id) | (Organisation.backup == user_id))
    return list((await session.scalars(query.order_by(Organisation.name_key))).all())


async def helped_most(session: AsyncSession, organisation_id: int, since: datetime) -> str | None:
    """Who helped an organisation most since then; of several, whoever did so last."""
    count = func.count()
    query = (
        select(Ticket.assignee)
        .where(Ticket.organisation_id == organisation_id, Ticket.assignee.is_not(None))
        .where(Ticket.status == Status.CLOSED, Ticket.closed_at >= since)
        .where(~Ticket.assignee.startswith(PREFIX))
        .group_by(Ticket.assignee)
        .order_by(count.desc(), func.max(Ticket.closed_at).desc())
    )
    return await session.scalar(query.limit(1))
