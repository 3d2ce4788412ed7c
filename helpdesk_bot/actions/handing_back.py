"""Somebody can't go on with what they hold: each question goes back to the team, with all that the next one must know."""

from collections.abc import Iterable

from helpdesk_bot.actions.candidates import of_team
from helpdesk_bot.actions.claiming import put_back
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.offers import ask_in_team
from helpdesk_bot.actions.summary import summary
from helpdesk_bot.domain.routing import Suggestion
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage import asked
from helpdesk_bot.storage.models import Organisation, Technician, Ticket
from helpdesk_bot.storage.outbox import Urgency, row_ref
from helpdesk_bot.texts.render import Rendered


async def hand_back(
    act: Act, tickets: Iterable[Ticket], told: str, why: str, *, who: str | None = None
) -> int:
    """Frees these tickets and returns how many that were. `told`: the text for the requester; `why`: for the team. Both
    get the helper's name. `who`: nobody when it happens by the clock.

    The thread gets a summary, and whoever could go on with it best is asked among the first.
    """
    count = 0
    for ticket in list(tickets):
        before = ticket.assignee
        assert before is not None
        name, shown = await act.name(before, ticket.team_room), await act.helper_name(ticket, before)
        await act.tell_team(ticket, why, notify=True, name=name)
        await inform(act, ticket, await summary(act, ticket, act.texts.default))
        await put_back(act, ticket, who, told=told, helper=shown)
        await _ask_stand_in(act, ticket, before)
        count += 1
    return count


async def inform(act: Act, ticket: Ticket, words: Rendered) -> None:
    """Puts something into the ticket's thread in the team room, where it stays inside."""
    if ticket.card is None or ticket.team_room is None:
        return
    await act.post(ticket.team_room, words, thread=row_ref(ticket.card), priority=Urgency.TEAM, ticket=ticket)


async def _ask_stand_in(act: Act, ticket: Ticket, before: str) -> None:
    """Who goes on with it best is among the first who are asked, if they can be asked at all now."""
    if ticket.status != Status.NEW or ticket.card is None:
        return
    candidates = await of_team(act, ticket)
    free = {c.user_id for c in candidates if c.unavailable is None and c.user_id != before}
    asked_already = {offer.user_id for offer in await asked.standing(act.session, ticket.id)}
    for user, reason in await _stand_ins(act, ticket, before):
        if user in asked_already:
            return
        if user in free:
            await ask_in_team(act, ticket, [(Suggestion(user, 0.0, reason), None)])
            return


async def _stand_ins(act: Act, ticket: Ticket, before: str) -> list[tuple[str, str]]:
    """The backup of the organisation, its own helper, the mentor of whoever had it; each with the reason."""
    found: list[tuple[str | None, str]] = []
    if ticket.organisation_id is not None:
        organisation = await act.session.get_one(Organisation, ticket.organisation_id)
        found += [(organisation.backup, "backup"), (organisation.helper, "organisation")]
    technician = await act.session.get(Technician, before)
    found.append((technician.mentor if technician else None, "mentor"))
    return [(user, reason) for user, reason in found if user is not None and user != before]
