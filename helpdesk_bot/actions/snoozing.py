"""A helper puts a question aside until a moment. The requester hears when it goes on; then it comes back to the helper."""

from datetime import datetime, timedelta

from helpdesk_bot.actions import expecting, targets
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.claiming import must_help
from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.texts.render import Person

LONGEST = timedelta(days=60)


async def snooze(act: Act, ticket: Ticket, who: Standing, until: datetime) -> None:
    """Raises UserError when nobody has it, somebody else has it, or it would be for too long."""
    must_help(who, ticket)
    if ticket.status not in (Status.CLAIMED, Status.WAITING) or ticket.assignee is None:
        raise UserError("snooze.nobody_has_it", number=ticket.id)
    if ticket.assignee != who.user_id and not who.coordinator:
        raise UserError("claim.not_yours", number=ticket.id)
    if until - act.now > LONGEST:
        raise UserError("snooze.too_long", number=ticket.id)
    await targets.snooze(act, ticket, until)
    act.record(ticket, who.user_id, "snoozed")
    if ticket.status == Status.CLAIMED:
        await expecting.tell(act, ticket, "snooze.requester")
    await refresh_card(act, ticket)


async def over(act: Act, ticket: Ticket) -> None:
    """It is back."""
    if ticket.snoozed_until is None or ticket.assignee is None:
        return
    await targets.wake(act, ticket)
    helper = Person(ticket.assignee, await act.name(ticket.assignee, ticket.team_room), ping=True)
    key = "snooze.over_waiting" if ticket.status == Status.WAITING else "snooze.over"
    await act.tell_team(ticket, key, notify=True, helper=helper)
