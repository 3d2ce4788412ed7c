"""What happens when a promise is half gone, due, or late: those who can do something hear of it, each step once.

Nothing is said at once. It is gathered per place, and said when everything that is due has been looked at: after a
weekend or a long stop many questions are due in the same moment, and fourteen of them are one message.
"""

from collections.abc import Collection
from datetime import timedelta

from helpdesk_bot.actions import saying
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.routing import routed, widen
from helpdesk_bot.domain.routing import Wave
from helpdesk_bot.domain.targets import Clock, Step
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage import nudges, panics, timers
from helpdesk_bot.storage.models import Nudge, Ticket

WIDEN, WIDEN_TO_CITY = "widen", "widen_to_city"
# Questions of one team that are offered more widely at once, and how long the others wait for their turn: whoever is
# asked about sixty questions in one minute looks at none of them.
AT_ONCE = 5
PAUSE = timedelta(minutes=15)


async def take(act: Act, ticket: Ticket, clock: Clock, steps: Collection[Step]) -> None:
    """Takes steps that are due. Of several that were late only the last is said."""
    effect = {Clock.CLAIM: _nobody_has_it, Clock.ANSWER: _not_answered, Clock.SOLVE: _not_solved}[clock]
    if await effect(act, ticket, steps):
        act.record(ticket, None, "late", clock=clock, step=max(steps).name.lower())


async def _nobody_has_it(act: Act, ticket: Ticket, steps: Collection[Step]) -> bool:
    if ticket.status != Status.NEW or await panics.call_in_turn(act.session, ticket.id):
        return False  # in an emergency people are called, and whoever asked sees it
    await routed(act, ticket)
    assert ticket.team_room is not None
    wider = WIDEN_TO_CITY if Step.OVER in steps else WIDEN
    await saying.gather(act, ticket.team_room, wider, ticket)
    if Step.FULL in steps:
        await saying.gather(act, ticket.requester, "claim", ticket, person=ticket.requester)
    if max(steps) >= Step.LATE:
        await saying.gather(act, act.layout.coordination, "claim", ticket)
    return True


async def _not_answered(act: Act, ticket: Ticket, steps: Collection[Step]) -> bool:
    """While nobody has it, that is what is said."""
    if ticket.status != Status.CLAIMED:
        return False
    if Step.FULL in steps:
        await saying.gather(act, ticket.requester, "answer", ticket, person=ticket.requester)
    await _tell_helpers(act, ticket, "answer", steps)
    return True


async def _not_solved(act: Act, ticket: Ticket, steps: Collection[Step]) -> bool:
    if ticket.status not in (Status.NEW, Status.CLAIMED):
        return False
    await _tell_helpers(act, ticket, "solve", steps)
    return True


async def _tell_helpers(act: Act, ticket: Ticket, what: str, steps: Collection[Step]) -> None:
    """At half whoever helps, at the whole their team and the coordinators too."""
    if ticket.team_room is None:
        return
    if Step.FULL in steps:
        for room in {ticket.team_room, act.layout.coordination}:
            await saying.gather(act, room, what, ticket)
    elif ticket.assignee is not None:
        await saying.gather(act, ticket.team_room, f"half_{what}", ticket, person=ticket.assignee)


async def at_place(act: Act, place: str) -> None:
    """Everything that is due has been looked at: says and does what was gathered for this place."""
    waiting = await nudges.at(act.session, place)
    wider = [row for row in waiting if row.what in (WIDEN, WIDEN_TO_CITY)]
    await _offer_wider(act, wider[:AT_ONCE])
    if len(wider) > AT_ONCE:
        await timers.set_moment(act.session, saying.SAY, saying.about(place), act.now + PAUSE)
    rest = [row for row in waiting if row not in wider]
    await saying.say(act, place, rest)
    await nudges.forget(act.session, *wider[:AT_ONCE], *rest)


async def _offer_wider(act: Act, rows: Collection[Nudge]) -> None:
    for row in rows:
        ticket = await act.session.get_one(Ticket, row.ticket_id)
        if ticket.status != Status.NEW:
            continue
        if row.what == WIDEN_TO_CITY:
            ticket.wave = max(ticket.wave, Wave.STADSDEEL)
        await widen(act, ticket)
