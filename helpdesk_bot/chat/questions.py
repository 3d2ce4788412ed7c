"""A new question: who asks, for which organisation, in which stadsdeel, and what is remembered of that."""

import dataclasses
from datetime import datetime, timedelta

from helpdesk_bot.actions import asking, details, relay
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask_for_another, begun_another, dialogs_about
from helpdesk_bot.actions.panic.asking import ask_if_alarming, sounds_like
from helpdesk_bot.actions.talking import last_spoken_about, speak_about
from helpdesk_bot.chat.catalogue import offering
from helpdesk_bot.chat.command import Call
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.domain.language import guess
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.tickets import OPEN, Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import access, inbox, queries
from helpdesk_bot.storage.models import Organisation, Person, Room, Ticket

DAY = timedelta(days=1)


async def new_question(
    act: Act, incoming: Incoming, kind: RoomKind, *, alarm: bool = False, topic: str | None = None
) -> Ticket:
    """Makes a ticket of a message, with everything that is known of who asks and where.

    Whoever has asked very much today goes on with an open question instead, but in an emergency. `alarm`: it is known to
    be one, and whoever asks hears what happens by what is done about that. `topic`: what it is about, where that is known.
    """
    person = await known(act, incoming)
    await begun_another(act, incoming.room_id, incoming.sender)
    most = act.config.asking.questions_per_day
    first = await queries.nth_latest_question(act.session, person.user_id, most)
    if first is not None and first > act.now - DAY and not alarm:
        return await _no_more_today(act, incoming, kind, most, first + DAY)
    room = await act.session.get(Room, incoming.room_id)
    own = room if kind is RoomKind.OWN else None
    organisation_id = (own.organisation_id if own else None) or person.organisation_id
    organisation = await act.session.get(Organisation, organisation_id) if organisation_id else None
    stadsdeel = (
        act.layout.stadsdeel_of(incoming.room_id)
        or (own.stadsdeel if own else None)
        or person.stadsdeel
        or (organisation.stadsdeel if organisation else None)
        or act.layout.only
    )
    language = person.language or act.texts.default
    ticket = await asking.open_ticket(
        act,
        requester=person,
        room_id=incoming.room_id,
        words=incoming.text,
        language=language,
        stadsdeel=stadsdeel if act.layout.stadsdeel(stadsdeel) else None,
        organisation_id=organisation_id,
        root_event=incoming.event_id,
        thread=incoming.thread if kind is RoomKind.DIRECT else incoming.thread or incoming.event_id,
        opened_by=incoming.sender,
        topic=topic,
    )
    await relay.keep(
        act,
        ticket,
        event_id=incoming.event_id,
        room_id=incoming.room_id,
        sender=incoming.sender,
        direction=relay.QUESTION,
        text=incoming.text,
        file=incoming.file,
    )
    if not alarm:
        await _welcome(act, ticket, incoming.text or "")
    if await _replies_to_unheard(act, incoming):
        await act.tell_requester(ticket, "ask.only_this", notify=False)
    await _say_if_cut(act, incoming, ticket)
    return ticket


async def _welcome(act: Act, ticket: Ticket, text: str) -> None:
    """In an emergency that is asked first, and alone."""
    if sounds_like(act, text).alarming:
        await asking.put_off_welcome(act, ticket)
        await ask_if_alarming(act, ticket, text)
    else:
        await offering.offer(act, ticket, text)
        await asking.welcome(act, ticket)


async def _replies_to_unheard(act: Act, incoming: Incoming) -> bool:
    """Whether what they point at was said to others, so that nobody here has it any more: a photo, for instance."""
    if incoming.reply_to is None:
        return False
    original = await inbox.event(act.session, incoming.reply_to)
    if original is None or original.type not in ("m.room.message", "m.sticker"):
        return False
    known_here = await access.ticket_of_event(act.session, incoming.room_id, incoming.reply_to)
    return known_here is None


async def _say_if_cut(act: Act, incoming: Incoming, ticket: Ticket) -> None:
    """One message holds no more."""
    most = act.config.asking.max_text
    if len(incoming.text or "") > most:
        await act.tell_requester(ticket, "ask.cut", most=most)


async def _no_more_today(act: Act, incoming: Incoming, kind: RoomKind, most: int, again: datetime) -> Ticket:
    latest = await queries.latest_ticket(act.session, incoming.room_id, incoming.sender)
    if latest is None or latest.status not in OPEN:
        raise UserError("ask.too_many", n=most, again=again)
    await more(act, incoming, kind, latest)
    words = act.words(latest.language, "ask.too_many_added", n=most, number=latest.id, again=again)
    await act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id, ticket=latest)
    return latest


async def known(act: Act, incoming: Incoming) -> Person:
    """Who writes, with a guess at their language until they say which they want."""
    person = await act.person(incoming.sender)
    if person.language is None:
        guessed = guess(incoming.text or "", act.texts.languages)
        if guessed is not None:
            await details.speak(act, person, guessed)
            await _ask_in_their_language(act, incoming, guessed)
    return person


