"""What was begun about a step and does not matter any more: nobody is asked it, nothing is looked at, no question stays open."""

from helpdesk_bot.actions.runs import asks, looking, queue
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.moves import about
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.storage import timers

_OF_A_STEP = (Ask.CONFIRM, Ask.LINK, Ask.DECIDE, Ask.SIGN, Ask.LOOK)


async def clear(walk: Walk, name: str) -> None:
    """Its state, what was told about it and who signed for it stay as they are."""
    await asks.forget(walk, Ask.DO, name, *_OF_A_STEP)
    await looking.drop(walk, name)
    await queue.settle(walk, name)
    await timers.cancel_moments(walk.act.session, about(walk.run.id, name))


async def clear_all(walk: Walk) -> None:
    """The same of the whole run, when it is over or goes back."""
    await asks.forget_all(walk)
    await looking.drop(walk, *walk.steps)
    await queue.settle(walk, *walk.steps)
    await timers.cancel_all(walk.act.session, [about(walk.run.id, name) for name in walk.steps])
