"""A new question: who asks, for which organisation, in which stadsdeel, and what is remembered of that."""

import dataclasses

from helpdesk_bot.actions import asking, relay
from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.command import Call
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.domain.language import guess
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.storage import queries
from helpdesk_bot.storage.models import Organisation, Person, Room, Ticket


async def new_question(act: Act, incoming: Incoming, kind: RoomKind) -> Ticket:
    """Makes a ticket of a message, with everything that is known of who asks and where."""
    person = await known(act, incoming)
    room = await act.session.get(Room, incoming.room_id)
    own = room if kind is RoomKind.OWN else None
    organisation_id = (own.organisation_id if own else None) or person.organisation_id
    organisation = await act.session.get(Organisation, organisation_id) if organisation_id else None
    stadsdeel = (
        act.layout.stadsdeel_of(incoming.room_id)
        or (own.stadsdeel if own else None)
        or person.stadsdeel
        or (organisation.stadsdeel if organisation else None)
    )
    language = person.language or act.texts.default
    question = incoming.text or act.words(None, "media.question").body
    ticket = await asking.open_ticket(
        act,
        requester=person,
        room_id=incoming.room_id,
        question=question,
        language=language,
        stadsdeel=stadsdeel if act.layout.stadsdeel(stadsdeel) else None,
        organisation_id=organisation_id,
        root_event=incoming.event_id,
        thread=incoming.thread if kind is RoomKind.DIRECT else incoming.thread or incoming.event_id,
        opened_by=incoming.sender,
    )
    await relay.keep(
        act,
        ticket,
        event_id=incoming.event_id,
        room_id=incoming.room_id,
        sender=incoming.sender,
        direction=relay.QUESTION,
        text=question,
        file=incoming.file,
    )
    await asking.welcome(act, ticket)
    if kind is not RoomKind.DIRECT and room is not None:
        room.talking_about, room.talking_since = ticket.id, act.now
    return ticket


async def known(act: Act, incoming: Incoming, *, guess_language: bool = True) -> Person:
    """Who writes, with a guess at their language until they say which they want."""
    person = await act.person(incoming.sender)
    if guess_language and not person.language_said and person.language is None:
        person.language = guess(incoming.text or "", act.texts.languages)
    return person


async def ask(call: Call, *, anew: bool = False) -> None:
    """`!hulp mijn printer …`: more about the question this person has open here, or a new one (`anew`: always)."""
    incoming = dataclasses.replace(call.incoming, text=call.rest or None)
    room = await call.act.session.get(Room, incoming.room_id)
    fresh = None
    if not anew and call.room is not RoomKind.DIRECT:
        latest = await queries.latest_ticket(call.act.session, incoming.room_id, incoming.sender)
        if latest is not None and latest.status in OPEN:
            said = call.act.now - latest.changed_at
            fresh = latest if said <= call.act.config.asking.same_conversation_window else None
    about = call.about if call.about is not None and not anew else fresh
    if about is None or room is None:
        await new_question(call.act, incoming, call.room)
    else:
        await more(call.act, incoming, call.room, about)


async def more(act: Act, incoming: Incoming, kind: RoomKind, ticket: Ticket) -> None:
    """Adds a message to a question; one that was finished too long ago begins a new question instead."""
    if ticket.status not in OPEN and not asking.may_reopen(act, ticket):
        await new_question(act, incoming, kind)
        return
    if kind is RoomKind.DIRECT:
        ticket.thread = incoming.thread
    message = await relay.keep(
        act,
        ticket,
        event_id=incoming.event_id,
        room_id=incoming.room_id,
        sender=incoming.sender,
        direction=relay.QUESTION,
        text=incoming.text,
        file=incoming.file,
    )
    await asking.add_to_ticket(act, ticket, message)
    several = (
        kind is RoomKind.DIRECT and await queries.count_open(act.session, ticket.room_id, incoming.sender) > 1
    )
    if kind is not RoomKind.DIRECT or several:
        await act.mark(incoming.room_id, incoming.event_id, "relay.mark_added", ticket, number=ticket.id)
