"""Rooms, and who is in them."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.storage.models.base import Base


class Room(Base):
    """A room the bot is or was in, as its clear-text state says: never as an encrypted message claims."""

    __tablename__ = "rooms"
    room_id: Mapped[str] = mapped_column(primary_key=True)
    membership: Mapped[str]
    name: Mapped[str | None]
    encrypted: Mapped[bool | None]
    join_rule: Mapped[str | None]
    history: Mapped[str | None]
    members_known: Mapped[bool] = mapped_column(default=False)
    member_count: Mapped[int | None]
    successor: Mapped[str | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    stadsdeel: Mapped[str | None]
    # The ticket the bot spoke about last in the room's main timeline, while nobody else has written there since.
    talking_about: Mapped[int | None]
    talking_since: Mapped[datetime | None]


class Member(Base):
    """Who is in a room. `membership` is Matrix's own word: join, invite, leave, ban, knock."""

    __tablename__ = "members"
    room_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    membership: Mapped[str]
    name: Mapped[str | None]
