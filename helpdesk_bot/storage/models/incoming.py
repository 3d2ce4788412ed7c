"""What comes in: events from rooms, once each, and how far the helpdesk has read."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.storage.models.base import NEVER_REUSED, Base


class Bookmark(Base):
    """Where the helpdesk is in something that goes on outside it, such as the homeserver's stream ('sync')."""

    __tablename__ = "bookmarks"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Secret(Base):
    """A random value, in hexadecimal, that belongs to this helpdesk and goes with its backups."""

    __tablename__ = "secrets"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class InboxEvent(Base):
    """One event from a room, once, however often the homeserver sends it.

    `state` is pending, next (a part of the event before, in front of all others), held (can't be decrypted yet), behind
    (a gap in its room is filled first), early (see `early`), offered (its sender was asked whether it is a question),
    done or failed. `content` is emptied when it is done. `thread`: the thread it was written in.
    """

    __tablename__ = "inbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    room_id: Mapped[str]
    sender: Mapped[str]
    type: Mapped[str]
    state_key: Mapped[str | None]
    content: Mapped[dict[str, Any] | None]
    encrypted: Mapped[bool]
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    session_id: Mapped[str | None]
    thread: Mapped[str | None]
    told_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "ix_inbox_waiting",
            "state",
            "id",
            sqlite_where=text("state <> 'done'"),
            postgresql_where=text("state <> 'done'"),
        ),
        Index(
            "ix_inbox_done",
            "received_at",
            sqlite_where=text("content IS NOT NULL"),
            postgresql_where=text("content IS NOT NULL"),
        ),
        NEVER_REUSED,
    )


class Gap(Base):
    """What a room's timeline still misses: everything after `until`, up to `start`, positions of the homeserver's.

    Without `until` it reaches back to our invitation, without `start` it begins at the newest event. `told`: it has been
    said aloud, and what was said in the room since does not wait for it any more.
    """

    __tablename__ = "gaps"
    room_id: Mapped[str] = mapped_column(primary_key=True)
    start: Mapped[str | None]
    until: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    told: Mapped[bool] = mapped_column(default=False)


class Echo(Base):
    """An event that we sent after the backup which was restored, until the row that it belongs to is made again."""

    __tablename__ = "echoes"
    key: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str]
