"""'hulp' at a step: a question for a helper that is tied to the step, so that its answer comes where the step is done."""

import dataclasses

from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.questions import more, new_question
from helpdesk_bot.chat.runs import reading
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.storage import runs
from helpdesk_bot.storage.models import RunTicket, Ticket


async def ask_for_help(walk: Walk, name: str, incoming: Incoming, kind: RoomKind) -> None:
    """More on the question that they asked about this step before, if it is open; else a new one, which names the step."""
    act = walk.act
    for number in await runs.tickets_of(act.session, walk.run, name, does=False):
        ticket = await act.session.get_one(Ticket, number)
        if ticket.status in OPEN and ticket.requester == incoming.sender:
            await more(act, incoming, kind, ticket)
            return
    language = await act.language_of(incoming.sender)
    said = incoming.text or ""
    key = "run.help.question" if reading.asks_help(act, said) or not said else "run.help.question_said"
    words = act.words(
        language,
        key,
        step=walk.steps[name].place,
        title=walk.step_title(name, language),
        run=walk.title(language),
        number=walk.run.id,
        said=said,
    )
    ticket = await new_question(act, dataclasses.replace(incoming, text=words.body), kind)
    if await runs.of_ticket(act.session, ticket.id) is None:
        act.session.add(RunTicket(ticket_id=ticket.id, run_id=walk.run.id, step=name, does=False))
    walk.record(incoming.sender, "help", name, ticket=ticket.id)
