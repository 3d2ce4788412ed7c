"""A question comes in: the ticket exists at the first message, what is unknown is asked afterwards."""

from datetime import timedelta
from typing import Any

from helpdesk_bot.actions import expecting, relay, targets
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask, forget
from helpdesk_bot.actions.routing import offer, route, route_next
from helpdesk_bot.actions.status import move
from helpdesk_bot.actions.talking import invite, speak_about
from helpdesk_bot.actions.topics import listen
from helpdesk_bot.domain.federation.addresses import is_elsewhere
from helpdesk_bot.domain.tickets import FINISHED, Move, Priority, Status, subject_of
from helpdesk_bot.storage import outbox, timers
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Message, Person, Ticket
from helpdesk_bot.texts.render import Person as Named

GREET = "greet"  # the timer of a welcome that was put off
FIRST_THINGS = timedelta(minutes=3)  # so long it waits for an answer to what was asked first


async def open_ticket(
    act: Act,
    *,
    requester: Person,
    room_id: str,
    words: str | None,
    language: str,
    stadsdeel: str | None,
    organisation_id: int | None,
    root_event: str | None,
    thread: str | None,
    opened_by: str,
    topic: str | None = None,
) -> Ticket:
    """Makes the ticket. Who asked hears its number and what happens next; what is missing is asked.

    `words`: what was asked, None when there is only a file. `topic`: what it is about, where that is known.
    """
    question = words or act.words(None, "media.question").body
    ticket = Ticket(
        id=await outbox.number_before(act.session),
        requester=requester.user_id,
        opened_by=opened_by,
        room_id=room_id,
        root_event=root_event,
        thread=thread,
        language=language,
        subject=subject_of(question),
        question=question,
        stadsdeel=stadsdeel,
        organisation_id=organisation_id,
        status=Status.NEW,
        priority=Priority.NORMAL,
        topic=topic or act.topics.guess(words or ""),
        topic_said=topic is not None,
        suggested=[],
        created_at=act.now,
        changed_at=act.now,
        confirmed=False,
    )
    act.session.add(ticket)
    await act.session.flush()
    outbox.opened(act.session, ticket.id)
    act.record(ticket, opened_by, "opened")
    await targets.begin(act, ticket)
    return ticket


async def welcome(act: Act, ticket: Ticket) -> None:
    """Tells the number, asks for what is unknown, and brings the question to people, now or after a while."""
    if ticket.opened_by != ticket.requester:
        helper = await act.helper_name(ticket, ticket.opened_by)
        asked_for = Named(ticket.requester, await act.name(ticket.requester, ticket.room_id), ping=True)
        await tell_and_ask(
            act, ticket, "ticket.created_for_you", name=asked_for, helper=helper, subject=ticket.subject
        )
        await route(act, ticket)  # whoever wrote it down brought it to their own team
    elif ticket.stadsdeel is None:
        await ask_where(act, ticket)
        wait = act.config.asking.overflow_after
        await timers.set_timer(act.session, "overflow", ticket.id, act.now + wait)
    else:
        await tell_and_ask(act, ticket, "ticket.created", stadsdeel=act.layout.name_of(ticket.stadsdeel))
        await route_next(act, ticket)


async def put_off_welcome(act: Act, ticket: Ticket) -> None:
    """The same, when something is to be asked first that can't wait. People see the question meanwhile; whoever asks hears
    the rest, and is asked the rest, after that or when they have not answered."""
    await timers.set_timer(act.session, GREET, ticket.id, act.now + FIRST_THINGS)
    if ticket.stadsdeel is not None:
        await route_next(act, ticket)


async def greet(act: Act, ticket: Ticket, *before: str) -> bool:
    """What was put off, after the words of `before`; whether there was any. Not when somebody has it meanwhile."""
    await timers.cancel(act.session, ticket.id, GREET)
    if ticket.status != Status.NEW:
        return False
    if ticket.stadsdeel is not None:
        stadsdeel = act.layout.name_of(ticket.stadsdeel)
        await tell_and_ask(act, ticket, *before, "ticket.created", stadsdeel=stadsdeel)
    elif ticket.card is not None:
        await tell_and_ask(act, ticket, *before, "ticket.overflow")
    else:
        await ask_where(act, ticket, *before)
        wait = act.config.asking.overflow_after
        await timers.set_timer(act.session, "overflow", ticket.id, act.now + wait)
    return True


async def greet_late(act: Act, ticket: Ticket) -> None:
    """They have not answered what was asked first."""
    await greet(act, ticket)


