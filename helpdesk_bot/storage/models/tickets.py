"""Questions, who was asked to take them, and what was done to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.domain.tickets import Priority, Status
from helpdesk_bot.storage.models.base import NEVER_REUSED, Base


class Ticket(Base):
    """A question and all that came of it. Its id is the number people see. `changed_at`: the last step that the requester
    could notice.

    `topic` is guessed from the question until somebody says it (`topic_said`). `lent_to`: the team room of another
    stadsdeel, or of the city, that took it over. `wave`: how widely it has been offered, see `domain/routing.Wave`.
    `*_due`: when it should be claimed, answered and solved, as promised; they move while it `rests` (the clocks stand still since
    then, because the requester is waited for). `rested`: seconds of working time in which they stood still before.
    `told_due`: the moment that the requester was told last. `snoozed_until`: whoever helps goes on then.
    `learner`: who looks along with whoever helps, to learn it; or as their mentor, when they do it for the first times.
    """

    __tablename__ = "tickets"
    id: Mapped[int] = mapped_column(primary_key=True)
    requester: Mapped[str] = mapped_column(index=True)
    opened_by: Mapped[str]
    room_id: Mapped[str]
    root_event: Mapped[str | None]
    # Where the bot answers: the question's thread in a shared room, the thread the person uses in a direct chat, or none.
    thread: Mapped[str | None]
    language: Mapped[str]
    subject: Mapped[str]
    question: Mapped[str] = mapped_column(Text)
    stadsdeel: Mapped[str | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    status: Mapped[Status] = mapped_column(String(16))
    priority: Mapped[Priority] = mapped_column(String(16))
    assignee: Mapped[str | None]
    team_room: Mapped[str | None]
    card: Mapped[int | None]
    card_said: Mapped[str | None]  # a hash of the card's words as they were queued last
    suggested: Mapped[list[str]]
    suggested_why: Mapped[str | None]
    topic: Mapped[str | None]
    topic_said: Mapped[bool] = mapped_column(default=False)
    lent_to: Mapped[str | None]
    wave: Mapped[int] = mapped_column(default=0)
    learner: Mapped[str | None]
    claim_due: Mapped[datetime | None]
    answer_due: Mapped[datetime | None]
    solve_due: Mapped[datetime | None]
    rests: Mapped[datetime | None]
    rested: Mapped[int] = mapped_column(default=0)
    told_due: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    solved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    confirmed: Mapped[bool] = mapped_column(default=False)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    rating: Mapped[int | None]

    __table_args__ = (
        Index("ix_tickets_team", "team_room", "status"),
        Index("ix_tickets_assignee", "assignee", "status"),
        Index("ix_tickets_taken", "assignee", "claimed_at"),
        Index(
            "ix_tickets_learner",
            "learner",
            "topic",
            sqlite_where=text("learner IS NOT NULL"),
            postgresql_where=text("learner IS NOT NULL"),
        ),
        Index("ix_tickets_room", "room_id", "status"),
        Index("ix_tickets_status", "status"),
        Index("ix_tickets_organisation", "organisation_id", "status"),
        Index("ix_tickets_changed", "changed_at"),
        NEVER_REUSED,
    )


class TicketOffer(Base):
    """Somebody was asked whether they can take a ticket, and why them. `outcome`: claimed, taken (by somebody else),
    declined, widened (nobody answered in time) or gone (the ticket went elsewhere); None while it stands."""

    __tablename__ = "ticket_offers"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    user_id: Mapped[str]
    wave: Mapped[int]
    reason: Mapped[str]
    offered_at: Mapped[datetime]
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    asked: Mapped[int | None]  # the outbox row that told them

    __table_args__ = (
        Index("ix_ticket_offers_person", "user_id", "offered_at", "outcome"),
        Index(
            "ix_ticket_offers_standing",
            "user_id",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )


class TicketEvent(Base):
    """The audit trail: who did what to a ticket, without what was said."""

    __tablename__ = "ticket_events"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str | None]
    what: Mapped[str]
    detail: Mapped[dict[str, Any]]
