"""What happens to rooms and memberships: invitations, goodbyes, upgrades, gaps."""

from datetime import timedelta

from sqlalchemy import func, select, update

from helpdesk_bot.actions.claiming import put_back
from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.people import PRIVATE_RULES
from helpdesk_bot.domain.tickets import OPEN, Status
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.access import room_kind, standing_of
from helpdesk_bot.storage.models import Dialog, InboxEvent, Member, OutboxRow, Person, Room, Ticket
from helpdesk_bot.storage.outbox import Outgoing


async def invited(act: Act, event: InboxEvent) -> None:
    """Accepts an invitation from people and servers that are allowed, at most so many in an hour; always one back
    into a room of the helpdesk's own."""
    if act.layout.kind(event.room_id) is not None:
        await _membership(act, event.room_id, "join")
        return
    if not await welcome_here(act, event.sender):
        await _membership(act, event.room_id, "leave")
        return
    await _membership(act, event.room_id, "join")
    if (event.content or {}).get("is_direct") is not True:
        language = await act.language_of(event.sender)
        await act.post(event.room_id, act.words(language, "greet.room", bot=act.setting.name))


async def welcome_here(act: Act, user_id: str) -> bool:
    server = user_id.partition(":")[2]
    if user_id not in act.config.invites.people and not act.config.invite_servers & {"*", server}:
        return False
    hour_ago = act.now - timedelta(hours=1)
    joins = select(func.count()).where(OutboxRow.kind == "join", OutboxRow.created_at > hour_ago)
    return (await act.session.scalar(joins) or 0) < act.config.invites.per_hour


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
    if act.layout.kind(event.room_id) is None and not await welcome_here(act, event.sender):
        return
    await _membership(act, successor, "join", via=[event.sender.partition(":")[2]])
    await move_conversations(act, event.room_id, successor)
    if act.layout.kind(event.room_id) is not None:
        await act.tell_coordinators("alert.room_upgraded", room=event.room_id, successor=successor)


async def move_conversations(act: Act, old: str, new: str) -> None:
    """Open questions of an upgraded room go on in the new one; threads can't come along."""
    tickets = await act.session.scalars(
        select(Ticket).where(Ticket.room_id == old, Ticket.status != Status.MERGED)
    )
    for ticket in tickets:
        ticket.room_id, ticket.thread = new, None
    await act.session.execute(update(Dialog).where(Dialog.room_id == old).values(room_id=new))
    await act.session.execute(update(Person).where(Person.direct_room == old).values(direct_room=new))
    before, after = await act.session.get(Room, old), await act.session.get(Room, new)
    if before is not None and after is None:
        act.session.add(
            Room(
                room_id=new,
                membership="join",
                encrypted=True if before.encrypted else None,
                organisation_id=before.organisation_id,
                stadsdeel=before.stadsdeel,
                members_known=False,
            )
        )


async def member_changed(act: Act, event: InboxEvent) -> None:
    """A helper who leaves the team room, or is no coordinator any more, leaves no question behind."""
    user = event.state_key
    if event.encrypted or user is None or event.room_id not in act.layout.staff_rooms:
        return
    member = await act.session.get(Member, (event.room_id, user))
    if member is not None and member.membership == "join":
        return
    query = select(Ticket).where(Ticket.assignee == user, Ticket.status.in_((Status.CLAIMED, Status.WAITING)))
    who = await standing_of(act.session, act.layout, user)
    tickets = [
        ticket
        for ticket in await act.session.scalars(query)
        if ticket.team_room == event.room_id or not who.helps_in(ticket.team_room)
    ]
    for ticket in tickets:
        await put_back(act, ticket, None)
        await act.tell_team(
            ticket, "claim.helper_left", notify=True, name=await act.name(user, event.room_id)
        )
    if tickets:
        await act.tell_coordinators(
            "alert.helper_left", name=await act.name(user, event.room_id), n=len(tickets)
        )


async def rules_changed(act: Act, event: InboxEvent) -> None:
    """A team room that anybody can join gives no role from now on, and the coordinators hear why."""
    if event.encrypted or event.state_key != "" or event.room_id not in act.layout.staff_rooms:
        return
    rule = (event.content or {}).get("join_rule")
    if rule not in PRIVATE_RULES:
        await act.tell_coordinators("alert.room_open", room=event.room_id)


async def gap(act: Act, event: InboxEvent) -> None:
    """Messages may have been missed and could not be read back: that is said to the coordinators, and to the people
    who would otherwise wait for an answer."""
    await act.tell_coordinators("alert.gap", room=event.room_id)
    kind = await room_kind(act.session, act.layout, event.room_id)
    if kind in (RoomKind.DIRECT, RoomKind.HELP, RoomKind.TEAM):
        await act.post(event.room_id, act.words(await _language_in(act, event.room_id), "gap.here"))


async def _language_in(act: Act, room_id: str) -> str | None:
    """The language of the person whose direct chat this is."""
    return await act.session.scalar(select(Person.language).where(Person.direct_room == room_id).limit(1))


async def _membership(act: Act, room_id: str, kind: str, via: list[str] | None = None) -> None:
    await outbox.enqueue(
        act.session, Outgoing(room_id, {"via": via or []}, type="m.room.member", kind=kind), act.now
    )
