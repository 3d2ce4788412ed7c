"""Brings a question to the people who can help: the team room of its stadsdeel or the city's, and there to a few first.

From `route` on it is offered: to one to three people, and wider with `widen`, until somebody takes it. Who can't be
asked at that moment is passed over and not asked later for the same wave. In an emergency nobody is asked beside whoever is
called, until it is up to the coordinators.
"""

from collections.abc import Awaitable, Callable, Collection

from sqlalchemy import select

from helpdesk_bot.actions import offers, resting
from helpdesk_bot.actions.candidates import away_now, of_other_teams, of_team
from helpdesk_bot.actions.card import post_card, refresh_card, retire_card
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.offers import Chosen
from helpdesk_bot.actions.relay import copy_conversation
from helpdesk_bot.domain.availability import Unavailable
from helpdesk_bot.domain.people import PRIVATE_RULES
from helpdesk_bot.domain.routing import FIRST_ASKED, Wave
from helpdesk_bot.domain.tickets import OPEN, Status
from helpdesk_bot.storage import asked, inbox, panics, timers
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import InboxEvent, Room, Ticket, TicketOffer

ROUTE = "helpdesk.route"


async def route(act: Act, ticket: Ticket, without: str | None = None, *, offered: bool = True) -> None:
    """Puts the card where the ticket belongs now, and offers it there. A card that stands elsewhere says that it moved.

    `without`: who has just given it back. Not `offered`: somebody takes it at this moment.
    """
    room = await team_of(act, ticket)
    await timers.cancel(act.session, ticket.id, "overflow")
    if ticket.card is not None and ticket.team_room == room:
        await refresh_card(act, ticket)
        return
    await offers.end(act, ticket, asked.GONE)
    offered = offered and not await panics.call_in_turn(act.session, ticket.id)
    if offered:
        _begin(act, ticket, without)
    await _put_in(act, ticket, room, Wave.PEOPLE if offered else Wave.NOBODY)


async def offer(act: Act, ticket: Ticket, without: str | None = None) -> None:
    """Offers a question from the start, where it belongs now, with what is known of it now. Whoever is asked already and
    still is among the first is not asked again. Harmless when somebody has it, or while it is with no team yet."""
    if ticket.status != Status.NEW or ticket.card is None:
        return
    if ticket.team_room != await team_of(act, ticket):
        await route(act, ticket, without)
        return
    if await panics.call_in_turn(act.session, ticket.id):
        return
    standing = {made.user_id for made in await asked.standing(act.session, ticket.id)}
    _begin(act, ticket, without)
    chosen = await _choose(act, ticket, Wave.PEOPLE, again=standing)
    kept = standing & {suggestion.user_id for suggestion, _ in chosen}
    await offers.end(act, ticket, asked.GONE, but=kept)
    await offers.ask_in_team(act, ticket, [each for each in chosen if each[0].user_id not in kept])
    if not chosen:
        await widen(act, ticket)


def _begin(act: Act, ticket: Ticket, without: str | None) -> None:
    if ticket.status == Status.NEW:
        act.record(ticket, None, asked.OFFERED, without=without)


async def _put_in(act: Act, ticket: Ticket, room: str, wave: Wave) -> None:
    """A new card, on which those who are asked stand from the first moment."""
    if ticket.card is not None:
        where = act.layout.name_of(act.layout.stadsdeel_of(room)) or act.words(None, "route.whole_city").body
        await act.tell_team(ticket, "route.moved_away", stadsdeel=where)
        await retire_card(act, ticket, where)
    ticket.team_room = room
    chosen = await _choose(act, ticket, wave)
    await post_card(act, ticket)
    await copy_conversation(act, ticket)
    act.record(ticket, None, "routed", room=room)
    await offers.ask_in_team(act, ticket, chosen)
    if not chosen and wave is not Wave.NOBODY:
        await widen(act, ticket)


