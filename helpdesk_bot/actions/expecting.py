"""What a requester can count on: when they hear something, at the latest. Told when they ask and when it changes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from helpdesk_bot.actions import targets
from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.targets import Clock
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.texts.render import Rendered

SAME = timedelta(minutes=1)  # moments are told in minutes


@dataclass(frozen=True, slots=True)
class Expected:
    """A text with what it needs, and the moment that it names; None when it names none that is still to come."""

    key: str
    params: dict[str, Any]
    by: datetime | None


async def expected(act: Act, ticket: Ticket) -> Expected | None:
    """What the requester can count on now; None when it is their turn, or over."""
    if ticket.status == Status.NEW:
        by = await targets.standing(act, ticket, Clock.CLAIM)
        if by is None or by <= act.now:
            return Expected("expect.claim_late", {}, None)
        return _taken_up(act, ticket, by)
    if ticket.status != Status.CLAIMED:
        return None
    if ticket.snoozed_until is not None and ticket.snoozed_until > act.now:
        return Expected("expect.snoozed", {"by": ticket.snoozed_until}, ticket.snoozed_until)
    by = await targets.standing(act, ticket, Clock.ANSWER)
    if by is None:
        return None
    return (
        Expected("expect.answer", {"by": by}, by)
        if by > act.now
        else Expected("expect.answer_late", {}, None)
    )


def _taken_up(act: Act, ticket: Ticket, by: datetime) -> Expected:
    """While nobody is there they hear when somebody is."""
    hours = targets.hours_of(act, ticket)
    if hours.is_open(act.now):
        return Expected("expect.claim", {"by": by}, by)
    params = {"by": by, "hours": hours, "opens": hours.opens(act.now)}
    return Expected("expect.claim_closed", params, by)


async def now_told(act: Act, ticket: Ticket) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The keys to add to what the requester is told at this moment, with their values."""
    found = await expected(act, ticket)
    if found is None or found.by is None:
        return (), {}
    ticket.told_due = found.by
    return (found.key,), found.params


async def tell(act: Act, ticket: Ticket, key: str, **params: Any) -> int:
    """Says something to the requester and, in the same message, what they can count on."""
    keys, more = await now_told(act, ticket)
    return await _say(act, ticket, (key, *keys), {**params, **more})


async def tell_if_changed(act: Act, ticket: Ticket) -> None:
    """After a change that moves what was promised. They are not told the same twice."""
    found = await expected(act, ticket)
    if found is None or found.by is None or ticket.told_due is None:
        return
    if abs(found.by - ticket.told_due) >= SAME:
        await tell(act, ticket, "expect.changed")


async def words(act: Act, ticket: Ticket, language: str) -> Rendered | None:
    """The same for a list or a status."""
    found = await expected(act, ticket)
    return act.words(language, found.key, number=ticket.id, **found.params) if found else None


async def _say(act: Act, ticket: Ticket, keys: tuple[str, ...], params: dict[str, Any]) -> int:
    text = act.texts.join([act.words(ticket.language, key, number=ticket.id, **params) for key in keys])
    return await act.post(ticket.room_id, text, thread=ticket.thread, notify=True, ticket=ticket)
