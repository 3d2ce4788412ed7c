"""'hulp' at a step: a question for a helper that is tied to the step, so that its answer comes where the step is done."""

import dataclasses

from helpdesk_bot.actions.runs import skill
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.questions import more, new_question
from helpdesk_bot.chat.runs import reading
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.storage import runs
from helpdesk_bot.storage.models import RunTicket, Ticket
from helpdesk_bot.texts.render import Quote, Rendered


async def ask_for_help(
    walk: Walk, name: str | None, incoming: Incoming, kind: RoomKind, before: str = ""
) -> None:
    """More on the question that they asked about this step before, if it is open; else a new one, which names the step.

    `name`: None for a question about the whole. `before`: what they wrote just before, and now turns out to be a question.
    """
    act = walk.act
    if name is not None and (ticket := await _open_already(walk, name, incoming.sender)):
        await more(act, incoming, kind, ticket)
        return
    said = incoming.text or ""
    said = before or ("" if reading.asks_help(act, said) else said)
    words = await _words(walk, name, said, await act.language_of(incoming.sender))
    topic = skill.topic(walk, name) if name is not None else None
    ticket = await new_question(act, dataclasses.replace(incoming, text=words.body), kind, topic=topic)
    if name is not None and await runs.of_ticket(act.session, ticket.id) is None:
        act.session.add(RunTicket(ticket_id=ticket.id, run_id=walk.run.id, step=name, does=False))
    walk.record(incoming.sender, "help", name, ticket=ticket.id)


async def _open_already(walk: Walk, name: str, who: str) -> Ticket | None:
    for number in await runs.tickets_of(walk.act.session, walk.run, name, does=False):
        ticket = await walk.act.session.get_one(Ticket, number)
        if ticket.status in OPEN and ticket.requester == who:
            return ticket
    return None


async def _words(walk: Walk, name: str | None, said: str, language: str) -> Rendered:
    run = {"run": walk.title(language), "number": walk.run.id}
    if name is None:
        key = "run.help.about_all" if said else "run.help.all"
        return walk.act.words(language, key, **run, said=Quote(said))
    key = "run.help.question_said" if said else "run.help.question"
    step = {"step": walk.steps[name].place, "title": walk.step_title(name, language)}
    return walk.act.words(language, key, **run, **step, said=Quote(said))
