"""What is due at a moment at which nobody should hear of it waits for a better one."""

from datetime import datetime, timedelta

from helpdesk_bot.actions import promising
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import accepting, digest, ending, moves, roles
from helpdesk_bot.actions.saying import SAY
from helpdesk_bot.domain import decent
from helpdesk_bot.schedule.steps import CLOCKS
from helpdesk_bot.storage import nudges, queries, timers
from helpdesk_bot.storage.models import Promise, Ticket, Timer

# What the bot writes to requesters of its own accord, a day or more after they were heard of.
REMINDERS = ("remind", "warn", "close", "confirm_warn", "confirm_close")
# What people hear in a run without having done anything just before.
IN_RUNS = (moves.WAKE, moves.LATE, digest.DIGEST, ending.LATER, accepting.UNDECIDED, roles.VACANT)
REST = timedelta(hours=20)  # between two things that one person is told without having done anything


async def postponed(act: Act, timer: Timer) -> datetime | None:
    """When it is done instead; None when it is done now. What is not named here, such as an emergency, never waits.

    Requesters are written to by day, and hear of one thing a day: after a long stop they would otherwise hear of all of
    theirs at once. Helpers hear of what is due while they are there.
    """
    key, zone = timers.key_of(timer.about), act.texts.zone
    moment = act.now
    if timer.kind in REMINDERS:
        ticket = await act.session.get_one(Ticket, int(key))
        moment = await _for_requester(act, ticket.requester, ticket.id)
        if moment == act.now and await nudges.at(act.session, ticket.requester):
            moment = decent.for_requesters(act.now + REST, zone)
    elif timer.kind in IN_RUNS:
        moment = decent.for_requesters(act.now, zone)
    elif timer.kind in CLOCKS:
        ticket = await act.session.get_one(Ticket, int(key))
        moment = decent.for_helpers(act.now, act.config.hours(ticket.stadsdeel))
    elif timer.kind == promising.DUE:
        promise = await act.session.get(Promise, int(key))
        about = await act.session.get_one(Ticket, promise.ticket_id) if promise else None
        moment = decent.for_helpers(act.now, act.config.hours(about.stadsdeel if about else None))
    elif timer.kind == SAY and key in act.layout.team_rooms:
        moment = decent.for_helpers(act.now, act.config.hours(act.layout.stadsdeel_of(key)))
    elif timer.kind == SAY:
        moment = await _for_requester(act, key)
    return moment if moment > act.now else None


async def _for_requester(act: Act, requester: str, ticket_id: int = 0) -> datetime:
    """By day, and a day after they were last written to without having done anything."""
    moment = decent.for_requesters(act.now, act.texts.zone)
    if moment == act.now and await queries.reminded(act.session, requester, act.now - REST, ticket_id):
        return decent.for_requesters(act.now + REST, act.texts.zone)
    return moment
