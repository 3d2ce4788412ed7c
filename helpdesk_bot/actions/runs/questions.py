"""The open questions of a run go on with whoever walks through it from now on."""

from sqlalchemy import delete, select

from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.runs import asks
from helpdesk_bot.actions.runs.walk import INITIATIVE, Walk
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.storage.models import Dialog, RunTicket, Ticket


async def follow(walk: Walk, before: str, to: str, by: str | None) -> None:
    """What was asked in the run's own room stays there; what was asked in a chat of one's own goes on in theirs. They hear which
    questions these are, and nothing of what was said."""
    act = walk.act
    theirs = (RunTicket.run_id == walk.run.id, Ticket.requester == before, Ticket.status.in_(OPEN))
    query = (
        select(Ticket).join(RunTicket, RunTicket.ticket_id == Ticket.id).where(*theirs).order_by(Ticket.id)
    )
    tickets = (await act.session.scalars(query)).all()
    for ticket in tickets:
        await act.session.execute(
            delete(Dialog).where(Dialog.ticket_id == ticket.id, Dialog.user_id == before)
        )
        if not walk.run.threaded or ticket.room_id != walk.run.room_id:
            ticket.room_id, ticket.thread = await chat_with(act, await act.person(to)), None
        ticket.requester, ticket.language = to, await act.language_of(to)
        act.record(ticket, by, "requester", before=before, after=to)
        await act.session.flush()
        name = await act.name(to, ticket.room_id)
        await act.tell_team(ticket, "run.role.asks_now", name=name, before=await act.name(before))
        await refresh_card(act, ticket)
    if tickets:
        numbers = [str(ticket.id) for ticket in tickets]
        language = await act.language_of(to)
        words = act.words(language, "run.role.questions", n=len(tickets), numbers=numbers, number=walk.run.id)
        await asks.tell(walk, to, INITIATIVE, words)
