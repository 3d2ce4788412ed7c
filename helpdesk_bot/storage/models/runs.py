"""Organisations walking through playbooks, step by step."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.domain.runs.states import Run as RunState
from helpdesk_bot.domain.runs.states import Step as StepState
from helpdesk_bot.storage.models.base import NEVER_REUSED, Base
from helpdesk_bot.storage.types import Word


class Snapshot(Base):
    """A playbook as it was when a run began with it, or took a change over. `text` is JSON, `sha256` is of it."""

    __tablename__ = "snapshots"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    playbook: Mapped[str]
    version: Mapped[str]
    text: Mapped[str] = mapped_column(Text)


class Cohort(Base):
    """Organisations that walk through the same playbook together, so that a trainer sees them side by side."""

    __tablename__ = "cohorts"
    id: Mapped[int] = mapped_column(primary_key=True)
    playbook: Mapped[str]
    trainer: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]

    __table_args__ = (NEVER_REUSED,)


class Run(Base):
    """One organisation walking through one playbook. Its id is the number people see.

    `inputs`: what was asked at its start. `threaded`: it is spoken about in the thread of its card; not in a direct chat. `card`: the
    outbox row of its status card, and `card_said` a hash of the card's words as they were queued last. `accepted_by` took
    the losses on themselves, by name. `reason`: why it pauses, or has stopped. `back_until`: so long the way back is open.
    """

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    playbook: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("snapshots.sha256"))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    room_id: Mapped[str]
    language: Mapped[str]
    state: Mapped[RunState] = mapped_column(Word(RunState))
    inputs: Mapped[dict[str, Any]]
    card: Mapped[int | None]
    card_said: Mapped[str | None]
    threaded: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(Text)
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    accepted_by: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    back_until: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_runs_room", "room_id", "state"),
        Index("ix_runs_state", "state"),
        Index("ix_runs_ended", "ended_at"),
        NEVER_REUSED,
    )


class RunRole(Base):
    """Who has a role in a run, and who takes over when they can't. A technician is found for each step by itself."""

    __tablename__ = "run_roles"
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(index=True)
    deputy: Mapped[str | None]


class RunStep(Base):
    """One step of a run; `place` is its number, from 1, as people see it. `since`: when it came to its state.

    `who` did it last; `evidence`: what they told; `looks`: the role that has to look whether it is so; None while the helpdesk
    does so itself. `verified_by`: a person, or the helpdesk's own look when None. `reason`: why it
    was left out, or put back.
    """

    __tablename__ = "run_steps"
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]
    state: Mapped[StepState] = mapped_column(Word(StepState))
    since: Mapped[datetime]
    due_at: Mapped[datetime | None]
    who: Mapped[str | None]
    done_at: Mapped[datetime | None]
    evidence: Mapped[str | None] = mapped_column(Text)
    looks: Mapped[str | None]
    verified_by: Mapped[str | None]
    verified_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)


class RunSign(Base):
    """Somebody typed the word for a step that can't be undone, for the role that they have."""

    __tablename__ = "run_signs"
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    at: Mapped[datetime]


class RunTicket(Base):
    """A question that belongs to a step: somebody asked for help with it, or (`does`) it is the step itself, in the queue of
    the technicians."""

    __tablename__ = "run_tickets"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    step: Mapped[str]
    does: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_run_tickets_step", "run_id", "step"),)


class RunEvent(Base):
    """The timeline of a run, which only grows: who did what, without what was said."""

    __tablename__ = "run_events"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str | None]
    what: Mapped[str]
    step: Mapped[str | None]
    detail: Mapped[dict[str, Any]]


class RunCheck(Base):
    """The helpdesk's server is to look whether a step worked. `link`: what somebody gave to look at; it goes when that has
    been done. Gone with its outcome."""

    __tablename__ = "run_checks"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    step: Mapped[str]
    link: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)


class RunRemark(Base):
    """What somebody answered about a run afterwards, to the question of the playbook with this number, from 0."""

    __tablename__ = "run_remarks"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    question: Mapped[int | None]
    user_id: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
