"""Runs: who walks through what, and how far they are."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.runs.states import ENDED
from helpdesk_bot.domain.runs.states import Run as State
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.shelf import Shelved, open_already, opened
from helpdesk_bot.storage.models import (
    Cohort,
    OutboxRow,
    Run,
    RunEvent,
    RunRole,
    RunSign,
    RunStep,
    RunTicket,
    Snapshot,
    Ticket,
)

_OVER = tuple(ENDED)


async def keep(session: AsyncSession, shelved: Shelved) -> None:
    """Keeps the text of a playbook as it is now, once."""
    if await session.get(Snapshot, shelved.sha256) is None:
        session.add(
            Snapshot(
                sha256=shelved.sha256, playbook=shelved.id, version=shelved.version, text=shelved.snapshot
            )
        )
        await session.flush()


async def playbook_of(session: AsyncSession, run: Run) -> Playbook:
    """As it was when the run began, or took a change over."""
    found = open_already(run.sha256)
    return found or opened((await session.get_one(Snapshot, run.sha256)).text, run.sha256)


async def steps_of(session: AsyncSession, run: Run) -> dict[str, RunStep]:
    query = select(RunStep).where(RunStep.run_id == run.id).order_by(RunStep.place)
    return {row.step: row for row in (await session.scalars(query)).all()}


async def roles_of(session: AsyncSession, run: Run) -> dict[str, RunRole]:
    query = select(RunRole).where(RunRole.run_id == run.id)
    return {row.role: row for row in (await session.scalars(query)).all()}


async def signs_of(session: AsyncSession, run: Run, step: str) -> dict[str, str]:
    """Who typed the word for it, by role."""
    query = select(RunSign).where(RunSign.run_id == run.id, RunSign.step == step)
    return {row.role: row.user_id for row in (await session.scalars(query)).all()}


async def in_room(session: AsyncSession, room_id: str) -> Sequence[Run]:
    """Those that are going on there, the newest first."""
    query = select(Run).where(Run.room_id == room_id, Run.state.not_in(_OVER))
    return (await session.scalars(query.order_by(Run.id.desc()))).all()


async def in_chats_of(session: AsyncSession, user_id: str, role: str) -> Sequence[Run]:
    """Those that are going on in a direct chat, in which somebody has this role; the newest first."""
    theirs = select(RunRole.run_id).where(RunRole.role == role, RunRole.user_id == user_id)
    query = select(Run).where(Run.id.in_(theirs), Run.threaded.is_(False), Run.state.not_in(_OVER))
    return (await session.scalars(query.order_by(Run.id.desc()))).all()


def rooms() -> Select[str]:
    """Where runs are going on: who leaves there has to be missed."""
    return select(Run.room_id).where(Run.state.not_in(_OVER))


async def latest_in_room(session: AsyncSession, room_id: str) -> Run | None:
    """The newest there, going on or not."""
    return await session.scalar(select(Run).where(Run.room_id == room_id).order_by(Run.id.desc()).limit(1))


async def with_person(session: AsyncSession, user_id: str) -> Sequence[Run]:
    """Those that are going on in which somebody has a role, or would take one over."""
    theirs = select(RunRole.run_id).where(or_(RunRole.user_id == user_id, RunRole.deputy == user_id))
    query = select(Run).where(Run.id.in_(theirs), Run.state.not_in(_OVER))
    return (await session.scalars(query.order_by(Run.id))).all()


async def last_of(session: AsyncSession, user_id: str) -> Run | None:
    """The last one that ended in which somebody has a role."""
    theirs = select(RunRole.run_id).where(RunRole.user_id == user_id)
    query = select(Run).where(Run.id.in_(theirs), Run.state.in_(_OVER))
    return await session.scalar(query.order_by(Run.ended_at.desc(), Run.id.desc()).limit(1))


async def of_person(session: AsyncSession, user_id: str) -> Sequence[Run]:
    """Those that are going on in which somebody has a role."""
    theirs = select(RunRole.run_id).where(RunRole.user_id == user_id)
    query = select(Run).where(Run.id.in_(theirs), Run.state.not_in(_OVER))
    return (await session.scalars(query.order_by(Run.id))).all()


async def going_on(session: AsyncSession) -> Sequence[Run]:
    return (await session.scalars(select(Run).where(Run.state.not_in(_OVER)).order_by(Run.id))).all()


async def of_cohort(session: AsyncSession, cohort_id: int) -> Sequence[Run]:
    return (await session.scalars(select(Run).where(Run.cohort_id == cohort_id).order_by(Run.id))).all()


async def latest_cohort(session: AsyncSession, trainer: str) -> Cohort | None:
    query = select(Cohort).where(Cohort.trainer == trainer).order_by(Cohort.id.desc()).limit(1)
    return await session.scalar(query)


async def has_done(session: AsyncSession, organisation_id: int, playbook: str) -> bool:
    """Whether this organisation has finished that playbook."""
    query = select(Run.id).where(
        Run.organisation_id == organisation_id, Run.playbook == playbook, Run.state == State.FINISHED
    )
    return await session.scalar(query.limit(1)) is not None


async def has_happened(session: AsyncSession, run: Run, what: str, actor: str) -> bool:
    """Whether the timeline tells this of somebody."""
    query = select(RunEvent.id).where(
        RunEvent.run_id == run.id, RunEvent.what == what, RunEvent.actor == actor
    )
    return await session.scalar(query.limit(1)) is not None


async def of_card(session: AsyncSession, room_id: str, event_id: str) -> Run | None:
    """The run whose status card this message is."""
    query = (
        select(Run)
        .join(OutboxRow, OutboxRow.id == Run.card)
        .where(OutboxRow.event_id == event_id, OutboxRow.room_id == room_id)
    )
    return await session.scalar(query)


async def of_ticket(session: AsyncSession, ticket_id: int) -> RunTicket | None:
    """The step that a question belongs to."""
    return await session.get(RunTicket, ticket_id)


async def tickets_of(session: AsyncSession, run: Run, step: str, *, does: bool) -> list[int]:
    """The questions of a step, the newest first: the step itself (`does`), or help with it."""
    query = select(RunTicket.ticket_id).where(
        RunTicket.run_id == run.id, RunTicket.step == step, RunTicket.does.is_(does)
    )
    return list((await session.scalars(query.order_by(RunTicket.ticket_id.desc()))).all())


async def open_tickets_of(session: AsyncSession, run: Run, steps: Collection[str]) -> Sequence[Ticket]:
    """The questions that any of these steps is, and that nobody has finished."""
    query = (
        select(Ticket)
        .join(RunTicket, RunTicket.ticket_id == Ticket.id)
        .where(RunTicket.run_id == run.id, RunTicket.step.in_(steps), RunTicket.does)
        .where(Ticket.status.in_(OPEN))
    )
    return (await session.scalars(query.order_by(Ticket.id))).all()
