"""Hours of paid help that have been funded."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import Voucher, Work


async def usable_voucher(session: AsyncSession, organisation_id: int, today: date) -> Voucher | None:
    """What paid help for this organisation can be paid from; the one that expires first. `today` is a day on the
    helpdesk's clock."""
    spent = (
        select(func.coalesce(func.sum(Work.minutes), 0))
        .where(Work.voucher_id == Voucher.id)
        .scalar_subquery()
    )
    query = select(Voucher).where(
        Voucher.organisation_id == organisation_id,
        Voucher.expires_on >= today,
        Voucher.ended_at.is_(None),
        spent < Voucher.minutes,
    )
    return await session.scalar(query.order_by(Voucher.expires_on, Voucher.id).limit(1))
