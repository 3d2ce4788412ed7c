"""What is due at a moment."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.storage.models.base import Base


class Timer(Base):
    """Something that is due at a moment. Gone when it has been done: the row and its effect are one transaction.

    `about` names what it is for: 'ticket:12', 'technician:@joris:example.org'. One of a kind about each thing.
    """

    __tablename__ = "timers"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(index=True)
    about: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("about", "kind"),)


class Nudge(Base):
    """Something to be said at a place (a room, or the Matrix id of a requester), or done about a ticket there. It is
    gathered until everything that is due has been looked at, so that many at once become one message. `person`: who is
    addressed; None for all of the room."""

    __tablename__ = "nudges"
    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(index=True)
    what: Mapped[str]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    person: Mapped[str | None]
    created_at: Mapped[datetime]


class Reminder(Base):
    """Somebody wants to be reminded in this room, with their own `words`. Gone when they were."""

    __tablename__ = "reminders"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(index=True)
    room_id: Mapped[str]
    thread: Mapped[str | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    event_id: Mapped[str] = mapped_column(unique=True)


class Promise(Base):
    """A helper wrote to a requester that they come back to it by `due_at`. Gone when they did, or took it back.

    `event_id`: the answer in which it stands. `nudged`: they have been reminded of it.
    """

    __tablename__ = "promises"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    helper: Mapped[str]
    event_id: Mapped[str] = mapped_column(unique=True)
    due_at: Mapped[datetime]
    nudged: Mapped[bool] = mapped_column(default=False)
