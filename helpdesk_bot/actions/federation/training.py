"""A run of a playbook borrows a trainer: somebody of another helpdesk talks the organisation through it."""

from helpdesk_bot.actions.federation import offering
from helpdesk_bot.actions.routing import route
from helpdesk_bot.actions.runs import queue
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.domain.tickets import subject_of
from helpdesk_bot.storage.models import Peer, Ticket


async def look_for_trainer(walk: Walk, who: str) -> tuple[Ticket, list[Peer]]:
    """Asks whoever walks through the run whether a trainer of another helpdesk may help them. What is done, looked at or left out
    is still said here, by the trainers of this helpdesk. Raises UserError when no helpdesk could be asked."""
    act = walk.act
    words = act.words(
        None,
        "federation.trainer_wanted",
        number=walk.run.id,
        title=walk.title(act.texts.default),
        organisation=await walk.organisation(),
    )
    ticket = await queue.opened(walk, words.body, who)
    ticket.subject = subject_of(words.body)
    await route(act, ticket, offered=False)
    return ticket, await offering.on_purpose(act, ticket, who, None, offering.TRAINING)
