"""Who learns joins in with their mentor, and later does it themselves with the mentor beside them."""

from sqlalchemy import or_, select

from helpdesk_bot.actions.candidates import of_team, question_of
from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.routing import companion
from helpdesk_bot.storage.models import Technician, Ticket
from helpdesk_bot.texts.render import Person


async def join_in(act: Act, ticket: Ticket) -> None:
    """Somebody has taken it: whoever learns from them, or taught them, is asked to look along."""
    ticket.learner = None
    helper = ticket.assignee
    if helper is None or ticket.topic is None or not await _is_of_a_pair(act, helper):
        return
    beside = companion(await question_of(act, ticket), helper, await of_team(act, ticket))
    if beside is None:
        return
    ticket.learner = beside
    leads = await act.session.get(Technician, helper)
    key = "take.join_mentor" if leads is not None and leads.mentor == beside else "take.join_learner"
    await act.tell_team(
        ticket,
        key,
        notify=True,
        name=Person(beside, await act.name(beside, ticket.team_room), ping=True),
        helper=await act.name(helper, ticket.team_room),
        topic=act.topics.name(ticket.topic),
    )


async def _is_of_a_pair(act: Act, helper: str) -> bool:
    """Whether they have a mentor or are one."""
    mine = (Technician.user_id == helper) & Technician.mentor.is_not(None)
    query = select(Technician.user_id).where(or_(mine, Technician.mentor == helper))
    return await act.session.scalar(query.limit(1)) is not None
