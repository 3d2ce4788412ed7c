"""A question comes in: the ticket exists at the first message, what is unknown is asked afterwards."""

from sqlalchemy import select

from helpdesk_bot.actions import relay
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask, forget
from helpdesk_bot.actions.routing import route
from helpdesk_bot.actions.status import move
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.tickets import FINISHED, Move, Priority, Status
from helpdesk_bot.storage import outbox, timers
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Message, Organisation, Person, Room, Ticket
from helpdesk_bot.storage.outbox import Outgoing

SUBJECT_LENGTH = 60


def subject_of(text: str) -> str:
    """The first line of a question, short enough for a list."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(first) <= SUBJECT_LENGTH:
        return first
    return first[: SUBJECT_LENGTH - 1].rsplit(" ", 1)[0] + "…"


async def open_ticket(
    act: Act,
    *,
    requester: Person,
    room_id: str,
    question: str,
    language: str,
    stadsdeel: str | None,
    organisation_id: int | None,
    root_event: str | None,
    thread: str | None,
    opened_by: str,
) -> Ticket:
    """Makes the ticket. Who asked hears its number and what happens next; what is missing is asked."""
    ticket = Ticket(
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
        suggested=[],
        created_at=act.now,
        changed_at=act.now,
        confirmed=False,
    )
    act.session.add(ticket)
    await act.session.flush()
    act.record(ticket, opened_by, "opened")
    return ticket


async def welcome(act: Act, ticket: Ticket) -> None:
    """Tells the number, asks for what is unknown, and brings the question to people, now or after a while."""
    if ticket.opened_by != ticket.requester:
        helper = await act.name(ticket.opened_by)
        said = await act.tell_requester(
            ticket, "ticket.created_for_you", helper=helper, subject=ticket.subject
        )
    elif ticket.stadsdeel is None:
        said = await act.tell_requester(
            ticket,
            "ticket.created_where",
            choices=stadsdeel_choices(act),
            wait=act.config.asking.overflow_after,
        )
    else:
        said = await act.tell_requester(
            ticket, "ticket.created", notify=False, stadsdeel=act.layout.name_of(ticket.stadsdeel)
        )
    if ticket.stadsdeel is None:
        await ask(act, ticket, "stadsdeel", said)
        await timers.set_timer(act.session, "overflow", ticket.id, act.now + act.config.asking.overflow_after)
    else:
        await route(act, ticket)
        await ask_organisation(act, ticket)


async def ask_organisation(act: Act, ticket: Ticket) -> None:
    if ticket.organisation_id is None and ticket.opened_by == ticket.requester:
        await ask(
            act,
            ticket,
            "organisation",
            await act.tell_requester(ticket, "ticket.which_organisation", notify=False),
        )


def stadsdeel_choices(act: Act) -> str:
    """'1 Centrum, 2 Noord, …': what people may answer, by number or by name."""
    return ", ".join(f"{place} {s.name}" for place, s in enumerate(act.layout.stadsdelen, start=1))


async def add_to_ticket(act: Act, ticket: Ticket, message: Message) -> None:
    """More from the requester. An answer to a finished question opens it again."""
    if ticket.status in FINISHED:
        await reopen(act, ticket, message.sender)
    else:
        await move(act, ticket, Move.REQUESTER_WROTE, message.sender)
        await timers.cancel(act.session, ticket.id, "remind", "warn", "close")
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
    """Opens a finished ticket again, with the same helper if they still help here."""
    still_here = ticket.assignee is not None and await _still_helps(act, ticket, ticket.assignee)
    if not still_here:
        ticket.assignee = None
    await move(act, ticket, Move.REOPEN if still_here else Move.REQUEUE, who)
    ticket.solved_at = ticket.closed_at = None
    ticket.confirmed = False
    await timers.cancel(act.session, ticket.id)
    await forget(act, ticket)
    if still_here:
        await act.tell_requester(ticket, "finish.reopened", helper=await act.name(ticket.assignee or ""))
    else:
        await act.tell_requester(ticket, "finish.reopened_new_helper")
    await act.tell_team(ticket, "finish.reopened_team", notify=True, name=await act.name(who, ticket.room_id))
    await refresh_card(act, ticket)


async def _still_helps(act: Act, ticket: Ticket, user_id: str) -> bool:
    return (await standing_of(act.session, act.layout, user_id)).helps_in(ticket.team_room)


async def set_stadsdeel(act: Act, ticket: Ticket, stadsdeel: str, who: str) -> None:
    """Remembers where the requester is, and brings the ticket there."""
    ticket.stadsdeel = stadsdeel
    await remember(act, ticket, stadsdeel=stadsdeel)
    act.record(ticket, who, "stadsdeel", stadsdeel=stadsdeel)
    await forget(act, ticket, "stadsdeel")
    await route(act, ticket)


async def set_organisation(act: Act, ticket: Ticket, name: str, who: str) -> Organisation:
    """Remembers for which organisation the requester asks."""
    organisation = await organisation_named(act, name)
    ticket.organisation_id = organisation.id
    if organisation.stadsdeel is None:
        organisation.stadsdeel = ticket.stadsdeel
    await remember(act, ticket, organisation_id=organisation.id)
    act.record(ticket, who, "organisation", organisation=organisation.id)
    await forget(act, ticket, "organisation")
    await refresh_card(act, ticket)
    return organisation


async def organisation_named(act: Act, name: str) -> Organisation:
    """The organisation of this name, whatever its capitals and accents; made when it is new."""
    name = " ".join(name.split())[:80]
    key = plain_key(name)
    found = await act.session.scalar(select(Organisation).where(Organisation.name_key == key))
    if found is None:
        found = Organisation(name=name, name_key=key, created_at=act.now)
        act.session.add(found)
        await act.session.flush()
    return found


async def remember(
    act: Act, ticket: Ticket, *, stadsdeel: str | None = None, organisation_id: int | None = None
) -> None:
    """Keeps an answer with the person, and with a room of the organisation's own, so that it is asked once."""
    person = await act.person(ticket.requester)
    room = await act.session.get(Room, ticket.room_id)
    own_room = room if room is not None and act.layout.kind(ticket.room_id) is None else None
    for place in (person, own_room):
        if place is not None and stadsdeel is not None:
            place.stadsdeel = stadsdeel
        if place is not None and organisation_id is not None:
            place.organisation_id = organisation_id


async def open_direct_chat(act: Act, user_id: str) -> None:
    """Queues a direct chat with somebody; what is said to 'direct:@user' goes there as soon as it exists."""
    await outbox.enqueue(
        act.session,
        Outgoing(f"direct:{user_id}", {"invite": user_id}, type="m.room.create", kind="direct"),
        act.now,
    )
