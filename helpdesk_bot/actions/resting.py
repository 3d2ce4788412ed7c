"""What came while a whole team rests: as soon as the first of them is up again, people are asked by name."""

from helpdesk_bot.actions import offers
from helpdesk_bot.actions.candidates import of_team, rest_ends
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.saying import about
from helpdesk_bot.domain.targets import MORE_URGENT
from helpdesk_bot.domain.tickets import Priority
from helpdesk_bot.storage import asked, panics, timers
from helpdesk_bot.storage.models import Ticket

RESTED = "rested"  # the kind of the timer: one a team room, however many questions wait there


async def wait(act: Act, ticket: Ticket) -> None:
    """Nobody is asked by name at this moment. Harmless when nobody rests."""
    assert ticket.team_room is not None
    ends, place = await rest_ends(act, ticket), about(ticket.team_room)
    standing = await timers.moment(act.session, place, RESTED)
    if ends is not None and (standing is None or ends < standing):
        await timers.set_moment(act.session, RESTED, place, ends)


async def over(act: Act, room: str) -> None:
    """Asks about what waits in this team room, the most urgent first. Each counts with what people have in hand, so
    nobody is asked for more than they want; what is left waits for whoever rests longer, or goes wider by time."""
    waiting = await asked.nobody_asked(act.session, room)
    waiting.sort(key=lambda ticket: -MORE_URGENT.index(Priority(ticket.priority)))
    for ticket in waiting:
        if await panics.call_in_turn(act.session, ticket.id):
            continue
        chosen = await offers.pick(act, ticket, await of_team(act, ticket))
        if chosen:
            await offers.ask_in_team(act, ticket, chosen)
        else:
            await wait(act, ticket)
