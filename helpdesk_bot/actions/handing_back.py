"""Somebody can't go on with what they hold: each question goes back to the team, with all that the next one must know."""

from collections.abc import Collection, Iterable

from helpdesk_bot.actions.claiming import put_back
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.summary import summary
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Organisation, Technician, Ticket
from helpdesk_bot.storage.outbox import Urgency, row_ref
from helpdesk_bot.texts.render import Person, Rendered


async def hand_back(
    act: Act, tickets: Iterable[Ticket], told: str, why: str, *, who: str | None = None
) -> int:
    """Frees these tickets and returns how many that were. `told`: the text for the requester; `why`: for the team. Both
    get the helper's name. `who`: nobody when it happens by the clock.

    The thread gets a summary and the name of whoever could go on with it best.
    """
    count = 0
    for ticket in list(tickets):
        before = ticket.assignee
        assert before is not None
        name = await act.name(before, ticket.team_room)
        stood = await summary(act, ticket, act.texts.default)
        await put_back(act, ticket, who, told=told, helper=await act.helper_name(ticket, before))
        await act.tell_team(ticket, why, notify=True, name=name)
        await inform(act, ticket, stood)
        await _suggest_stand_in(act, ticket, before)
        count += 1
    return count


async def inform(act: Act, ticket: Ticket, words: Rendered) -> None:
    """Puts something into the ticket's thread in the team room, where it stays inside."""
    if ticket.card is None or ticket.team_room is None:
        return
    await act.post(ticket.team_room, words, thread=row_ref(ticket.card), priority=Urgency.TEAM, ticket=ticket)


async def _suggest_stand_in(act: Act, ticket: Ticket, before: str) -> None:
    stand_in = await stand_in_for(act, ticket, before)
    if stand_in is None:
        return
    person = Person(stand_in, await act.name(stand_in, ticket.team_room), ping=True)
    await act.tell_team(ticket, "handover.stand_in", notify=True, person=person)


async def stand_in_for(act: Act, ticket: Ticket, before: str, without: Collection[str] = ()) -> str | None:
    """Who goes on with it best when `before` can't: the backup of the organisation, its own helper, or their mentor. Only
    who is of the team, and not away."""
    names: list[str | None] = []
    if ticket.organisation_id is not None:
        organisation = await act.session.get_one(Organisation, ticket.organisation_id)
        names += [organisation.backup, organisation.helper]
    technician = await act.session.get(Technician, before)
    names.append(technician.mentor if technician else None)
    for name in names:
        if name is None or name in (before, ticket.requester, *without) or await is_away(act, name):
            continue
        if (await standing_of(act.session, act.layout, name)).helps_in(ticket.team_room):
            return name
    return None


async def is_away(act: Act, user_id: str) -> bool:
    technician = await act.session.get(Technician, user_id)
    if technician is None or technician.away_from is None or technician.away_from > act.now:
        return False
    return technician.away_until is None or technician.away_until > act.now
