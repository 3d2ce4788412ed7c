"""Keeps the clocks of a question: when it should be taken up, answered and solved, and the timers that watch over it.

The columns hold the first promises, for the figures: once it was taken up, or answered, that one does not change any
more. What stands at this moment, after it was given back for example, are the timers.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain import targets
from helpdesk_bot.domain.targets import Clock, Step
from helpdesk_bot.domain.tickets import OPEN, Move, Priority, Status
from helpdesk_bot.domain.worktime import Hours
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.models import Ticket

AFTER_ASKING = (Clock.ANSWER, Clock.SOLVE)
SNOOZE = "snooze"  # the kind of the timer that brings a question back to whoever put it aside


def hours_of(act: Act, ticket: Ticket) -> Hours:
    return act.config.hours(ticket.stadsdeel)


async def begin(act: Act, ticket: Ticket) -> None:
    """A question has come in: all its clocks start."""
    ahead: dict[str, datetime] = {}
    for clock in Clock:
        due = _anew(act, ticket, clock)
        _note(ticket, clock, due)
        ahead |= _ahead(act, ticket, clock, due)
    await timers.first_moments(act.session, timers.of_ticket(ticket.id), ahead)


async def begin_all(act: Act) -> None:
    """The same for open questions that are older than these clocks, once: theirs start now."""
    query = select(Ticket).where(Ticket.status.in_(OPEN), Ticket.solve_due.is_(None))
    for ticket in (await act.session.scalars(query)).all():
        for clock in Clock:
            if clock is not Clock.CLAIM or ticket.status == Status.NEW:
                await _promise(act, ticket, clock, _anew(act, ticket, clock))
        if ticket.status == Status.WAITING:
            await _rest(act, ticket)


async def moved(act: Act, ticket: Ticket, before: Status, what: Move) -> None:
    """The status has changed, or somebody did something that leaves it as it is: the clocks follow."""
    if ticket.solve_due is None:
        return
    if before == Status.WAITING and ticket.status != Status.WAITING:
        await _go_on(act, ticket)
    if ticket.status not in OPEN:
        ticket.snoozed_until = None
        await _stop(act, ticket, *Clock)
        return
    await _whose_turn(act, ticket, before, what)
    if what in (Move.REOPEN, Move.REQUEUE):
        for clock in AFTER_ASKING:
            await _promise(act, ticket, clock, _anew(act, ticket, clock))
    if what in (Move.RELEASE, Move.HAND_OVER):
        await wake(act, ticket)


async def _whose_turn(act: Act, ticket: Ticket, before: Status, what: Move) -> None:
    """Somebody is looked for, helps, has answered, or waits for the requester."""
    if what in (Move.RELEASE, Move.REQUEUE):
        await _promise(act, ticket, Clock.CLAIM, _anew(act, ticket, Clock.CLAIM))
    elif before == Status.NEW != ticket.status:
        await _stop(act, ticket, Clock.CLAIM)
    if what is Move.ANSWER:
        await _stop(act, ticket, Clock.ANSWER)
    if before != Status.WAITING == ticket.status:
        await _rest(act, ticket)


async def follow_priority(act: Act, ticket: Ticket, before: Priority) -> None:
    """What is promised counts from now, as the new priority has it; for clocks that stand still, from when they stopped."""
    raised = targets.is_raise(before, ticket.priority)
    for clock in Clock:
        due = await standing(act, ticket, clock)
        if due is not None and before != ticket.priority:
            whole = _whole(act, ticket, clock)
            now = _on_the_clock(act, ticket)
            due = targets.after_priority(hours_of(act, ticket), now, due, whole, raised=raised)
            await _promise(act, ticket, clock, due)


async def follow_stadsdeel(act: Act, ticket: Ticket, before: str | None) -> None:
    """It goes on by the opening hours of another stadsdeel, with as much time left."""
    hours, others = act.config.hours(before), hours_of(act, ticket)
    if hours == others:
        return
    for clock in Clock:
        due = await standing(act, ticket, clock)
        if due is not None:
            now = _on_the_clock(act, ticket)
            await _promise(act, ticket, clock, targets.after_move(hours, others, now, due))


async def standing(act: Act, ticket: Ticket, clock: Clock) -> datetime | None:
    """What is promised about this at the moment, also when that has passed; None while the clock does not run."""
    found = await timers.moments(act.session, timers.of_ticket(ticket.id), *targets.kinds(clock))
    if (due := found.get(targets.kind(clock, Step.FULL))) is not None:
        return due
    overdue = {Clock.CLAIM: ticket.claim_due, Clock.ANSWER: ticket.answer_due, Clock.SOLVE: ticket.solve_due}[
        clock
    ]
    return overdue if _runs(ticket, clock) else None


async def snooze(act: Act, ticket: Ticket, until: datetime) -> None:
    """Whoever helps goes on at that moment, and is not nudged before."""
    ticket.snoozed_until = until
    await _stop(act, ticket, *AFTER_ASKING)
    await timers.set_timer(act.session, SNOOZE, ticket.id, until)


async def wake(act: Act, ticket: Ticket) -> None:
    """It is back with whoever helps, or with somebody else: the clocks watch over it again. What became overdue in the
    meantime is said a working hour later, when there was time to do something about it."""
    if ticket.snoozed_until is None:
        return
    ticket.snoozed_until = None
    await timers.cancel(act.session, ticket.id, SNOOZE)
    if ticket.status == Status.WAITING:
        return
    soon = hours_of(act, ticket).add(act.now, timedelta(hours=1))
    for clock, due in ((Clock.ANSWER, ticket.answer_due), (Clock.SOLVE, ticket.solve_due)):
        if due is not None and _runs(ticket, clock):
            await _watch(act, ticket, clock, max(due, soon))


def _on_the_clock(act: Act, ticket: Ticket) -> datetime:
    return ticket.rests or act.now


async def _rest(act: Act, ticket: Ticket) -> None:
    ticket.rests = act.now
    await _stop(act, ticket, *AFTER_ASKING)


async def _go_on(act: Act, ticket: Ticket) -> None:
    if ticket.rests is None:
        return
    hours, since = hours_of(act, ticket), ticket.rests
    ticket.rested += int(hours.between(since, act.now).total_seconds())
    ticket.rests = None
    for clock, due in ((Clock.ANSWER, ticket.answer_due), (Clock.SOLVE, ticket.solve_due)):
        if due is not None and _runs(ticket, clock):
            await _promise(act, ticket, clock, targets.after_rest(hours, since, act.now, due))


def _runs(ticket: Ticket, clock: Clock) -> bool:
    """Whether this is still waited for."""
    if clock is Clock.CLAIM:
        return ticket.status == Status.NEW
    return ticket.status in OPEN and (clock is Clock.SOLVE or ticket.answered_at is None)


async def _promise(act: Act, ticket: Ticket, clock: Clock, due: datetime) -> None:
    """It is due then."""
    _note(ticket, clock, due)
    if clock is Clock.CLAIM or (ticket.snoozed_until is None and ticket.rests is None):
        await _watch(act, ticket, clock, due)


def _note(ticket: Ticket, clock: Clock, due: datetime) -> None:
    """The figures keep what was promised first, unless it has yet to come."""
    match clock:
        case Clock.CLAIM if ticket.claimed_at is None:
            ticket.claim_due = due
        case Clock.ANSWER if ticket.answered_at is None:
            ticket.answer_due = due
        case Clock.SOLVE:
            ticket.solve_due = due


async def _watch(act: Act, ticket: Ticket, clock: Clock, due: datetime) -> None:
    await _stop(act, ticket, clock)
    await timers.first_moments(act.session, timers.of_ticket(ticket.id), _ahead(act, ticket, clock, due))


def _ahead(act: Act, ticket: Ticket, clock: Clock, due: datetime) -> dict[str, datetime]:
    """The timers that watch over a promise."""
    steps = targets.steps(clock, hours_of(act, ticket), act.now, due, _whole(act, ticket, clock))
    return {targets.kind(clock, step): at for step, at in steps.items()}


async def _stop(act: Act, ticket: Ticket, *clocks: Clock) -> None:
    await timers.cancel(act.session, ticket.id, *(kind for clock in clocks for kind in targets.kinds(clock)))


def _whole(act: Act, ticket: Ticket, clock: Clock) -> timedelta:
    return act.config.targets.of(ticket.priority).of(clock)


def _anew(act: Act, ticket: Ticket, clock: Clock) -> datetime:
    return hours_of(act, ticket).add(act.now, _whole(act, ticket, clock))
