"""A room is given up for a newer one: the questions that are spoken about in it must not stay behind."""

from sqlalchemy import delete, select, update

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.direct_chat import chat_with, has_left
from helpdesk_bot.domain.tickets import OPEN, Status
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import Dialog, Person, Room, Run, Ticket


async def move_conversations(act: Act, old: str, new: str) -> None:
    """Questions of an upgraded room go on in the new one, where we are already; threads can't come along."""
    tickets = await act.session.scalars(
        select(Ticket).where(Ticket.room_id == old, Ticket.status != Status.MERGED)
    )
    for ticket in tickets:
        ticket.room_id, ticket.thread = new, None
    await act.session.execute(update(Run).where(Run.room_id == old).values(room_id=new, card=None))
    await act.session.execute(update(Dialog).where(Dialog.room_id == old).values(room_id=new))
    await act.session.execute(update(Person).where(Person.direct_room == old).values(direct_room=new))
    await outbox.move_messages(act.session, old, new)
    before, after = await act.session.get(Room, old), await act.session.get(Room, new)
    if before is not None and after is not None:
        after.encrypted = before.encrypted or after.encrypted  # what was private stays so
        after.organisation_id = after.organisation_id or before.organisation_id
        after.stadsdeel = after.stadsdeel or before.stadsdeel


async def reach_directly(act: Act, room_id: str) -> None:
    """The room goes on where we may not come: its open questions go on in a direct chat with whoever asked."""
    await act.session.execute(update(Person).where(Person.direct_room == room_id).values(direct_room=None))
    here = select(Ticket).where(Ticket.room_id == room_id, Ticket.status.in_(OPEN))
    for ticket in (await act.session.scalars(here)).all():
        await _go_on_directly(act, ticket, "moved.direct_chat", "relay.moved_direct")


async def follow_requester(act: Act, ticket: Ticket) -> None:
    """Before an answer goes out: whoever left the room in which they asked gets it in a direct chat.

    In a room of their own organisation colleagues still read it: there it stays, and the team hears who left.
    """
    if not await has_left(act, ticket.room_id, ticket.requester):
        return
    room = await act.session.get(Room, ticket.room_id)
    others = room is not None and (room.member_count or 0) > 1
    if others and act.layout.kind(ticket.room_id) is None:
        name = await act.name(ticket.requester, ticket.room_id)
        await act.tell_team(ticket, "relay.requester_left", name=name)
    else:
        await _go_on_directly(act, ticket, "moved.you_left", "relay.left_direct")


async def _go_on_directly(act: Act, ticket: Ticket, told: str, team_told: str) -> None:
    """`told` and `team_told`: the texts that say why."""
    before = ticket.room_id
    name = await act.name(ticket.requester, before)
    await act.session.execute(delete(Dialog).where(Dialog.room_id == before, Dialog.ticket_id == ticket.id))
    ticket.room_id, ticket.thread = await chat_with(act, await act.person(ticket.requester)), None
    await act.tell_requester(ticket, told)
    await act.tell_team(ticket, team_told, notify=True, name=name)
    await outbox.move_messages(act.session, before, ticket.room_id, ticket.id)
