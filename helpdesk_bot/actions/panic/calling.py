"""One is called after the other, until somebody comes. Each step is told to whoever waits, as it happens."""

from collections.abc import Sequence
from datetime import datetime

from helpdesk_bot.actions import targets
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.duty.rotas import duties_for, duty_of, where
from helpdesk_bot.actions.panic.ending import call_off
from helpdesk_bot.actions.panic.first_aid import kind_words
from helpdesk_bot.actions.panic.outside import all_failed, goes_on, reaches_outside, ring_no_more, rings
from helpdesk_bot.actions.panic.ringing import coordinators, ring, ring_room
from helpdesk_bot.actions.routing import offer
from helpdesk_bot.domain.panic import COORDINATORS, RUNNING, Next, State, next_to_call
from helpdesk_bot.domain.targets import Clock
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.storage import panics, timers
from helpdesk_bot.storage.models import Panic, PanicCall, Ticket
from helpdesk_bot.texts.render import Rendered

SILENT = "panic_next"  # the timer of whoever was called last
ROUNDS_APART = 3  # times as long as one is waited for, before everybody is called a second time


def about(panic: Panic) -> str:
    """What the timers of an emergency are about."""
    return f"panic:{panic.id}"


async def call_first(act: Act, panic: Panic, ticket: Ticket) -> None:
    """The alarm goes off."""
    await tell_team(act, panic, ticket)
    await _call_next(act, panic, ticket, "panic.started")


async def tell_team(act: Act, panic: Panic, ticket: Ticket) -> None:
    """Whoever is there may take it before anybody who is called."""
    if panic.state in RUNNING:
        name = await act.name(ticket.requester, ticket.room_id)
        kind = kind_words(act, None, panic.kind)
        await act.tell_team(ticket, "panic.team", notify=True, name=name, kind=kind)


async def silent(act: Act, key: str) -> None:
    """Whoever was called last has not said that they come."""
    panic = await act.session.get_one(Panic, int(key))
    ticket = await act.session.get_one(Ticket, panic.ticket_id)
    if panic.state not in RUNNING:
        return
    if ticket.status not in OPEN:
        await call_off(act, ticket)
        return
    if panic.state == State.UNANSWERED:
        await _call_all_again(act, panic, ticket)
        return
    for call in await panics.calls_of(act.session, panic.id):
        if call.outcome is None and call.duty != COORDINATORS:
            call.outcome, call.ended_at = "silent", act.now
    await _call_next(act, panic, ticket, "panic.no_answer")


async def declined(act: Act, call: PanicCall) -> bool:
    """Somebody says that they can't: nobody waits for them. Whether somebody else is called for that."""
    panic, ticket = await rings(act, call)
    call.outcome, call.ended_at = "declined", act.now
    await ring_no_more(act, call)
    others_ring = any(goes_on(panic, other) for other in await panics.calls_of(act.session, panic.id))
    if panic.state != State.CALLING or others_ring:
        return False
    await _call_next(act, panic, ticket, "panic.cannot")
    return True


async def unreachable(act: Act, call: PanicCall) -> None:
    """Every channel of somebody has failed. The coordinators hear so; and the next one is called at once, though whoever
    was called may still read it in Matrix."""
    panic, ticket = await rings(act, call)
    if not await all_failed(act, call):
        return
    who = await act.name(call.user_id) if call.user_id else act.words(None, "panic.coordinators").body
    await act.tell_coordinators("alert.alarm_failed", name=who, number=ticket.id)
    await _wait_no_longer(act, panic, ticket, call, "panic.unreachable")


async def not_delivered(act: Act, call: PanicCall) -> None:
    """The call could not be said in Matrix. Whoever is called by no other channel either does not know of it."""
    panic, ticket = await rings(act, call)
    if not await reaches_outside(act, call):
        await _wait_no_longer(act, panic, ticket, call, "panic.unreachable")


async def left(act: Act, user_id: str) -> None:
    """Somebody does not help any more, while they are called."""
    for call in await panics.calls_to(act.session, user_id):
        panic, ticket = await rings(act, call)
        await ring_no_more(act, call)
        await _wait_no_longer(act, panic, ticket, call, "panic.cannot")


async def _wait_no_longer(act: Act, panic: Panic, ticket: Ticket, call: PanicCall, why: str) -> None:
    """The next one is called at once, and only once, whatever else fails of this call. `why` as for `_call_next`."""
    if goes_on(panic, call) and call.duty != COORDINATORS:
        call.outcome, call.ended_at = "silent", act.now
        await _call_next(act, panic, ticket, why)


async def where_known(act: Act, ticket: Ticket) -> None:
    """While people are called it turns out where it is: that team hears so, and whoever is on duty there is called at
    once, beside those who are called already."""
    panic = await panics.of_ticket(act.session, ticket.id)
    if panic is None:
        return
    await tell_team(act, panic, ticket)
    place = act.layout.name_of(ticket.stadsdeel)
    noted = act.words(ticket.language, "panic.where_noted", number=ticket.id, stadsdeel=place)
    before = await panics.calls_of(act.session, panic.id)
    following = await _next(act, panic, ticket, before)
    ringing = {call.user_id for call in before if goes_on(panic, call)}
    here = following is not None and following.first and following.rota == ticket.stadsdeel
    if (
        panic.state not in RUNNING
        or following is None
        or not here
        or await _on_duty_there(act, ticket) in ringing
    ):
        await act.post(ticket.room_id, noted, thread=ticket.thread, ticket=ticket)
        return
    panic.state = State.CALLING
    await _call_one(act, panic, ticket, following, noted, together=bool(ringing))
    await _wait(act, panic)


