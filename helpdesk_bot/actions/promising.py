"""What a helper wrote to a requester, 'I'll come back to you on Tuesday', is kept or they are reminded of it.

Any answer keeps it, silently. At the end of that day the helper is nudged once, the working day after that the team.
"""

from datetime import date, datetime, timedelta

from helpdesk_bot.actions import targets
from helpdesk_bot.actions.candidates import addressed
from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain import coming_back
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.domain.worktime import Hours
from helpdesk_bot.storage import promises, timers
from helpdesk_bot.storage.models import Message, Promise, Ticket

DUE = "promise"  # the kind of its timer


async def answered(act: Act, ticket: Ticket, message: Message) -> None:
    """An answer keeps what was promised before, and may hold a promise of its own."""
    await drop(act, ticket)
    await _note(act, ticket, message)


async def reworded(act: Act, ticket: Ticket, message: Message) -> None:
    """The answer was corrected: what it promises now is what counts, if it is the last that was promised."""
    if ticket.status in (Status.CLAIMED, Status.WAITING) and message.sender == ticket.assignee:
        standing = await promises.of_ticket(act.session, ticket.id)
        if all(promise.event_id == message.event_id for promise in standing):
            await answered(act, ticket, message)


async def _note(act: Act, ticket: Ticket, message: Message) -> None:
    day = coming_back.find(message.text or "", act.now, act.texts.zone)
    if day is None:
        return
    due = _end_of(targets.hours_of(act, ticket), day, act.now)
    promise = Promise(
        ticket_id=ticket.id, helper=message.sender, event_id=message.event_id, due_at=due, nudged=False
    )
    act.session.add(promise)
    await act.session.flush()
    await timers.set_moment(act.session, DUE, _about(promise), due)
    helper = await act.name(message.sender, ticket.team_room)
    await act.tell_team(ticket, "promise.noted", helper=helper, due=due)


async def drop(act: Act, ticket: Ticket) -> bool:
    """What was promised about this question stands no more; False when nothing was."""
    standing = await promises.of_ticket(act.session, ticket.id)
    for promise in standing:
        await timers.cancel_moments(act.session, _about(promise), DUE)
        await act.session.delete(promise)
    await act.session.flush()
    return bool(standing)


async def due(act: Act, key: str) -> None:
    """Nothing was written to the requester since."""
    promise = await act.session.get(Promise, int(key))
    if promise is None:
        return
    ticket = await act.session.get_one(Ticket, promise.ticket_id)
    if ticket.status not in (Status.CLAIMED, Status.WAITING) or ticket.assignee != promise.helper:
        await act.session.delete(promise)
        return
    if promise.nudged:
        name = await act.name(promise.helper, ticket.team_room)
        await act.session.delete(promise)
        await act.tell_team(ticket, "promise.team", notify=True, helper=name)
        return
    helper = await addressed(act, promise.helper, ticket.team_room)
    await act.tell_team(ticket, "promise.nudge", notify=helper.ping, helper=helper)
    promise.nudged = True
    hours = targets.hours_of(act, ticket)
    tomorrow = act.now.astimezone(hours.zone).date() + timedelta(days=1)
    await timers.set_moment(act.session, DUE, _about(promise), hours.next_day_ends(tomorrow))


def _end_of(hours: Hours, day: date, now: datetime) -> datetime:
    """When helpers go home on that day. When nobody is there, or has gone home already, the next day that they are."""
    ends = hours.next_day_ends(day)
    return ends if ends > now else hours.next_day_ends(day + timedelta(days=1))


def _about(promise: Promise) -> str:
    return f"promise:{promise.id}"
