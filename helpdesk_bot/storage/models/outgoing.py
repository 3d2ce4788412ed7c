"""What must leave the process, exactly once."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.storage.models.base import NEVER_REUSED, Base


class OutboxRow(Base):
    """One thing that must leave the process, exactly once. Written in the transaction that decided it.

    `kind`: send, redact, join, leave or direct (make a direct chat). `refs` point at other messages: by event id
    ('$…') or by the row that will have one ('row:12'); of a join they say who asked for it, of words about a run
    which. `state` is pending, sent, failed, dropped, replaced (by a newer version, though it may have left in that
    moment), forgotten (failed or dropped, and emptied since) or elsewhere (another helpdesk tells whoever it is for).
    """

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    txn_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    room_id: Mapped[str]
    type: Mapped[str]
    content: Mapped[dict[str, Any]]
    refs: Mapped[dict[str, Any]]
    priority: Mapped[int]
    coalesce: Mapped[str | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    look_first: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime | None]
    event_id: Mapped[str | None] = mapped_column(index=True)
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "ix_outbox_pending",
            "room_id",
            "priority",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_outbox_joins",
            "created_at",
            sqlite_where=text("kind = 'join'"),
            postgresql_where=text("kind = 'join'"),
        ),
        NEVER_REUSED,
    )


class File(Base):
    """A file that the bot made, for the outbox row that carries it; gone once that has left (see `storage/files`).

    `recipe`: what `data` is made from when it has to be sent, for what takes too long inside a transaction. `uploaded`:
    where it is at the homeserver, with its key when it was encrypted.
    """

    __tablename__ = "files"
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    name: Mapped[str]
    mimetype: Mapped[str]
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    recipe: Mapped[dict[str, Any] | None]
    uploaded: Mapped[dict[str, Any] | None]
    made_at: Mapped[datetime]
