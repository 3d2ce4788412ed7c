"""One is called after the other, until somebody comes. Each step is told to whoever waits, as it happens."""

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.duty.rotas import duties_for, where
from helpdesk_bot.actions.panic.ending import call_off
from helpdesk_bot.actions.panic.first_aid import kind_words
from helpdesk_bot.actions.panic.outside import all_failed, goes_on, ring_outside, rings
from helpdesk_bot.domain.panic import COORDINATORS, Next, State, next_to_call
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.storage import outbox, panics, timers
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Member, Panic, PanicCall, Ticket
from helpdesk_bot.storage.outbox import Urgency
from helpdesk_bot.texts.render import Link, Person, Quote, Rendered
from helpdesk_bot.texts.values import event_url

SILENT = "panic_next"  # the timer of whoever was called last
SHOWN = 300  # characters of the question


def about(panic: Panic) -> str:
    """What the timers of an emergency are about."""
    return f"panic:{panic.id}"


async def call_first(act: Act, panic: Panic, ticket: Ticket) -> None:
    """The alarm goes off."""
    name = await act.name(ticket.requester, ticket.room_id)
    await act.tell_team(ticket, "panic.team", notify=True, name=name, kind=kind_words(act, None, panic.kind))
    await _call_next(act, panic, ticket, "panic.started")


async def silent(act: Act, key: str) -> None:
    """Whoever was called last has not said that they come."""
    panic = await act.session.get_one(Panic, int(key))
    ticket = await act.session.get_one(Ticket, panic.ticket_id)
    if panic.state != State.CALLING:
        return
    if ticket.status not in OPEN:
        await call_off(act, ticket)
        return
    for call in await panics.calls_of(act.session, panic.id):
        if call.outcome is None and call.duty != COORDINATORS:
            call.outcome, call.ended_at = "silent", act.now
    await _call_next(act, panic, ticket, "panic.no_answer")


async def declined(act: Act, call: PanicCall) -> None:
    """Somebody says that they can't: nobody waits for them."""
    panic, ticket = await rings(act, call)
    call.outcome, call.ended_at = "declined", act.now
    waited_for = [c for c in await panics.calls_of(act.session, panic.id) if goes_on(panic, c)]
    if panic.state == State.CALLING and not any(c.user_id for c in waited_for):
        await _call_next(act, panic, ticket, "panic.cannot")


async def unreachable(act: Act, call: PanicCall) -> None:
    """Every channel of somebody has failed. The coordinators hear so; and the next one is called at once, though whoever
    was called may still read it in Matrix."""
    panic, ticket = await rings(act, call)
    if not await all_failed(act, call):
        return
    who = await act.name(call.user_id) if call.user_id else act.words(None, "panic.coordinators").body
    await act.tell_coordinators("alert.alarm_failed", name=who, number=ticket.id)
    if goes_on(panic, call) and call.duty != COORDINATORS:
        await _call_next(act, panic, ticket, "panic.unreachable")


async def _call_next(act: Act, panic: Panic, ticket: Ticket, why: str) -> None:
    """`why`: the text that says why anybody is called, or somebody else now."""
    before = await panics.calls_of(act.session, panic.id)
    duties = await duties_for(act, ticket.stadsdeel)
    called = [(call.duty, call.user_id) for call in before if call.user_id is not None]
    never = {panic.raised_by, ticket.requester, act.setting.bot}
    following = next_to_call(duties, act.now, called, never)
    lead = act.words(ticket.language, why, number=ticket.id)
    if following is not None:
        await _call_one(act, panic, ticket, following, lead)
    elif any(call.duty == COORDINATORS for call in before):
        await _give_up(act, panic, ticket)
        return
    else:
        reason = None if before else "panic.nobody_on_duty" if duties else "panic.no_rota"
        await _call_coordinators(act, panic, ticket, lead, reason)
    due = act.now + act.config.panic.acknowledge_within
    await timers.set_moment(act.session, SILENT, about(panic), due)


async def _call_one(act: Act, panic: Panic, ticket: Ticket, who: Next, lead: Rendered) -> None:
    key = "panic.calling" if who.on_duty else "panic.calling_next"
    if who.first and not who.on_duty:
        key = "panic.calling_in_a_gap"
    says = act.words(
        ticket.language,
        key,
        name=await act.name(who.user_id),
        where=where(act, who.rota, ticket.language),
        wait=act.config.panic.acknowledge_within,
    )
    await _tell(act, ticket, lead, says)
    await act.tell_team(
        ticket, "panic.calling_team", name=await act.name(who.user_id), where=where(act, who.rota)
    )
    await _ring(act, panic, ticket, who.user_id, who.rota)


