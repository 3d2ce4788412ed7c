"""The tables of who is on duty, and of who was called in an emergency."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.storage.models.base import Base


class DutyOverride(Base):
    """Somebody takes over in a rota for a while. Of those that overlap the one that was made last counts."""

    __tablename__ = "duty_overrides"
    id: Mapped[int] = mapped_column(primary_key=True)
    rota: Mapped[str]
    user_id: Mapped[str]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    made_by: Mapped[str]
    made_at: Mapped[datetime]

    __table_args__ = (Index("ix_duty_overrides_rota", "rota", "ends_at"),)


class DutySwap(Base):
    """`asked_by` asks `user_id` to take over a shift, and takes one of theirs for it (`back_*`) if they have one.

    `room_id`: where it was asked, and is told what came of it. `asked`: the outbox row with the question. `outcome`: yes,
    no, lapsed (nobody answered) or void (the shifts are not theirs any more); None while it stands.
    """

    __tablename__ = "duty_swaps"
    id: Mapped[int] = mapped_column(primary_key=True)
    rota: Mapped[str]
    asked_by: Mapped[str]
    user_id: Mapped[str] = mapped_column(index=True)
    room_id: Mapped[str]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    back_begins_at: Mapped[datetime | None]
    back_ends_at: Mapped[datetime | None]
    asked: Mapped[int]
    asked_at: Mapped[datetime]
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class DutyNotice(Base):
    """Something about somebody's duty that has been told, so that it is told once."""

    __tablename__ = "duty_notices"
    key: Mapped[str] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]


class Panic(Base):
    """An emergency. `state` is held (a coordinator decides whether anybody is called), calling, unanswered (everybody was
    called), answered or over (nobody need come any more). `kind`: which first aid fits, as far as it is known.
    `message_id`: the words it was raised with, when they came after the question.
    """

    __tablename__ = "panics"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    raised_by: Mapped[str]
    kind: Mapped[str | None]
    state: Mapped[str]
    raised_at: Mapped[datetime]
    answered_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    asked: Mapped[int | None]  # the outbox row that asks the coordinators to decide
    message_id: Mapped[int | None]

    __table_args__ = (Index("ix_panics_person", "raised_by", "raised_at"),)


class PanicCall(Base):
    """Somebody was called; without `user_id` it was everybody in the coordinators' room. `duty`: the rota, or coordinators.

    `asked`: the outbox row that told them. `outcome`: came, declined, silent (the next one was called), or off (not needed
    any more); None while it rings.
    """

    __tablename__ = "panic_calls"
    id: Mapped[int] = mapped_column(primary_key=True)
    panic_id: Mapped[int] = mapped_column(ForeignKey("panics.id"), index=True)
    user_id: Mapped[str | None] = mapped_column(index=True)
    duty: Mapped[str]
    called_at: Mapped[datetime]
    asked: Mapped[int | None] = mapped_column(index=True)
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class Alarm(Base):
    """A message that leaves outside Matrix, at least once. What it says is made when it is sent, so no link rests here.

    `who` and `channel` name an address in the file of channels without telling it. `kind`: call, or off (they need not
    come). `state`: pending, sent, failed or dropped. `attempts`: how often it was about to leave; with one it may have
    arrived, whatever the state. `error`: what kind of thing went wrong, never an address.
    """

    __tablename__ = "alarms"
    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("panic_calls.id"), index=True)
    who: Mapped[str]
    channel: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]

    __table_args__ = (
        Index(
            "ix_alarms_pending",
            "not_before",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )


class AlarmLink(Base):
    """A link with which whoever was called says that they come. Only a hash of it is kept."""

    __tablename__ = "alarm_links"
    hash: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("panic_calls.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
