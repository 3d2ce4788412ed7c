"""What people say about a question, where it stands, and what they still have to answer."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.storage.models.base import Base


class Message(Base):
    """One message that belongs to a ticket. `direction`: question (from the requester), answer (to them),
    note (inside), thanks or a remark with a mark (from the requester, to the helper)."""

    __tablename__ = "messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    room_id: Mapped[str]
    sender: Mapped[str]
    direction: Mapped[str]
    text: Mapped[str | None] = mapped_column(Text)
    media: Mapped[dict[str, Any] | None]
    sent_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class Copy(Base):
    """A message as it stands in another room: the outbox row that carried it there. `part`: text, file or earlier."""

    __tablename__ = "copies"
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    part: Mapped[str] = mapped_column(default="text")


class Reaction(Base):
    """A reaction that was passed on or obeyed, so that taking it back can be passed on too. The same `key` of several
    people about one message is passed on once.
    """

    __tablename__ = "reactions"
    event_id: Mapped[str] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    key: Mapped[str | None]
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))


class Dialog(Base):
    """A question the bot has put to a person and still waits for; `asked` is the row that put it.

    The same may have been asked twice: then either can be answered. Without a `ticket_id` it is about themselves: what
    they want to ask ('new'), or how they help. `detail`: what the answer is needed for; of tickets that are handed over
    also what the giver wrote about them, until it is done.
    """

    __tablename__ = "dialogs"
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[str]
    user_id: Mapped[str]
    kind: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    asked: Mapped[int | None]
    asked_at: Mapped[datetime]
    detail: Mapped[dict[str, Any] | None]

    __table_args__ = (Index("ix_dialogs_place", "room_id", "user_id"), Index("ix_dialogs_kind", "kind"))
