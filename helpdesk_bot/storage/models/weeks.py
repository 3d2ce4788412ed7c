"""The figures of a week, as they were told to coordinators."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.storage.models.base import Base


class WeekPost(Base):
    """A week's figures as they were told to the coordinators, and whether somebody has read them. `scope` is a stadsdeel
    or 'city', `week` is '2026-W46', `outbox_id` the message whose thread it is spoken about in.
    """

    __tablename__ = "week_posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str]
    week: Mapped[str]
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), index=True)
    posted_at: Mapped[datetime]
    read_by: Mapped[str | None]
    read_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("scope", "week"),)


class WeekNote(Base):
    """What a coordinator wrote about a week in its thread."""

    __tablename__ = "week_notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("week_posts.id"), index=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    sender: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