async def _choose(act: Act, ticket: Ticket, wave: Wave, again: Collection[str] = ()) -> Chosen:
    """The first to ask in the team room where it is."""
    if ticket.status != Status.NEW or wave is Wave.NOBODY:
        return []
    ticket.wave = wave
    await act.session.flush()
    chosen = await offers.pick(act, ticket, await of_team(act, ticket), again=again)
    ticket.suggested = [suggestion.user_id for suggestion, _ in chosen]
    ticket.suggested_why = chosen[0][0].reason if chosen else None
    return chosen


async def widen(act: Act, ticket: Ticket) -> Wave:
    """Offers a question more widely, and returns how widely it has been offered now.

    Where nobody can be asked the next wave follows at once. When it came at night, so that nobody of the team could be
    asked by name, they are asked now, before anybody else. Harmless when somebody has it, when it is with no team yet,
    and when there is nothing wider.
    """
    if ticket.status == Status.NEW and ticket.wave == Wave.TEAM and await _asks_after_the_night(act, ticket):
        return Wave.TEAM
    if await panics.call_in_turn(act.session, ticket.id):
        return Wave(ticket.wave)
    while ticket.status == Status.NEW and ticket.card is not None and ticket.wave < Wave.CITY:
        await offers.end(act, ticket, asked.WIDENED)
        ticket.wave = Wave(ticket.wave + 1)
        act.record(ticket, None, "widened", wave=ticket.wave)
        reached = await _WAVES[Wave(ticket.wave)](act, ticket)
        await offers.show(act, ticket)
        if reached:
            break
    await _wait_for_the_morning(act, ticket)
    return Wave(ticket.wave)


async def _wait_for_the_morning(act: Act, ticket: Ticket) -> None:
    shared = ticket.status == Status.NEW and ticket.card is not None and ticket.wave >= Wave.TEAM
    if shared and not await asked.standing(act.session, ticket.id):
        await resting.wait(act, ticket)


async def _asks_after_the_night(act: Act, ticket: Ticket) -> bool:
    if await asked.not_again(act.session, ticket.id):
        return False
    chosen = await offers.pick(act, ticket, await of_team(act, ticket))
    await offers.ask_in_team(act, ticket, chosen)
    return bool(chosen)


async def _people(act: Act, ticket: Ticket) -> bool:
    chosen = await offers.pick(act, ticket, await of_team(act, ticket))
    await offers.ask_in_team(act, ticket, chosen)
    return bool(chosen)


async def _team(act: Act, ticket: Ticket) -> bool:
    """At night nobody can be asked, but who looks in the room in the morning sees it: that is no reason to go to others.
    Whoever is away does not look."""
    team = [
        candidate for candidate in await of_team(act, ticket) if candidate.unavailable is not Unavailable.AWAY
    ]
    if not team:
        return False
    await offers.call_team(act, ticket)
    await offers.ask_in_team(act, ticket, await offers.pick(act, ticket, team, FIRST_ASKED))
    return True


async def _stadsdeel(act: Act, ticket: Ticket) -> bool:
    chosen = await offers.pick(act, ticket, await of_other_teams(act, ticket), FIRST_ASKED)
    await offers.ask_elsewhere(act, ticket, chosen)
    return bool(chosen)


async def _city(act: Act, ticket: Ticket) -> bool:
    """The city's team room has it from now on, and asks a few there first. Where it is that room's already, or while
    anybody can walk in there, the next ones are asked where it is."""
    before, ticket.lent_to = ticket.lent_to, act.layout.overflow
    room = await team_of(act, ticket)
    if room == act.layout.overflow != ticket.team_room:
        await _put_in(act, ticket, room, Wave.CITY)
        return True
    ticket.lent_to = before
    await offers.ask_in_team(act, ticket, await offers.pick(act, ticket, await of_team(act, ticket)))
    return True


# What each wave does; whether it reached anybody.
_WAVES: dict[Wave, Callable[[Act, Ticket], Awaitable[bool]]] = {
    Wave.PEOPLE: _people,
    Wave.TEAM: _team,
    Wave.STADSDEEL: _stadsdeel,
    Wave.CITY: _city,
}


