"""What was done to a question that is lent is told to the other side, in the same transaction.

Nothing that changes a question knows of other helpdesks: at the end of a piece of work the questions that it touched are looked
at, and what the other side has not heard of is said. So there is no way to change one that could forget it.
"""

from collections.abc import Iterable

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.federation import borrowing, lending
from helpdesk_bot.storage import federation
from helpdesk_bot.storage.models import Lend, Ticket


async def follow(act: Act) -> None:
    """After a piece of work. Raises UserError for what can't be done with a question of another helpdesk."""
    touched = act.touched()
    if touched:
        await _follow(act, await federation.lends_of(act.session, touched))
        act.touched()  # what was done in here is told already


async def follow_all(act: Act) -> None:
    """The same for all that is lent: what was done where no piece of work ends, such as on a page of the web."""
    await _follow(act, await federation.going_on(act.session))


async def _follow(act: Act, lends: Iterable[Lend]) -> None:
    for lend in lends:
        ticket = await act.session.get_one(Ticket, lend.ticket_id)
        await (lending if lend.ours else borrowing).follow(act, lend, ticket)
