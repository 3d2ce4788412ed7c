"""The timers of a question's clocks: each is a step, and those that are late at once are taken as one."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from helpdesk_bot.actions import nudging
from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain import targets
from helpdesk_bot.domain.targets import Clock, Step
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.models import Ticket

CLOCKS = {targets.kind(clock, step): (clock, step) for clock in Clock for step in targets.STEPS[clock]}
_NEVER = datetime.max.replace(tzinfo=UTC)


def take(clock: Clock, step: Step) -> Callable[[Act, str], Awaitable[None]]:
    """The effect of one step's timer. Those after it that are late as well are taken with it."""

    async def run(act: Act, key: str) -> None:
        ticket = await act.session.get_one(Ticket, int(key))
        about = timers.of_ticket(ticket.id)
        ahead = await timers.moments(act.session, about, *targets.kinds(clock))
        late = {
            other
            for other in targets.STEPS[clock]
            if ahead.get(targets.kind(clock, other), _NEVER) <= act.now
        }
        await timers.cancel_moments(
            act.session, about, *(targets.kind(clock, other) for other in {step, *late})
        )
        await nudging.take(act, ticket, clock, {step, *late})

    return run
