"""Other helpdesks, and the questions that are lent to them and by them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.domain.federation.trust import Trust
from helpdesk_bot.storage.models.base import Base


class Peer(Base):
    """Another helpdesk: the bot that speaks for it. `room_id`: the room of the two bots.

    `number`: what people on both sides compare, of the keys that both have now; `compared`: what it was when ours said that it
    is the same. `hello`: the last word about itself; `told`: ours, as far as it is said again when it changes. `trusts`: whether they say that they trust
    us. `era`: see the word. `began`: when the era was told first. `counted_from`, `count`: how much it said in this minute.
    `week_told`: the last week whose sums it was told, with what was
    lent and borrowed. `warned_at`: when the coordinators heard last that something is wrong with what it says.
    """

    __tablename__ = "peers"
    user_id: Mapped[str] = mapped_column(primary_key=True)
    trust: Mapped[Trust] = mapped_column(String(16))
    room_id: Mapped[str | None] = mapped_column(index=True)
    name: Mapped[str | None]
    version: Mapped[int | None]
    number: Mapped[str | None]
    compared: Mapped[str | None]
    hello: Mapped[dict[str, Any] | None]
    told: Mapped[dict[str, Any] | None]
    trusts: Mapped[bool] = mapped_column(default=False)
    era: Mapped[int] = mapped_column(default=0)
    heard_at: Mapped[datetime | None]
    said_at: Mapped[datetime | None]
    compared_at: Mapped[datetime | None]
    counted_from: Mapped[datetime | None]
    count: Mapped[int] = mapped_column(default=0)
    week_told: Mapped[str | None]
    warned_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Lend(Base):
    """A question that one helpdesk lends to another. `ours`: it was asked here, and the peer is asked to help; else it was
    asked there.

    `state` is of `domain/federation/lending`: `Out` when it is ours, else `In`. `version`, `seen`, `said` and `heard`: see
    `domain/federation/comparing`. `lender`: who of ours lent it on purpose, and still has it until somebody says yes.
    `ended_at`: since when it is over, or finished and not opened again. `told`: how far the helper last said it is, and who helps. `number`: the one it has at the origin.
    """

    __tablename__ = "lends"
    ref: Mapped[str] = mapped_column(primary_key=True)
    peer: Mapped[str] = mapped_column(ForeignKey("peers.user_id"))
    ours: Mapped[bool]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str] = mapped_column(default="question")
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=0)
    seen: Mapped[int] = mapped_column(default=0)
    said: Mapped[int] = mapped_column(default=0)
    heard: Mapped[int] = mapped_column(default=0)
    lender: Mapped[str | None]
    told: Mapped[str | None]
    helper: Mapped[str | None]
    number: Mapped[int | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_lends_peer", "peer", "ours"),
        Index(
            "ix_lends_going_on",
            "ticket_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class LendMessage(Base):
    """Something that was said about a lent question, by us (`ours`) or by the other side, at place `n`.

    `said_id` names what was said, `message_id` is ours of it. `mark`: of what it says, so that a correction shows. `held`: the word
    itself, while those before it are missing. A sender that was put back gives a place out twice, so a place may have two.
    """

    __tablename__ = "lend_messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(ForeignKey("lends.ref"))
    ours: Mapped[bool]
    n: Mapped[int]
    said_id: Mapped[str]
    change: Mapped[str]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    mark: Mapped[str | None]
    held: Mapped[dict[str, Any] | None]
    at: Mapped[datetime]

    __table_args__ = (Index("ix_lend_messages_place", "ref", "ours", "n"),)


class PeerWeek(Base):
    """The sums of a week that another helpdesk told: see the word `week`."""

    __tablename__ = "peer_weeks"
    peer: Mapped[str] = mapped_column(ForeignKey("peers.user_id"), primary_key=True)
    begins: Mapped[date] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON(none_as_null=True))
    lent: Mapped[int]
    borrowed: Mapped[int]
    heard_at: Mapped[datetime]