async def _call_coordinators(
    act: Act, panic: Panic, ticket: Ticket, lead: Rendered, reason: str | None
) -> None:
    """All of them, and the room where they sit; without a rota the team as well."""
    people = await _coordinators(act, {panic.raised_by, ticket.requester, act.setting.bot})
    says = [lead] + ([act.words(ticket.language, reason)] if reason else [])
    wait = act.config.panic.acknowledge_within
    await _tell(act, ticket, *says, act.words(ticket.language, "panic.calling_coordinators", wait=wait))
    if reason is not None and ticket.suggested:
        team = [Person(user, await act.name(user, ticket.team_room), ping=True) for user in ticket.suggested]
        await act.tell_team(ticket, "panic.team_please", notify=True, people=team)
    for user in people:
        await _ring(act, panic, ticket, user, COORDINATORS)
    call = await _new_call(act, panic, None, COORDINATORS)
    pinged = [Person(user, await act.name(user), ping=True) for user in people]
    call.asked = await act.post(
        act.layout.coordination,
        act.words(
            None,
            "panic.call_coordinators",
            people=pinged or act.words(None, "panic.coordinators").body,
            number=ticket.id,
            where=_place(act, ticket, None),
            kind=kind_words(act, None, panic.kind),
            card=await _card(act, ticket, None),
        ),
        notify=True,
    )
    ring_outside(act, call)


async def _ring(act: Act, panic: Panic, ticket: Ticket, user: str, duty: str) -> None:
    """In Matrix, at any hour, because it is their duty; and outside it by every channel they have."""
    language = await act.language_of(user)
    call = await _new_call(act, panic, user, duty)
    words = act.words(
        language,
        "panic.call",
        user=Person(user, await act.name(user), ping=True),
        number=ticket.id,
        where=_place(act, ticket, language),
        kind=kind_words(act, language, panic.kind),
        name=await act.name(ticket.requester, ticket.room_id),
        question=Quote(ticket.question, longest=SHOWN),
        wait=act.config.panic.acknowledge_within,
    )
    call.asked = await act.post(
        await chat_with(act, await act.person(user)), words, notify=True, priority=Urgency.PERSON
    )
    ring_outside(act, call)


async def _new_call(act: Act, panic: Panic, user: str | None, duty: str) -> PanicCall:
    call = PanicCall(panic_id=panic.id, user_id=user, duty=duty, called_at=act.now)
    act.session.add(call)
    await act.session.flush()
    return call


async def _give_up(act: Act, panic: Panic, ticket: Ticket) -> None:
    """Everybody was called. That is said as it is, with when somebody will surely read it; a call can still be answered."""
    panic.state = State.UNANSWERED
    read_by = act.config.hours(ticket.stadsdeel).opens(act.now)  # when helpers are there again
    await act.tell_requester(ticket, "panic.unanswered", read_by=read_by)
    await act.tell_team(ticket, "panic.unanswered_team", notify=True)
    await act.tell_coordinators("panic.unanswered_told", number=ticket.id, read_by=read_by)


async def _coordinators(act: Act, without: set[str]) -> list[str]:
    there = select(Member.user_id).where(
        Member.room_id == act.layout.coordination, Member.membership == "join"
    )
    people = sorted(set(await act.session.scalars(there)) - without)
    return [user for user in people if (await standing_of(act.session, act.layout, user)).coordinator]


async def _tell(act: Act, ticket: Ticket, *says: Rendered) -> None:
    await act.post(ticket.room_id, act.texts.join(says), thread=ticket.thread, notify=True, ticket=ticket)


def _place(act: Act, ticket: Ticket, language: str | None) -> str:
    return where(act, ticket.stadsdeel or "", language)


async def _card(act: Act, ticket: Ticket, language: str | None) -> Link | str:
    """Where the question stands, for whoever may read there."""
    words = act.words(language, "panic.card").body
    if ticket.team_room is None:
        return words
    event = await outbox.event_of(act.session, ticket.card) if ticket.card is not None else None
    return Link(event_url(ticket.team_room, event), words)
