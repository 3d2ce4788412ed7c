"""Small corrections to a ticket: priority, title, topic, language; and two questions that are one."""

from sqlalchemy import select, update

from helpdesk_bot.actions import expecting, relay, targets
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.claiming import must_help
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import forget
from helpdesk_bot.actions.panic.ending import carry_over
from helpdesk_bot.actions.routing import offer, routed
from helpdesk_bot.actions.status import move
from helpdesk_bot.actions.topics import say
from helpdesk_bot.actions.vouchers import draw_anew
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.tickets import OPEN, Move, Priority, Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.access import room_kind
from helpdesk_bot.storage.models import Message, Person, Ticket, Work


async def set_priority(act: Act, ticket: Ticket, who: Standing, priority: Priority) -> None:
    must_help(who, ticket)
    await change_priority(act, ticket, who.user_id, priority)
    await expecting.tell_if_changed(act, ticket)


async def change_priority(act: Act, ticket: Ticket, who: str, priority: Priority) -> None:
    """The same for whoever need not help there: who asks may say that it is an emergency."""
    before, ticket.priority = ticket.priority, priority
    act.record(ticket, who, "priority", priority=priority)
    await targets.follow_priority(act, ticket, before)
    await refresh_card(act, ticket)


async def set_subject(act: Act, ticket: Ticket, who: Standing, subject: str) -> None:
    must_help(who, ticket)
    ticket.subject = subject
    act.record(ticket, who.user_id, "subject")
    await refresh_card(act, ticket)


async def set_topic(act: Act, ticket: Ticket, who: str, topic: str) -> None:
    """Somebody says what it is about. While nobody has it, other people may be the right ones to ask now."""
    say(act, ticket, who, topic)
    await offer(act, ticket)
    await refresh_card(act, ticket)


async def set_language(act: Act, user_id: str, language: str) -> None:
    """Someone says which language they want; their open questions follow."""
    person = await act.person(user_id)
    person.language_said = True
    await speak(act, person, language)


async def speak(act: Act, person: Person, language: str) -> None:
    """From now on in this language, also about what was asked before."""
    person.language = language
    mine = Ticket.requester == person.user_id
    await act.session.execute(
        update(Ticket).where(mine, Ticket.status != Status.MERGED).values(language=language)
    )
    for ticket in (await act.session.scalars(select(Ticket).where(mine, Ticket.status.in_(OPEN)))).all():
        await refresh_card(act, ticket)


async def merge(act: Act, ticket: Ticket, into: Ticket, who: Standing) -> None:
    """Makes two questions of the same people one.

    Raises UserError('merge.other_people' or 'merge.other_rooms') otherwise: the answer would reach somebody who did not
    ask.
    """
    must_help(who, ticket)
    must_help(who, into)
    if ticket.id == into.id:
        raise UserError("merge.itself", number=ticket.id)
    if not await _may_become_one(act, ticket, into):
        same = ticket.requester == into.requester
        raise UserError(f"merge.other_{'rooms' if same else 'people'}", number=ticket.id, into=into.id)
    if into.status not in OPEN:
        raise UserError("merge.finished", number=into.id)
    await carry_over(act, ticket, into)
    await move(act, ticket, Move.MERGE, who.user_id)
    ticket.merged_into = into.id
    ticket.closed_at = act.now
    await timers.cancel(act.session, ticket.id)
    await forget(act, ticket)
    await routed(act, into)
    await act.tell_team(into, "merge.done_team", merged=ticket.id)
    await relay.copy_conversation(act, ticket, target=into)
    await act.session.execute(update(Message).where(Message.ticket_id == ticket.id).values(ticket_id=into.id))
    await act.session.execute(update(Work).where(Work.ticket_id == ticket.id).values(ticket_id=into.id))
    if ticket.organisation_id != into.organisation_id:
        await draw_anew(act, into)
    if (ticket.room_id, ticket.thread) != (into.room_id, into.thread):
        await act.tell_requester(ticket, "merge.done", number=into.id, merged=ticket.id)
    await act.tell_requester(into, "merge.done", merged=ticket.id)
    act.record(into, who.user_id, "merged", merged=ticket.id)
    await refresh_card(act, ticket)
    await refresh_card(act, into)


async def _may_become_one(act: Act, ticket: Ticket, into: Ticket) -> bool:
    """Whether everybody who would read the answers may: the same person, who never loses privacy by it, or colleagues
    who asked in a room of their own. In a help room everybody is a stranger to everybody."""
    if ticket.requester == into.requester:
        same_room = ticket.room_id == into.room_id
        return same_room or await room_kind(act.session, act.layout, into.room_id) is RoomKind.DIRECT
    return ticket.room_id == into.room_id and act.layout.kind(ticket.room_id) is None
