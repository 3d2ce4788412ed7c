"""Hours that somebody funds for an organisation, and what has been used of them. Amounts are minutes."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import Organisation, Ticket, Voucher, Work


async def usable_voucher(session: AsyncSession, organisation_id: int | None, today: date) -> Voucher | None:
    """The voucher from which paid work for this organisation would be taken today: the first to expire that has
    something left, or of which more is allowed than there is."""
    if organisation_id is None:
        return None
    for voucher, left in await usable(session, organisation_id, today):
        if left > 0 or voucher.overdrawn_by is not None:
            return voucher
    return None


async def usable(session: AsyncSession, organisation_id: int, day: date) -> list[tuple[Voucher, int]]:
    """The vouchers that count on this day, the first to expire first, with what is left of each."""
    return await _with_left(session, _in_force(organisation_id), Voucher.expires_on >= day)


async def in_force(session: AsyncSession, organisation_id: int) -> list[tuple[Voucher, int]]:
    """All that nobody ended, expired ones too, the first to expire first, with what is left of each."""
    return await _with_left(session, _in_force(organisation_id))


async def since(session: AsyncSession, day: date) -> list[tuple[Voucher, int]]:
    """Those of every organisation that nobody ended and that expire on this day or later."""
    return await _with_left(session, Voucher.ended_at.is_(None), Voucher.expires_on >= day)


async def used(session: AsyncSession, voucher_id: int) -> int:
    return await session.scalar(_used().where(Work.voucher_id == voucher_id)) or 0


async def undecided(session: AsyncSession, *where: ColumnElement[bool]) -> Sequence[Work]:
    """Paid work that no voucher has room for, the oldest first."""
    query = select(Work).join(Ticket, Ticket.id == Work.ticket_id).where(Work.undecided, *where)
    return (await session.scalars(query.order_by(Work.worked_on, Work.id))).all()


async def waiting(session: AsyncSession) -> list[tuple[int, str, int]]:
    """The questions with paid work that no voucher has room for: number, organisation, and how much. The oldest first."""
    query = (
        select(Ticket.id, Organisation.name, func.sum(Work.minutes))
        .join(Ticket, Ticket.id == Work.ticket_id)
        .join(Organisation, Organisation.id == Ticket.organisation_id)
        .where(Work.undecided)
        .group_by(Ticket.id, Organisation.name)
        .order_by(Ticket.id)
    )
    return [(ticket, name, int(minutes)) for ticket, name, minutes in await session.execute(query)]


async def name_of(session: AsyncSession, organisation_id: int) -> str:
    return (await session.get_one(Organisation, organisation_id)).name


def _in_force(organisation_id: int) -> ColumnElement[bool]:
    return (Voucher.organisation_id == organisation_id) & Voucher.ended_at.is_(None)


async def _with_left(session: AsyncSession, *where: ColumnElement[bool]) -> list[tuple[Voucher, int]]:
    spent = _used().where(Work.voucher_id == Voucher.id).scalar_subquery()
    query = select(Voucher, Voucher.minutes - spent).where(*where).order_by(Voucher.expires_on, Voucher.id)
    return [(voucher, left) for voucher, left in (await session.execute(query)).all()]


def _used() -> Select[tuple[int]]:
    return select(func.coalesce(func.sum(Work.minutes), 0))