async def ask_where(act: Act, ticket: Ticket, *before: str) -> None:
    wait = act.config.asking.overflow_after
    said = await invite(
        act, ticket, *before, "ticket.created_where", choices=stadsdeel_choices(act), wait=wait
    )
    await ask(act, ticket, "stadsdeel", said)


async def tell_and_ask(act: Act, ticket: Ticket, *keys: str, **params: Any) -> None:
    """What happens with the question, when somebody is heard of at the latest and, in the same message, for which
    organisation it is if that is unknown."""
    more, values = await expecting.now_told(act, ticket)
    if ticket.organisation_id is not None:
        await invite(act, ticket, *keys, *more, **params, **values)
        return
    said = await invite(act, ticket, *keys, *more, "ticket.which_organisation", **params, **values)
    await ask(act, ticket, "organisation", said)


async def overflow(act: Act, ticket: Ticket) -> None:
    """Nobody said in which stadsdeel it is: the city's team takes it, and the requester hears so."""
    if ticket.card is None and ticket.status == Status.NEW:
        await route(act, ticket)
        await tell_and_ask(act, ticket, "ticket.overflow")


async def without_stadsdeel(act: Act, ticket: Ticket) -> None:
    """The requester does not know it either: that holds nothing up."""
    await forget(act, ticket, "stadsdeel")
    if ticket.card is None and ticket.status == Status.NEW:
        await overflow(act, ticket)
    else:
        await act.tell_requester(ticket, "ticket.stadsdeel_none", notify=False)


def stadsdeel_choices(act: Act) -> str:
    """'1 Centrum, 2 Noord, …': what people may answer, by number or by name."""
    return ", ".join(f"{place} {s.name}" for place, s in enumerate(act.layout.stadsdelen, start=1))


async def add_to_ticket(act: Act, ticket: Ticket, message: Message, *, bystander: bool) -> None:
    """More on a question. The requester's answer to a finished one opens it again; a bystander's words only go along."""
    if bystander:
        act.record(ticket, message.sender, "bystander_wrote")
    elif ticket.status in FINISHED:
        await reopen(act, ticket, message.sender)
    else:
        await move(act, ticket, Move.REQUESTER_WROTE, message.sender)
        await timers.cancel(act.session, ticket.id, "remind", "warn", "close")
    if not bystander and listen(act, ticket, message.sender, message.text):
        await offer(act, ticket)
        await refresh_card(act, ticket)
    await relay.to_team(act, ticket, message)


def may_reopen(act: Act, ticket: Ticket) -> bool:
    """For 14 days (configurable) after it was finished."""
    finished = ticket.closed_at or ticket.solved_at
    return (
        ticket.status in FINISHED
        and finished is not None
        and act.now - finished <= act.config.finishing.reopen_within
    )


async def reopen(act: Act, ticket: Ticket, who: str) -> None:
    """Opens a finished ticket again, with the same helper if they still help here, and says so to both."""
    await open_again(act, ticket, who)
    if ticket.assignee is not None:
        helper = await act.helper_name(ticket, ticket.assignee)
        await expecting.tell(act, ticket, "finish.reopened", helper=helper)
    else:
        await expecting.tell(act, ticket, "finish.reopened_new_helper")
        await bring_again(act, ticket)
    await speak_about(act, ticket)
    await act.tell_team(ticket, "finish.reopened_team", notify=True, name=await act.name(who, ticket.room_id))
    await refresh_card(act, ticket)


async def open_again(act: Act, ticket: Ticket, who: str | None) -> None:
    """The same, and nobody hears of it yet. Who does not help here any more has it no longer."""
    still_here = ticket.assignee is not None and await _still_helps(act, ticket, ticket.assignee)
    if not still_here:
        ticket.assignee = ticket.learner = None
    await timers.cancel(act.session, ticket.id)
    await move(act, ticket, Move.REOPEN if still_here else Move.REQUEUE, who)
    ticket.solved_at = ticket.closed_at = None
    ticket.confirmed = False
    await forget(act, ticket)


async def bring_again(act: Act, ticket: Ticket) -> None:
    """A question that was opened again and is nobody's is brought to people; it may never have reached a team."""
    await (route if ticket.card is None else offer)(act, ticket)


async def _still_helps(act: Act, ticket: Ticket, user_id: str) -> bool:
    """Whoever helps from another helpdesk does, until one of both says otherwise: then they have it no more."""
    return is_elsewhere(user_id) or (await standing_of(act.session, act.layout, user_id)).helps_in(
        ticket.team_room
    )