async def _on_duty_there(act: Act, ticket: Ticket) -> str | None:
    duty = await duty_of(act, ticket.stadsdeel or "")
    return duty.on_duty(act.now) if duty is not None else None


async def _call_next(act: Act, panic: Panic, ticket: Ticket, why: str) -> None:
    """`why`: the text that says why anybody is called, or somebody else now."""
    before = await panics.calls_of(act.session, panic.id)
    following = await _next(act, panic, ticket, before)
    lead = act.words(ticket.language, why, number=ticket.id)
    if following is not None:
        await _call_one(act, panic, ticket, following, lead)
    elif any(call.duty == COORDINATORS for call in before):
        await _give_up(act, panic, ticket)
        return
    else:
        await _call_coordinators(act, panic, ticket, lead, before)
    await _wait(act, panic)


async def _next(act: Act, panic: Panic, ticket: Ticket, before: Sequence[PanicCall]) -> Next | None:
    """Who of the rotas is called now; None when it is up to the coordinators."""
    called = [(call.duty, call.user_id) for call in before if call.user_id is not None]
    return next_to_call(await duties_for(act, ticket.stadsdeel), act.now, called, _never(act, panic, ticket))


def _never(act: Act, panic: Panic, ticket: Ticket) -> set[str]:
    """Who is not called, in whatever rota or room they are."""
    return {panic.raised_by, ticket.requester, act.setting.bot}


async def _wait(act: Act, panic: Panic) -> None:
    due = act.now + act.config.panic.acknowledge_within
    await timers.set_moment(act.session, SILENT, about(panic), due)


async def _call_one(
    act: Act, panic: Panic, ticket: Ticket, who: Next, lead: Rendered, *, together: bool = False
) -> None:
    key = "panic.calling" if who.on_duty else "panic.calling_next"
    if who.first and not who.on_duty:
        key = "panic.calling_in_a_gap"
    says = act.words(
        ticket.language,
        key,
        name=await act.helper_name(ticket, who.user_id),
        where=where(act, who.rota, ticket.language),
        wait=act.config.panic.acknowledge_within,
    )
    await _tell(act, ticket, lead, says)
    await act.tell_team(
        ticket, "panic.calling_team", name=await act.name(who.user_id), where=where(act, who.rota)
    )
    await ring(act, panic, ticket, who.user_id, who.rota, together=together)


async def _call_coordinators(
    act: Act, panic: Panic, ticket: Ticket, lead: Rendered, before: Sequence[PanicCall]
) -> None:
    """All of them but who has just said no, and the room where they sit; and from now on it is offered to the team as any
    question is."""
    people = await coordinators(act, _never(act, panic, ticket) | _cannot(before))
    says = [lead]
    if not before:
        some = await duties_for(act, ticket.stadsdeel)
        says.append(act.words(ticket.language, "panic.nobody_on_duty" if some else "panic.no_rota"))
    key = "panic.calling_coordinators" if people else "panic.calling_the_team"
    says.append(act.words(ticket.language, key, wait=act.config.panic.acknowledge_within))
    await _tell(act, ticket, *says)
    await act.tell_team(ticket, "panic.team_please", notify=True)
    for user in people:
        await ring(act, panic, ticket, user, COORDINATORS, together=True)
    await ring_room(act, panic, ticket, people)
    await offer(act, ticket)


async def _give_up(act: Act, panic: Panic, ticket: Ticket) -> None:
    """Everybody was called. That is said as it is, with when somebody will surely read it; a call can still be answered."""
    panic.state = State.UNANSWERED
    read_by = await read_at_the_latest(act, ticket)
    again = ROUNDS_APART * act.config.panic.acknowledge_within
    await act.tell_requester(ticket, "panic.unanswered", read_by=read_by, again=again)
    await act.tell_team(ticket, "panic.unanswered_team", notify=True)
    await act.tell_coordinators("panic.unanswered_told", number=ticket.id, read_by=read_by)
    await timers.set_moment(act.session, SILENT, about(panic), act.now + again)


async def read_at_the_latest(act: Act, ticket: Ticket) -> datetime:
    """When helpers are there again; while they are there, when somebody is to have the question, or else to-day's end."""
    hours = act.config.hours(ticket.stadsdeel)
    if not hours.is_open(act.now):
        return hours.opens(act.now)
    by = await targets.standing(act, ticket, Clock.CLAIM)
    if by is not None and by > act.now:
        return by
    return hours.next_day_ends(act.now.astimezone(act.texts.zone).date())


async def _call_all_again(act: Act, panic: Panic, ticket: Ticket) -> None:
    """Once, all together: whoever slept through the first call may hear the second. Whoever can't come is left alone."""
    before = await panics.calls_of(act.session, panic.id)
    cannot = _cannot(before)
    people = {call.user_id: call.duty for call in before if call.user_id is not None}
    await act.tell_requester(ticket, "panic.again")
    await act.tell_team(ticket, "panic.again_team")
    for user, duty in people.items():
        if user not in cannot:
            await ring(act, panic, ticket, user, duty, together=True)


def _cannot(calls: Sequence[PanicCall]) -> set[str]:
    """Who has said so."""
    return {call.user_id for call in calls if call.user_id is not None and call.outcome == "declined"}


async def _tell(act: Act, ticket: Ticket, *says: Rendered) -> None:
    await act.post(ticket.room_id, act.texts.join(says), thread=ticket.thread, notify=True, ticket=ticket)