async def ask_another(act: Act, ticket: Ticket, declined: TicketOffer) -> None:
    """Somebody said no: the next one is asked at once. When nobody is left who could answer, it is offered wider."""
    if (
        ticket.status != Status.NEW
        or ticket.card is None
        or await panics.call_in_turn(act.session, ticket.id)
    ):
        return
    if declined.wave == Wave.STADSDEEL:
        people, ask = await of_other_teams(act, ticket), offers.ask_elsewhere
    else:
        people, ask = await of_team(act, ticket), offers.ask_in_team
    await ask(act, ticket, await offers.pick(act, ticket, people, 1))
    await offers.show(act, ticket)
    if not await asked.standing(act.session, ticket.id):
        await widen(act, ticket)


async def pass_on(act: Act, user_id: str) -> None:
    """Somebody goes away or leaves: what they were asked and can't take any more is asked of the next one at once."""
    who = await standing_of(act.session, act.layout, user_id)
    away = await away_now(act, user_id)
    for made in await asked.of_person(act.session, user_id):
        ticket = await act.session.get_one(Ticket, made.ticket_id)
        elsewhere = made.wave == Wave.STADSDEEL
        if not away and (who.teams if elsewhere else who.helps_in(ticket.team_room)):
            continue
        made.outcome, made.ended_at = asked.GONE, act.now
        await act.session.flush()
        if elsewhere:
            await offers.take_back(act, ticket, made)
        await ask_another(act, ticket, made)


async def team_of(act: Act, ticket: Ticket) -> str:
    """The room of its team, or of the one that took it over; of the city's, or the coordinators', while anybody could walk
    in there and read it."""
    layout = act.layout
    lent_to = ticket.lent_to if ticket.lent_to in layout.team_rooms else None
    places = [place for place in (lent_to, layout.team_room(ticket.stadsdeel), layout.overflow) if place]
    rooms = [await act.session.get(Room, place) for place in places]
    closed = (room.room_id for room in rooms if room is not None and room.join_rule in PRIVATE_RULES)
    return next(closed, layout.coordination)


async def lend(act: Act, ticket: Ticket, room: str) -> None:
    """Somebody of another team takes it: its card goes there, and that is where it is answered from now on."""
    ticket.lent_to = room
    act.record(ticket, None, "lent", room=room)
    await route(act, ticket, offered=False)


async def route_next(act: Act, ticket: Ticket) -> None:
    """Lets the requester hear first: the team's card is a piece of work of its own, right after this one."""
    if not await inbox.hand_on(act.session, ROUTE, {"ticket": ticket.id}, act.now):
        await route(act, ticket)


async def route_now(act: Act, event: InboxEvent) -> None:
    """The second piece of work. Something may have happened to the question in between."""
    ticket = await act.session.get_one(Ticket, (event.content or {})["ticket"])
    if ticket.card is None and ticket.status in OPEN:
        await route(act, ticket)


async def routed(act: Act, ticket: Ticket, *, offered: bool = True) -> None:
    """Somebody works on a question before the requester said where they are: from then on it has its place."""
    if ticket.card is None:
        await route(act, ticket, offered=offered)


async def withdraw(act: Act, ticket: Ticket) -> None:
    """Somebody else is asked in another way from now on."""
    if ticket.card is not None:
        await offers.end(act, ticket, asked.GONE)
        ticket.wave = Wave.NOBODY
        await refresh_card(act, ticket)


async def rehome(act: Act) -> None:
    """After a change of rooms in the configuration: open questions of a team room that is gone go to the new one."""
    rooms = act.layout.team_rooms | {act.layout.coordination}
    lost = select(Ticket).where(
        Ticket.status.in_(OPEN), Ticket.team_room.is_not(None), Ticket.team_room.not_in(rooms)
    )
    for ticket in (await act.session.scalars(lost)).all():
        ticket.card, ticket.team_room = None, None
        await route(act, ticket)
