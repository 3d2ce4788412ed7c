"""Somebody raises the alarm."""

from datetime import datetime, timedelta
from typing import Any

from helpdesk_bot.actions import asking
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.details import change_priority
from helpdesk_bot.actions.dialogs import ask, forget
from helpdesk_bot.actions.panic import first_aid
from helpdesk_bot.actions.panic.calling import about, call_first, read_at_the_latest
from helpdesk_bot.actions.panic.ending import call_off
from helpdesk_bot.actions.panic.ringing import asked_before, coordinators, what_is_wrong
from helpdesk_bot.actions.routing import routed, withdraw
from helpdesk_bot.actions.talking import invite
from helpdesk_bot.domain.panic import State
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.tickets import OPEN, Priority
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import panics, timers
from helpdesk_bot.storage.models import Message, Panic, Ticket
from helpdesk_bot.storage.outbox import Urgency
from helpdesk_bot.texts.render import Person

CONFIRM = "panic"  # the dialog 'is this an emergency?'
UNDECIDED = "panic_undecided"  # the timer of a decision that coordinators have to take
ASKED_AGAIN = 2  # times; then it is said that nobody has decided
DAY = timedelta(days=1)


async def raise_alarm(
    act: Act,
    ticket: Ticket,
    who: str,
    kind: str | None,
    *,
    said: Message | None = None,
    by_helper: bool = False,
) -> Panic:
    """Calls people for this ticket, or joins in when that is going on. Whoever did so very often today waits for a
    coordinator, who decides; a helper who does it for others need not. `kind`: which emergency it sounds like; `said`: in
    which words, if they are not the question."""
    await forget(act, ticket, CONFIRM)
    running = await panics.of_ticket(act.session, ticket.id)
    if running is not None:
        await act.tell_requester(ticket, f"panic.joined_{running.state}")
        return running
    today = await panics.count_of(act.session, who, act.now - DAY)
    often = today >= act.config.panic.per_day and not by_helper
    panic = Panic(
        ticket_id=ticket.id,
        raised_by=who,
        kind=kind,
        state=State.HELD if often else State.CALLING,
        raised_at=act.now,
        message_id=said.id if said is not None else None,
    )
    act.session.add(panic)
    await act.session.flush()
    act.record(ticket, who, "panic")
    await change_priority(act, ticket, who, Priority.URGENT)
    await routed(act, ticket)
    if often:
        await _hold(act, panic, ticket)
    else:
        await withdraw(act, ticket)
        await call_first(act, panic, ticket)
    await _ask_where(act, ticket)
    await first_aid.offer(act, panic, ticket)
    return panic


async def _ask_where(act: Act, ticket: Ticket) -> None:
    """By name, because a number says which first aid they need. For which organisation it is can wait."""
    await timers.cancel(act.session, ticket.id, asking.GREET)
    await forget(act, ticket, "organisation", "stadsdeel")
    if ticket.stadsdeel is None and ticket.assignee is None:
        names = ", ".join(part.name for part in act.layout.stadsdelen)
        said = await invite(act, ticket, "panic.where", names=names)
        await ask(act, ticket, "stadsdeel", said)


async def _hold(act: Act, panic: Panic, ticket: Ticket) -> None:
    most = act.config.panic.per_day
    await act.tell_requester(ticket, "panic.held", n=most)
    await _ask_to_decide(act, panic, ticket, "panic.decide", n=most)
    await timers.set_moment(act.session, UNDECIDED, f"{about(panic)}:1", _later(act))


async def undecided(act: Act, key: str) -> None:
    """No coordinator has decided: they are asked again, by name, and whoever waits hears so. `key`: which emergency, and
    how often that has been done."""
    panic_id, _, times = key.partition(":")
    panic = await act.session.get_one(Panic, int(panic_id))
    ticket = await act.session.get_one(Ticket, panic.ticket_id)
    if panic.state != State.HELD:
        return
    if int(times) > ASKED_AGAIN:
        read_by = await read_at_the_latest(act, ticket)
        await act.tell_requester(ticket, "panic.held_undecided", read_by=read_by)
        return
    there = await coordinators(act, {panic.raised_by, ticket.requester})
    people = [Person(user, await act.name(user), ping=True) for user in there]
    await act.tell_requester(ticket, "panic.held_still", wait=act.config.panic.acknowledge_within)
    everybody = people or act.words(None, "panic.coordinators").body
    await _ask_to_decide(act, panic, ticket, "panic.decide_again", people=everybody)
    await timers.set_moment(act.session, UNDECIDED, f"{about(panic)}:{int(times) + 1}", _later(act))


async def _ask_to_decide(act: Act, panic: Panic, ticket: Ticket, key: str, **params: Any) -> None:
    words = act.words(
        None,
        key,
        number=ticket.id,
        name=await act.name(panic.raised_by, ticket.room_id),
        question=await what_is_wrong(act, panic, ticket),
        **params,
    )
    panic.asked = await act.post(
        act.layout.coordination,
        act.texts.join([words, *await asked_before(act, panic, ticket, None)]),
        notify=True,
        priority=Urgency.TEAM,
        coalesce=panics.to_decide(panic.id),
    )


def _later(act: Act) -> datetime:
    return act.now + act.config.panic.acknowledge_within


async def decide(act: Act, panic: Panic, who: Standing, *, call: bool) -> None:
    """A coordinator says whether people are called. Raises UserError for anybody else, and when it is decided already."""
    if not who.coordinator:
        raise UserError("panic.only_coordinators")
    ticket = await act.session.get_one(Ticket, panic.ticket_id)
    if panic.state != State.HELD:
        raise UserError("panic.decided", number=ticket.id)
    act.record(ticket, who.user_id, "panic_decided", call=call)
    if not call:
        await call_off(act, ticket, decided=True)
        await act.tell_requester(ticket, "panic.held_no")
    elif ticket.status in OPEN:
        panic.state = State.CALLING
        await act.session.flush()
        await withdraw(act, ticket)
        await call_first(act, panic, ticket)


async def raise_for(act: Act, ticket: Ticket, who: Standing, kind: str | None) -> Panic:
    """A helper raises the alarm about a question of somebody else. From a coordinator it decides what waits for that. `kind` as
    for `raise_alarm`."""
    if not who.helps_in(ticket.team_room):
        raise UserError("error.only_team")
    if ticket.status not in OPEN:
        raise UserError("panic.not_open", number=ticket.id)
    running = await panics.of_ticket(act.session, ticket.id)
    if running is not None and running.state == State.HELD and who.coordinator:
        await decide(act, running, who, call=True)
        return running
    if running is not None:
        raise UserError("panic.running_already", number=ticket.id)
    return await raise_alarm(act, ticket, who.user_id, kind, by_helper=True)
