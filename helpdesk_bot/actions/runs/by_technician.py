"""A technician has solved a question that is a step of a run, or a look at one."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import doing, looking, signing
from helpdesk_bot.actions.runs.going_on import go_on
from helpdesk_bot.actions.runs.walk import TECHNICIAN, Walk
from helpdesk_bot.domain.runs.states import OPEN, Step
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import runs
from helpdesk_bot.storage.models import Ticket


async def step_done(act: Act, ticket: Ticket, who: str) -> bool:
    """Whether the question is a step; then what follows has been done. Raises UserError when something has to be told or
    signed first."""
    tied = await runs.of_ticket(act.session, ticket.id)
    if tied is None or not tied.does:
        return False
    walk = await Walk.numbered(act, tied.run_id)
    row = walk.steps.get(tied.step)
    if row is None:
        return False
    ticket.assignee = ticket.assignee or who
    if row.state is Step.DONE and row.looks == TECHNICIAN:
        await looking.passed(walk, tied.step, who)
        await go_on(walk)
        return True
    if row.state not in OPEN:
        return False
    if walk.planned(tied.step).role != TECHNICIAN and await _has_signed(walk, tied.step):
        return False
    place = f"{walk.run.id}.{row.place}"
    step = walk.planned(tied.step)
    if step.irreversible and not await signing.signed(walk, step):
        raise UserError("run.queue.sign_first", place=place)
    told = walk.written(tied.step).evidence
    if told is not None and row.evidence is None:
        language = await act.language_of(who)
        raise UserError("run.queue.tell_first", place=place, ask=walk.own(told.ask, language))
    await doing.done(walk, tied.step, who)
    return True


async def cannot_be_undone(act: Act, ticket: Ticket) -> bool:
    """Whether the question is a step that two people here have to sign for."""
    tied = await runs.of_ticket(act.session, ticket.id)
    if tied is None or not tied.does:
        return False
    walk = await Walk.numbered(act, tied.run_id)
    return tied.step in walk.steps and walk.planned(tied.step).irreversible


async def _has_signed(walk: Walk, name: str) -> bool:
    """They were only asked to say yes, and did: the step itself is somebody else's."""
    return TECHNICIAN in await runs.signs_of(walk.act.session, walk.run, name)
