"""What the figures about runs are reckoned from."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.runs.states import RunMove
from helpdesk_bot.domain.week_runs import RunLife, Worth
from helpdesk_bot.reports.scope import CITY
from helpdesk_bot.storage.models import Organisation, Person, Run, RunEvent, RunRole

_MOVES = {f"run_{move}": move for move in RunMove}
_WHOLE = "initiative"  # the role of whoever walks for the organisation


async def lives(session: AsyncSession, scope: str, since: datetime, until: datetime) -> list[RunLife]:
    """Every run of the scope's organisations of which something may have happened in that time, or that went on in it. Where
    an organisation has no stadsdeel, it is that of whoever walks for it."""
    walker = and_(RunRole.run_id == Run.id, RunRole.role == _WHOLE)
    theirs = (
        select(Run.id)
        .outerjoin(Organisation, Organisation.id == Run.organisation_id)
        .outerjoin(RunRole, walker)
        .outerjoin(Person, Person.user_id == RunRole.user_id)
        .where(
            Run.started_at < until,
            or_(Run.ended_at.is_(None), Run.ended_at >= since),
            _within(scope),
        )
    )
    events = (
        select(RunEvent.run_id, RunEvent.at, RunEvent.what, RunEvent.detail)
        .where(RunEvent.run_id.in_(theirs), RunEvent.what.in_(_MOVES))
        .order_by(RunEvent.id)
    )
    moves: dict[int, list[tuple[datetime, RunMove, Worth]]] = defaultdict(list)
    for run_id, at, what, detail in await session.execute(events):
        told = detail or {}
        worth = Worth(tuple(told.get("left", ())), told.get("people", 0), told.get("euros", 0))
        moves[run_id].append((at, _MOVES[what], worth))
    return [RunLife(tuple(found)) for found in moves.values()]


def _within(scope: str) -> ColumnElement[bool]:
    return true() if scope == CITY else func.coalesce(Organisation.stadsdeel, Person.stadsdeel) == scope
