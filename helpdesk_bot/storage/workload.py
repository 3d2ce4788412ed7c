"""How much each of some people has on their hands, and had lately: one query per fact, however many people they are."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.tickets import FINISHED, OPEN
from helpdesk_bot.storage.models import Ticket, TicketOffer

# Their Matrix ids, or a question that finds them: quicker to ask than naming five hundred.
People = Collection[str] | Select[str]


async def in_hand(session: AsyncSession, people: People) -> dict[str, int]:
    """Tickets that they help with."""
    query = select(Ticket.assignee, func.count()).where(Ticket.assignee.in_(people), Ticket.status.in_(OPEN))
    return await _counted(session, query.group_by(Ticket.assignee))


async def asked_for(session: AsyncSession, people: People, but: int) -> dict[str, int]:
    """Tickets `but` this one that they were asked to take, and may take any moment."""
    query = select(TicketOffer.user_id, func.count()).where(
        TicketOffer.user_id.in_(people), TicketOffer.outcome.is_(None), TicketOffer.ticket_id != but
    )
    return await _counted(session, query.group_by(TicketOffer.user_id))


async def taken_since(session: AsyncSession, people: People, since: datetime) -> dict[str, int]:
    """Tickets that they hold, or finished, out of those that were first taken since then."""
    query = select(Ticket.assignee, func.count()).where(
        Ticket.assignee.in_(people), Ticket.claimed_at >= since
    )
    return await _counted(session, query.group_by(Ticket.assignee))


async def let_pass_since(session: AsyncSession, people: People, since: datetime) -> dict[str, int]:
    """Offers since then that they did not answer in time."""
    query = select(TicketOffer.user_id, func.count()).where(
        TicketOffer.user_id.in_(people), TicketOffer.offered_at >= since, TicketOffer.outcome == "widened"
    )
    return await _counted(session, query.group_by(TicketOffer.user_id))


async def joined(session: AsyncSession, learners: People, topic: str) -> dict[str, int]:
    """Finished tickets about a topic in which they joined in to learn."""
    query = select(Ticket.learner, func.count()).where(
        Ticket.learner.in_(learners), Ticket.topic == topic, Ticket.status.in_(FINISHED)
    )
    return await _counted(session, query.group_by(Ticket.learner))


async def _counted(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> dict[str, int]:
    return {user: count for user, count in await session.execute(query) if user}
