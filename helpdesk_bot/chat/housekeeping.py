"""What happens to rooms and memberships: invitations, goodbyes, upgrades, gaps."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from helpdesk_bot.actions import departure, getting_to_know
from helpdesk_bot.actions.claiming import place
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.direct_chat import has_left
from helpdesk_bot.actions.federation import comparing, trusting
from helpdesk_bot.actions.handing_back import hand_back
from helpdesk_bot.actions.moving import move_conversations
from helpdesk_bot.actions.panic import calling
from helpdesk_bot.actions.panic.ringing import coordinators
from helpdesk_bot.actions.routing import pass_on, team_of
from helpdesk_bot.actions.runs import accepting, standing_in
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.people import PRIVATE_RULES
from helpdesk_bot.domain.tickets import OPEN, Status
from helpdesk_bot.storage import federation, outbox, queries
from helpdesk_bot.storage.access import room_kind, standing_of
from helpdesk_bot.storage.models import InboxEvent, Member, Person, Room, Ticket
from helpdesk_bot.storage.outbox import Outgoing, Urgency

_HOUR = timedelta(hours=1)
_PEOPLE_AT_ONCE = 6  # share what may be entered in an hour
_LONGEST_WAIT = timedelta(days=1)


async def invited(act: Act, event: InboxEvent) -> None:
    """Accepts an invitation from people and servers that are allowed, in a busy hour a while later; always one back
    into a room of the helpdesk's own."""
    if act.layout.kind(event.room_id) is not None:
        await _membership(act, event.room_id, "join")
        return
    if trusting.is_helpdesk_room((event.content or {}).get("room_type")):
        await trusting.invited(act, event.sender, event.room_id)
        return
    moment = await welcome_from(act, event.sender)
    if moment is None:
        await _membership(act, event.room_id, "leave")
        return
    await _join(act, event, event.room_id, moment)
    follows = await act.session.scalar(
        select(Room.room_id).where(Room.successor == event.room_id, Room.membership == "join").limit(1)
    )
    if (event.content or {}).get("is_direct") is not True and follows is None:
        language = await act.language_of(event.sender)
        then = Act(act.session, moment, act.setting)
        await then.post(event.room_id, act.words(language, "greet.room", bot=act.setting.name))


