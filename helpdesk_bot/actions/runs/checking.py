"""What the helpdesk's own server is to look at, and what follows from what it saw. The looking itself is in `probe/`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import asks, looking
from helpdesk_bot.actions.runs.going_on import go_on
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.playbooks.plan import Answer
from helpdesk_bot.playbooks.verify import Dns, Http, LinkClosed, Tls
from helpdesk_bot.storage.models import RunCheck, RunEvent

AGAIN = (
    timedelta(minutes=10),
    timedelta(hours=1),
)  # before the second look, and the third; then a person looks
HOUR = timedelta(hours=1)
LOOKED = "looked"


@dataclass(frozen=True, slots=True)
class Task:
    """One look: what at, what was told in the run, and the link that somebody gave."""

    id: int
    verify: Http | LinkClosed | Tls | Dns
    values: Mapping[str, Answer]
    link: str | None


async def due(session: AsyncSession, now: datetime, busy: Collection[int], most: int) -> Sequence[int]:
    """The looks that are due, the oldest first, but for those that are being made."""
    query = select(RunCheck.id).where(RunCheck.due_at <= now, RunCheck.id.not_in(busy))
    return (await session.scalars(query.order_by(RunCheck.due_at, RunCheck.id).limit(most))).all()


async def task(act: Act, check_id: int) -> Task | None:
    """What to look at; None when it does not matter any more, or not now."""
    check = await act.session.get(RunCheck, check_id)
    if check is None:
        return None
    walk = await Walk.numbered(act, check.run_id)
    row = walk.steps.get(check.step)
    verify = walk.written(check.step).verify if row is not None else None
    if row is None or row.state is not Step.DONE or not isinstance(verify, Http | LinkClosed | Tls | Dns):
        await act.session.delete(check)
        return None
    if walk.run.state is not Run.RUNNING:
        check.due_at = act.now + HOUR  # it is on hold
        return None
    if not act.config.checks.enabled:
        await _to_a_person(walk, check)
        await go_on(walk)
        return None
    if await _looks_within(act, walk.run.id) >= act.config.checks.per_run_per_hour:
        check.due_at = act.now + HOUR
        return None
    if check.attempts > len(AGAIN):  # it was begun so often, and never came to an end
        await _to_a_person(walk, check)
        await go_on(walk)
        return None
    check.attempts += 1
    walk.record(None, LOOKED, check.step)
    return Task(check.id, verify, walk.values(), check.link)


async def _looks_within(act: Act, run_id: int) -> int:
    since = (RunEvent.run_id == run_id, RunEvent.what == LOOKED, RunEvent.at > act.now - HOUR)
    return await act.session.scalar(select(func.count(RunEvent.id)).where(*since)) or 0


async def seen(
    act: Act, check_id: int, *, good: bool | None, again: bool, key: str, params: Mapping[str, Any]
) -> None:
    """What was seen: it is so, it is not, or (None) it could not be looked at. `again`: a later look may see more."""
    check = await act.session.get(RunCheck, check_id)
    if check is None:
        return  # the step was put back meanwhile
    walk = await Walk.numbered(act, check.run_id)
    name, row = check.step, walk.steps.get(check.step)
    if row is None or row.state is not Step.DONE:
        await act.session.delete(check)
        return
    if walk.run.state is not Run.RUNNING:
        check.due_at = act.now + HOUR  # it was put on hold meanwhile: it is looked at again
        return
    if good is None and again and check.attempts <= len(AGAIN):
        check.due_at = act.now + AGAIN[check.attempts - 1]
        await _tell(walk, name, key, params, "run.look.once_more", at=check.due_at)
    elif good is None:
        await _tell(walk, name, key, params, "run.look.by_trainer")
        await _to_a_person(walk, check)
    elif good:
        await looking.passed(walk, name, None)
        await _tell(walk, name, key, params)
    else:
        told = act.words(await act.language_of(row.who or ""), key, **params)
        await looking.failed(walk, name, None, act.words(None, key, **params).body, told)
    await go_on(walk)


async def put_off(act: Act, check_id: int) -> None:
    """Something went wrong while looking: it is looked at later, and in the end by a person."""
    check = await act.session.get(RunCheck, check_id)
    if check is not None:
        check.due_at = act.now + AGAIN[min(check.attempts, len(AGAIN)) - 1]


async def _to_a_person(walk: Walk, check: RunCheck) -> None:
    name = check.step
    await walk.act.session.delete(check)
    await looking.undecided(walk, name)


async def _tell(
    walk: Walk, name: str, key: str, params: Mapping[str, Any], *more: str, **values: Any
) -> None:
    """Whoever did the step hears what was seen; of a technician's step the card of the run tells it."""
    role = walk.planned(name).role
    who = walk.who(role)
    if who is None:
        return
    language = await walk.act.language_of(who)
    texts = [walk.act.words(language, key, **params)]
    texts += [walk.act.words(language, extra, **values) for extra in more]
    await asks.tell(walk, who, role, walk.act.texts.join(texts))
