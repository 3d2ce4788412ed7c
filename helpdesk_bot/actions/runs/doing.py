"""Somebody says that a step is done, with what they were asked to tell about it. Then it is looked at."""

from helpdesk_bot.actions.runs import asks, looking, queue, signing
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.clearing import clear
from helpdesk_bot.actions.runs.going_on import go_on
from helpdesk_bot.actions.runs.moves import LATE, REMIND, about, move_step
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.domain.runs.states import Step as StepState
from helpdesk_bot.domain.runs.states import StepMove
from helpdesk_bot.storage import timers


async def done(walk: Walk, name: str, who: str, evidence: str | None = None, link: str | None = None) -> None:
    """`evidence`: as it is kept; `link`: where one was wanted. Raises UserError when it is not the step's turn."""
    row = walk.steps[name]
    await move_step(walk, name, StepMove.FINISH, who)
    row.who, row.done_at = who, walk.act.now
    row.evidence = evidence if evidence is not None else row.evidence
    row.verified_by = row.verified_at = row.reason = row.looks = None
    await asks.forget(walk, Ask.DO, name, Ask.CONFIRM)
    await queue.settle(walk, name)
    await looking.begin(walk, name, who, link)
    if walk.steps[name].state is StepState.DONE:
        await timers.first_moments(walk.act.session, about(walk.run.id, name), {LATE: walk.act.now + REMIND})
    await go_on(walk)


async def skip(walk: Walk, name: str, who: str, reason: str) -> None:
    """Leaves a step out, for a reason that everybody in the room reads on request."""
    await move_step(walk, name, StepMove.SKIP, who)
    walk.steps[name].who, walk.steps[name].reason = who, reason
    await clear(walk, name)
    await signing.take_back(walk, name)
    await go_on(walk)


async def put_back(walk: Walk, name: str, who: str, reason: str | None = None) -> None:
    """It was not done after all, or is wanted after all."""
    row = walk.steps[name]
    await move_step(walk, name, StepMove.PUT_BACK, who)
    row.reason, row.done_at, row.verified_by, row.verified_at = reason, None, None, None
    await clear(walk, name)
    await signing.take_back(walk, name)
    await go_on(walk)
