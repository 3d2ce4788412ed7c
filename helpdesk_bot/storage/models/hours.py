"""Time that people give, and the hours that somebody funds."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.storage.models.base import Base


class Voucher(Base):
    """Hours of paid help that somebody funds for one organisation. The last day on which it counts is `expires_on`.

    `overdrawn_by`: the coordinator who allows more than there is.
    """

    __tablename__ = "vouchers"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    funder: Mapped[str]
    minutes: Mapped[int]
    expires_on: Mapped[date]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    warned_at: Mapped[datetime | None]
    overdrawn_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class Work(Base):
    """Time that somebody gave to a ticket. `voucher_id`: what it was paid from; `paid` work need not have one.

    `event_id`: the message that told it, in `room_id` (empty: in none), so that it counts once. When one voucher had too little left it is
    in several parts. `undecided`: paid work that no voucher has room for, until its helper gives it or a coordinator
    allows it. `worked_on` is a day on the helpdesk's clock.
    """

    __tablename__ = "work"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    user_id: Mapped[str]
    minutes: Mapped[int]
    paid: Mapped[bool]
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("vouchers.id"), index=True)
    undecided: Mapped[bool] = mapped_column(default=False)
    worked_on: Mapped[date] = mapped_column(index=True)
    event_id: Mapped[str]
    room_id: Mapped[str] = mapped_column(default="")
    part: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("event_id", "part"),)
