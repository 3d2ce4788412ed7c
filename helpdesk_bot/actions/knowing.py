"""What is known of a requester: where they are and for which organisation they ask. Told once, remembered, corrected."""

from sqlalchemy import select

from helpdesk_bot.actions import expecting, targets
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.claiming import place
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import forget
from helpdesk_bot.actions.panic.calling import where_known
from helpdesk_bot.actions.routing import team_of
from helpdesk_bot.actions.vouchers import draw_anew
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import queries
from helpdesk_bot.storage.models import Organisation, Room, Ticket


async def set_stadsdeel(act: Act, ticket: Ticket, stadsdeel: str, who: str) -> bool:
    """Remembers where the requester is. Returns whether the question is with the team of that stadsdeel from now on.

    A question that nobody has goes there. One that somebody helps with stays, unless the team itself sends it on.
    """
    await remember(act, ticket.requester, ticket.room_id, stadsdeel=stadsdeel)
    waiting = [
        other for other in await queries.unplaced(act.session, ticket.requester) if other is not ticket
    ]
    for each in (ticket, *waiting):
        before, each.stadsdeel = each.stadsdeel, stadsdeel
        await targets.follow_stadsdeel(act, each, before)
        if who != ticket.requester:
            each.lent_to = None  # the team says where it belongs
        act.record(each, who, "stadsdeel", stadsdeel=stadsdeel)
        await forget(act, each, "stadsdeel")
        if each.status in OPEN and (each.assignee is None or who != ticket.requester):
            each.lent_to = None
            await place(act, each)
            await where_known(act, each)
        else:
            await refresh_card(act, each)
        if who != ticket.requester:  # else they are told in the answer to what they said
            await expecting.tell_if_changed(act, each)
    for each in waiting if who == ticket.requester else ():
        await expecting.tell(act, each, "ticket.stadsdeel_noted", stadsdeel=act.layout.name_of(stadsdeel))
    return ticket.team_room == await team_of(act, ticket)


async def set_organisation(act: Act, ticket: Ticket, name: str, who: str) -> Organisation:
    """Remembers for which organisation the requester asks."""
    organisation = await organisation_named(act, name)
    if organisation.stadsdeel is None:
        organisation.stadsdeel = ticket.stadsdeel
    await remember(act, ticket.requester, ticket.room_id, organisation_id=organisation.id)
    others = await queries.without_organisation(act.session, ticket.requester)
    for each in (ticket, *(other for other in others if other is not ticket)):
        before, each.organisation_id = each.organisation_id, organisation.id
        if before != organisation.id:
            await draw_anew(act, each)
        act.record(each, who, "organisation", organisation=organisation.id)
        await forget(act, each, "organisation")
        await refresh_card(act, each)
    return organisation


async def organisation_named(act: Act, name: str) -> Organisation:
    """The organisation of this name, whatever its capitals and accents; made when it is new."""
    name = " ".join(name.split())[:80]
    key = plain_key(name)
    if not key:
        raise UserError("error.no_name")
    found = await act.session.scalar(select(Organisation).where(Organisation.name_key == key))
    if found is None:
        found = Organisation(name=name, name_key=key, created_at=act.now)
        act.session.add(found)
        await act.session.flush()
    return found


async def remember(
    act: Act,
    user_id: str,
    room_id: str,
    *,
    stadsdeel: str | None = None,
    organisation_id: int | None = None,
) -> None:
    """Keeps an answer with the person, and with a room of the organisation's own, so that it is asked once."""
    person = await act.person(user_id)
    room = await act.session.get(Room, room_id)
    own_room = room if room is not None and act.layout.kind(room_id) is None else None
    for kept_with in (person, own_room):
        if kept_with is not None and stadsdeel is not None:
            kept_with.stadsdeel = stadsdeel
        if kept_with is not None and organisation_id is not None:
            kept_with.organisation_id = organisation_id
