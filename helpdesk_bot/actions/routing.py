"""Brings a question to the people who can help: the team room of its stadsdeel, or the city's."""

from sqlalchemy import select

from helpdesk_bot.actions.card import post_card, refresh_card, retire_card
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.relay import copy_conversation
from helpdesk_bot.domain.people import PRIVATE_RULES
from helpdesk_bot.domain.routing import Candidate, Question, rank
from helpdesk_bot.domain.tickets import OPEN, Status
from helpdesk_bot.storage import inbox, queries, timers
from helpdesk_bot.storage.models import InboxEvent, Member, Person, Room, Ticket

ROUTE = "helpdesk.route"


async def route(act: Act, ticket: Ticket) -> None:
    """Puts the card where the ticket belongs now. A card that stands elsewhere says that it moved."""
    room = await team_of(act, ticket)
    await timers.cancel(act.session, ticket.id, "overflow")
    if ticket.card is not None and ticket.team_room == room:
        await refresh_card(act, ticket)
        return
    if ticket.card is not None:
        where = act.layout.name_of(act.layout.stadsdeel_of(room)) or act.words(None, "route.whole_city").body
        await act.tell_team(ticket, "route.moved_away", stadsdeel=where)
        await retire_card(act, ticket, where)
    ticket.team_room = room
    await suggest(act, ticket)
    await post_card(act, ticket)
    await copy_conversation(act, ticket)
    act.record(ticket, None, "routed", room=room)


async def team_of(act: Act, ticket: Ticket) -> str:
    """The room of its team, or of the one that took it over; of the city's, or the coordinators', while anybody could walk
    in there and read it."""
    layout = act.layout
    lent = ticket.lent_to if ticket.lent_to in layout.team_rooms else None
    places = (lent, layout.team_room(ticket.stadsdeel), layout.overflow)
    rooms = [await act.session.get(Room, place) for place in places if place is not None]
    closed = (room.room_id for room in rooms if room is not None and room.join_rule in PRIVATE_RULES)
    return next(closed, layout.coordination)


async def lend(act: Act, ticket: Ticket, room: str) -> None:
    """Another team takes it over: its card goes there, and that is where it is answered from now on."""
    ticket.lent_to = room
    act.record(ticket, None, "lent", room=room)
    await route(act, ticket)


async def route_next(act: Act, ticket: Ticket) -> None:
    """Lets the requester hear first: the team's card is a piece of work of its own, right after this one."""
    if not await inbox.hand_on(act.session, ROUTE, {"ticket": ticket.id}, act.now):
        await route(act, ticket)


async def route_now(act: Act, event: InboxEvent) -> None:
    """The second piece of work. Something may have happened to the question in between."""
    ticket = await act.session.get_one(Ticket, (event.content or {})["ticket"])
    if ticket.card is None and ticket.status in OPEN:
        await route(act, ticket)


async def routed(act: Act, ticket: Ticket) -> None:
    """Somebody works on a question before the requester said where they are: from then on it has its place."""
    if ticket.card is None:
        await route(act, ticket)


async def rehome(act: Act) -> None:
    """After a change of rooms in the configuration: open questions of a team room that is gone go to the new one."""
    rooms = act.layout.team_rooms | {act.layout.coordination}
    lost = select(Ticket).where(
        Ticket.status.in_(OPEN), Ticket.team_room.is_not(None), Ticket.team_room.not_in(rooms)
    )
    for ticket in (await act.session.scalars(lost)).all():
        ticket.card, ticket.team_room = None, None
        await route(act, ticket)


async def suggest(act: Act, ticket: Ticket, without: str | None = None) -> None:
    """Chooses whom to ask first, and keeps the reason. `without`: who has just given it back."""
    if ticket.status != Status.NEW:
        return
    question = Question(
        ticket.stadsdeel, ticket.language, await queries.helped_before(act.session, ticket.requester)
    )
    asked = [c for c in await candidates(act, ticket) if c.user_id != without]
    best = rank(question, asked)
    ticket.suggested = [suggestion.user_id for suggestion in best]
    ticket.suggested_why = best[0].reason if best else None


async def candidates(act: Act, ticket: Ticket) -> list[Candidate]:
    """Everybody who helps in the ticket's team room, but the bot and the one who asks."""
    if await team_of(act, ticket) != ticket.team_room:
        return []  # anybody can come in there, so it gives no role
    team = await act.session.scalars(
        select(Member).where(Member.room_id == ticket.team_room, Member.membership == "join")
    )
    people = [m.user_id for m in team if m.user_id not in (act.setting.bot, ticket.requester)]
    rooms: dict[str, set[str]] = {user: set() for user in people}
    where = await act.session.execute(
        select(Member.user_id, Member.room_id).where(
            Member.user_id.in_(people),
            Member.membership == "join",
            Member.room_id.in_(act.layout.staff_rooms),
        )
    )
    for user, room in where:
        rooms[user].add(room)
    loads = await queries.open_loads(act.session, people)
    known = await act.session.scalars(select(Person).where(Person.user_id.in_(people)))
    languages = {person.user_id: frozenset(filter(None, [person.language])) for person in known}
    return [
        Candidate(
            user,
            stadsdelen=frozenset(filter(None, map(act.layout.stadsdeel_of, rooms[user]))),
            languages=languages.get(user, frozenset()),
            open_load=loads.get(user, 0),
            coordinator=act.layout.coordination in rooms[user],
        )
        for user in people
    ]
