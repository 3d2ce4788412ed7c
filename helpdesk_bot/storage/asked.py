"""Whom a ticket was offered to, and what became of it."""

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.routing import Wave
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage.models import OutboxRow, Ticket, TicketEvent, TicketOffer

STANDS = TicketOffer.outcome.is_(None)
OFFERED = "offered"  # in the audit trail: from here on it is offered from the start
# Written as the outcome of an offer.
CLAIMED, TAKEN, DECLINED, WIDENED, GONE = "claimed", "taken", "declined", "widened", "gone"


async def standing(session: AsyncSession, ticket_id: int) -> list[TicketOffer]:
    """The offers of this ticket that wait for an answer, in the order in which they were made."""
    query = select(TicketOffer).where(TicketOffer.ticket_id == ticket_id, STANDS)
    return list((await session.scalars(query.order_by(TicketOffer.id))).all())


async def nobody_asked(session: AsyncSession, room: str) -> list[Ticket]:
    """The questions in this team room that nobody has and the whole team may take, of which nobody is asked by name; the
    oldest first."""
    somebody = exists().where(TicketOffer.ticket_id == Ticket.id, STANDS)
    query = select(Ticket).where(
        Ticket.team_room == room,
        Ticket.status == Status.NEW,
        Ticket.card.is_not(None),
        Ticket.wave >= Wave.TEAM,
        ~somebody,
    )
    return list((await session.scalars(query.order_by(Ticket.id))).all())


async def of_person(session: AsyncSession, user_id: str) -> list[TicketOffer]:
    """The offers to which this person has not answered yet, in the order in which they were made."""
    query = select(TicketOffer).where(TicketOffer.user_id == user_id, STANDS)
    return list((await session.scalars(query.order_by(TicketOffer.id))).all())


async def latest_for(session: AsyncSession, ticket_id: int, user_id: str) -> TicketOffer | None:
    """The last offer of this ticket to this person."""
    query = select(TicketOffer).where(TicketOffer.ticket_id == ticket_id, TicketOffer.user_id == user_id)
    return await session.scalar(query.order_by(TicketOffer.id.desc()).limit(1))


async def not_again(session: AsyncSession, ticket_id: int) -> set[str]:
    """Who is not asked about this ticket any more: whoever said no, and whoever was asked since it was last offered from
    the start, or gave it back then."""
    event = await session.scalar(
        select(TicketEvent)
        .where(TicketEvent.ticket_id == ticket_id, TicketEvent.what == OFFERED)
        .order_by(TicketEvent.id.desc())
        .limit(1)
    )
    query = select(TicketOffer.user_id, TicketOffer.outcome, TicketOffer.offered_at).where(
        TicketOffer.ticket_id == ticket_id
    )
    began = event.at if event else None
    people = {
        user
        for user, outcome, at in await session.execute(query)
        if outcome == DECLINED or (outcome in (None, WIDENED) and (began is None or at >= began))
    }
    return people | {event.detail["without"]} if event and event.detail.get("without") else people


async def claimed(session: AsyncSession, ticket_id: int, user_id: str, now: datetime) -> None:
    """Whoever helps now was asked for it: that counts, also when it was a while ago."""
    latest = (
        select(TicketOffer.id)
        .where(TicketOffer.ticket_id == ticket_id, TicketOffer.user_id == user_id)
        .order_by(TicketOffer.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = update(TicketOffer).where(TicketOffer.id == latest)
    await session.execute(query.values(outcome=CLAIMED, ended_at=now))


async def of_row(session: AsyncSession, row: OutboxRow) -> TicketOffer | None:
    """The offer that this message of ours made."""
    query = select(TicketOffer).where(TicketOffer.ticket_id == row.ticket_id, TicketOffer.asked == row.id)
    return await session.scalar(query.limit(1))


async def elsewhere(session: AsyncSession, ticket_id: int) -> list[OutboxRow]:
    """The messages that asked people of other teams, in chats of their own: they hold the subject."""
    query = (
        select(OutboxRow)
        .join(TicketOffer, TicketOffer.asked == OutboxRow.id)
        .where(TicketOffer.ticket_id == ticket_id, TicketOffer.wave == Wave.STADSDEEL)
    )
    return list((await session.scalars(query.order_by(OutboxRow.id))).all())