async def welcome_from(act: Act, user_id: str) -> datetime | None:
    """When a room that this person asks us into may be entered; None for never.

    So many in an hour, and of one person a part of that: nobody uses up what is for everybody.
    """
    server = user_id.partition(":")[2]
    if user_id not in act.config.invites.people and not act.config.invite_servers & {"*", server}:
        return None
    limit = act.config.invites.per_hour
    joins = await outbox.joins_since(act.session, act.now - _HOUR)
    theirs = [at for at, asked_by in joins if asked_by == user_id]
    moment = next(
        at
        for at in sorted({act.now, *(at + _HOUR for at, _ in joins if at + _HOUR > act.now)})
        if _in_the_hour_before(at, [at for at, _ in joins]) < limit
        and _in_the_hour_before(at, theirs) < max(1, limit // _PEOPLE_AT_ONCE)
    )
    return moment if moment - act.now <= _LONGEST_WAIT else None


def _in_the_hour_before(moment: datetime, joins: Iterable[datetime]) -> int:
    return sum(moment - _HOUR < at <= moment for at in joins)


async def removed(act: Act, event: InboxEvent) -> None:
    """The bot was put out of a room. In a room of the helpdesk that is something the coordinators must know."""
    if act.layout.kind(event.room_id) is not None and event.room_id != act.layout.coordination:
        await act.tell_coordinators("alert.removed", room=event.room_id, by=event.sender)
    await outbox.drop_room(act.session, event.room_id)
    open_here = select(Ticket).where(Ticket.room_id == event.room_id, Ticket.status.in_(OPEN))
    for ticket in (await act.session.scalars(open_here)).all():
        await act.tell_team(ticket, "relay.room_lost", notify=True)
    await act.session.execute(
        update(Person).where(Person.direct_room == event.room_id).values(direct_room=None)
    )


async def upgraded(act: Act, event: InboxEvent) -> None:
    """Follows a room to its successor. A room of the helpdesk needs its new id in the configuration too."""
    successor = (event.content or {}).get("replacement_room")
    if event.state_key != "" or not isinstance(successor, str) or not successor.startswith("!"):
        return
    known = await act.session.get(Room, successor)
    if act.layout.kind(successor) is not None or (known is not None and known.membership == "join"):
        return  # a room where others talk already is nobody's successor
    ours = act.layout.kind(event.room_id) is not None
    moment = act.now if ours else await welcome_from(act, event.sender)
    if moment is None:
        return
    via = [event.sender.partition(":")[2]]
    await _join(act, event, successor, moment, via=via, after=event.room_id)
    if ours:
        await act.tell_coordinators("alert.room_upgraded", room=event.room_id, successor=successor)


async def arrived(act: Act, event: InboxEvent) -> None:
    """We are in a room that says which one it follows. Only what both rooms say is believed: anybody can point at
    another's room from their own."""
    old = (event.content or {}).get("predecessor")
    before = await act.session.get(Room, old) if isinstance(old, str) else None
    if before is not None and before.successor == event.room_id:
        await move_conversations(act, before.room_id, event.room_id)


async def member_changed(act: Act, event: InboxEvent) -> None:
    """Whoever comes into a team room is asked how they want to help. A helper who leaves it, or is no coordinator any
    more, leaves no question behind."""
    user = event.state_key
    if event.encrypted or user is None:
        return
    if user != act.setting.bot and await has_left(act, event.room_id, user):
        await standing_in.left_room(act, event.room_id, user)
    elif (event.content or {}).get("membership") == "join":
        await accepting.arrived(act, event.room_id, user)
    if event.room_id in act.layout.staff_rooms:
        await _in_a_team(act, event, user)


async def _in_a_team(act: Act, event: InboxEvent, user: str) -> None:
    member = await act.session.get(Member, (event.room_id, user))
    if member is not None and member.membership == "join":
        if event.room_id in (await standing_of(act.session, act.layout, user)).teams:
            await departure.came_back(act, user)
            await getting_to_know.expect(act, user)
        return
    query = select(Ticket).where(Ticket.assignee == user, Ticket.status.in_((Status.CLAIMED, Status.WAITING)))
    who = await standing_of(act.session, act.layout, user)
    tickets = [
        ticket
        for ticket in await act.session.scalars(query)
        if ticket.team_room == event.room_id or not who.helps_in(ticket.team_room)
    ]
    await hand_back(act, tickets, "claim.released_requester", "claim.helper_left")
    if tickets:
        await act.tell_coordinators(
            "alert.helper_left", name=await act.name(user, event.room_id), n=len(tickets)
        )
    room = await act.session.get(Room, event.room_id)
    moved = room is not None and room.successor is not None  # everybody leaves a room that was upgraded
    if not moved:
        await pass_on(act, user)
    from_team = event.room_id in act.layout.team_rooms and not moved
    left = member is not None and member.membership in (
        "leave",
        "ban",
    )  # who is only invited has not come yet
    if left and not moved and not (who.technician or who.coordinator):
        await calling.left(act, user)
    helped = bool(tickets) or await departure.has_helped(act, user)
    if event.room_id == act.layout.coordination and left and not moved and not await coordinators(act):
        await _no_coordinator_left(act, user)
    if from_team and left and helped and not who.technician and user != act.setting.bot:
        await departure.gone(act, user)


async def _no_coordinator_left(act: Act, user: str) -> None:
    """What is told to coordinators reaches nobody from now on: the city's team hears that."""
    words = act.words(None, "alert.no_coordinator", name=await act.name(user, act.layout.coordination))
    await act.post(act.layout.overflow, words, notify=True, priority=Urgency.TEAM)


async def rules_changed(act: Act, event: InboxEvent) -> None:
    """A team room that anybody can join gives no role from now on, and the coordinators hear why. What is asked is
    spoken about elsewhere until it is closed again."""
    if event.encrypted or event.state_key != "" or event.room_id not in act.layout.staff_rooms:
        return
    rule = (event.content or {}).get("join_rule")
    if rule not in PRIVATE_RULES:
        await act.tell_coordinators("alert.room_open", room=event.room_id)
    if event.room_id in act.layout.team_rooms:
        for ticket in await queries.with_a_team(act.session):
            if await team_of(act, ticket) != ticket.team_room:
                await place(act, ticket)


async def gap(act: Act, event: InboxEvent) -> None:
    """Messages may have been missed and could not be read back: that is said to the coordinators, and to the people
    who would otherwise wait for an answer."""
    peer = await federation.of_room(act.session, event.room_id)
    if peer is not None:
        await comparing.soon(act, peer)
        return
    await act.tell_coordinators("alert.gap", room=event.room_id)
    kind = await room_kind(act.session, act.layout, event.room_id)
    if kind in (RoomKind.DIRECT, RoomKind.HELP, RoomKind.TEAM):
        await act.post(event.room_id, act.words(await _language_in(act, event.room_id), "gap.here"))


async def _language_in(act: Act, room_id: str) -> str | None:
    """The language of the person whose direct chat this is."""
    return await act.session.scalar(select(Person.language).where(Person.direct_room == room_id).limit(1))


async def _membership(act: Act, room_id: str, kind: str) -> None:
    if not await outbox.hurry(act.session, room_id, kind):
        await outbox.enqueue(act.session, Outgoing(room_id, {}, type="m.room.member", kind=kind), act.now)


async def _join(act: Act, event: InboxEvent, room_id: str, moment: datetime, **how: Any) -> None:
    """`via`: servers that know the room; `after`: the room that it follows."""
    if await outbox.waits(act.session, room_id, "join"):
        if moment <= act.now:
            await outbox.hurry(act.session, room_id, "join")
        return
    after = moment if moment > act.now else None
    join = Outgoing(room_id, how, type="m.room.member", kind="join", after=after, asked_by=event.sender)
    await outbox.enqueue(act.session, join, moment)  # as from then, so that nobody takes it for a delay
