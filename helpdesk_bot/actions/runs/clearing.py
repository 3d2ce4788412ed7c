"""What was begun about a step and does not matter any more: nobody is asked it, nothing is looked at, no question stays open."""

from helpdesk_bot.actions.runs import asks, looking, queue
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.moves import LATE, WAKE, about
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.storage import timers

_OF_A_STEP = (Ask.DO, Ask.CONFIRM, Ask.LINK, Ask.DECIDE, Ask.SIGN, Ask.LOOK)


async def clear(walk: Walk, name: str) -> None:
    """Its state, what was told about it and who signed for it stay as they are."""
    for what in _OF_A_STEP:
        await asks.forget(walk, what, name)
    await looking.drop(walk, name)
    await queue.settle(walk, name)
    await timers.cancel_moments(walk.act.session, about(walk.run.id, name), WAKE, LATE)


async def clear_all(walk: Walk) -> None:
    """The same of the whole run, when it is over or goes back."""
    for name in walk.steps:
        await clear(walk, name)
    await asks.forget_all(walk)