async def _ask_in_their_language(act: Act, incoming: Incoming, language: str) -> None:
    """After a 'Hello' nobody knew it yet: where they are was asked in the helpdesk's first language."""
    latest = await queries.latest_ticket(act.session, incoming.room_id, incoming.sender)
    if language == act.texts.default or latest is None or latest.status != Status.NEW:
        return
    if any(dialog.kind == "stadsdeel" for dialog in await dialogs_about(act, latest)):
        await asking.ask_where(act, latest)


async def ask(call: Call, *, anew: bool = False) -> None:
    """`!hulp mijn printer …`: more about the question this person has open here, or a new one (`anew`: always)."""
    incoming = dataclasses.replace(call.incoming, text=call.rest or None)
    mine = call.about if call.about is not None and call.about.requester == incoming.sender else None
    about = None if anew else mine or await _fresh(call.act, incoming)
    if about is None:
        await new_question(call.act, incoming, call.room)
    else:
        await more(call.act, incoming, call.room, about)


async def asked_just_now(act: Act, call: Call) -> Ticket | None:
    """The question that whoever calls replies to, or has asked or added to a moment ago."""
    mine = call.about if call.about is not None and call.about.requester == call.who.user_id else None
    return mine if mine is not None and mine.status in OPEN else await _fresh(act, call.incoming)


async def ask_what(call: Call) -> None:
    """Asks what the new question is; what they write next is that."""
    incoming = call.incoming
    words = call.words(how_to_ask(call.room).key)
    asked = await call.act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id)
    await ask_for_another(call.act, incoming.room_id, incoming.sender, asked)


def how_to_ask(kind: RoomKind) -> UserError:
    """Somebody calls and says nothing. Among others, what they write next would be taken for a word to those."""
    return UserError("ask.how" if kind is RoomKind.DIRECT else "ask.how_here")


async def ticket_here(act: Act, incoming: Incoming) -> Ticket | None:
    """The ticket of the message that is replied to, or of the thread: one's own, if there are several."""
    for event_id in filter(None, (incoming.reply_to, incoming.thread)):
        meant = await queries.meant_by(act.session, event_id)
        ticket = await access.ticket_of_event(act.session, incoming.room_id, meant)
        if incoming.thread is not None and (ticket is None or ticket.requester != incoming.sender):
            own = await queries.own_in_thread(act.session, incoming.room_id, incoming.thread, incoming.sender)
            ticket = await access.followed(act.session, own) if own is not None else ticket
        if ticket is not None:
            return ticket
    return None


async def going_on(act: Act, incoming: Incoming, kind: RoomKind) -> Ticket | None:
    """The question that goes on when nobody says which. In a shared room only while it is fresh."""
    if kind is not RoomKind.DIRECT:
        return await _fresh(act, incoming)
    spoken = await last_spoken_about(act, incoming.room_id)
    latest = await queries.latest_ticket(act.session, incoming.room_id, incoming.sender)
    return next((t for t in (spoken, latest) if t is not None and _goes_on(act, t, incoming.sender)), None)


def _goes_on(act: Act, ticket: Ticket, requester: str) -> bool:
    """Whoever said 'it is solved' asks something new now; whoever never answered goes on with the old question."""
    if ticket.status == Status.CLOSED and (ticket.confirmed or not asking.may_reopen(act, ticket)):
        return False
    return ticket.requester == requester


async def _fresh(act: Act, incoming: Incoming) -> Ticket | None:
    latest = await queries.latest_ticket(act.session, incoming.room_id, incoming.sender)
    if latest is None or latest.status not in OPEN:
        return None
    recent = act.now - latest.changed_at <= act.config.asking.same_conversation_window
    return latest if recent else None


async def more(
    act: Act,
    incoming: Incoming,
    kind: RoomKind,
    ticket: Ticket,
    *,
    bystander: bool = False,
    alarm: bool = False,
) -> None:
    """Adds a message to a question; one that was finished too long ago begins a new question instead. `alarm`: it is
    known to be an emergency."""
    if ticket.status not in OPEN and not asking.may_reopen(act, ticket):
        await new_question(act, incoming, kind)
        return
    if kind is RoomKind.DIRECT and incoming.room_id == ticket.room_id:
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
    await asking.add_to_ticket(act, ticket, message, bystander=bystander)
    await _say_if_cut(act, incoming, ticket)
    if not bystander:
        await speak_about(act, ticket)
    if not bystander and not alarm:
        await ask_if_alarming(act, ticket, incoming.text)
        if ticket.status == Status.NEW:  # after a 'hoi' the question may only come now
            await offering.offer(act, ticket, incoming.text or "")
    several = (
        kind is RoomKind.DIRECT
        and await queries.count_going_on(act.session, ticket.room_id, incoming.sender) > 1
    )
    if kind is not RoomKind.DIRECT or several:
        await act.mark(incoming.room_id, incoming.event_id, "relay.mark_added", ticket, number=ticket.id)
