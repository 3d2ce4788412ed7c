"""Somebody says that a step is done, with what they were asked to tell about it. Then it is looked at."""

from helpdesk_bot.actions.runs import asks, looking, queue
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.going_on import go_on
from helpdesk_bot.actions.runs.moves import move_step
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.domain.runs.states import StepMove


async def done(walk: Walk, name: str, who: str, evidence: str | None = None) -> None:
    """`evidence`: as it is kept. Raises UserError when it is not the step's turn."""
    row = walk.steps[name]
    await move_step(walk, name, StepMove.FINISH, who)
    row.who, row.done_at = who, walk.act.now
    row.evidence = evidence if evidence is not None else row.evidence
    row.verified_by = row.verified_at = row.reason = row.looks = None
    await asks.forget(walk, Ask.DO, name)
    await asks.forget(walk, Ask.CONFIRM, name)
    await queue.settle(walk, name)
    await looking.begin(walk, name, who)
    await go_on(walk)


async def skip(walk: Walk, name: str, who: str, reason: str) -> None:
    """Leaves a step out, for a reason that everybody in the room reads on request."""
    await move_step(walk, name, StepMove.SKIP, who)
    walk.steps[name].who, walk.steps[name].reason = who, reason
    await _clear(walk, name)
    await go_on(walk)


async def put_back(walk: Walk, name: str, who: str, reason: str | None = None) -> None:
    """It was not done after all, or is wanted after all."""
    row = walk.steps[name]
    await move_step(walk, name, StepMove.PUT_BACK, who)
    row.reason, row.done_at, row.verified_by, row.verified_at = reason, None, None, None
    await _clear(walk, name)
    await go_on(walk)


async def _clear(walk: Walk, name: str) -> None:
    """What was asked about the step does not matter any more."""
    for what in (Ask.DO, Ask.CONFIRM, Ask.LINK, Ask.SIGN, Ask.LOOK):
        await asks.forget(walk, what, name)
    await looking.drop(walk, name)
    await queue.settle(walk, name)
