"""Questions asked of the database by more than one place. They read and never write."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, UnaryExpression, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.federation.addresses import is_elsewhere
from helpdesk_bot.domain.tickets import FINISHED, OPEN, Status
from helpdesk_bot.storage.models import (
    Copy,
    Member,
    Message,
    OutboxRow,
    Person,
    Reaction,
    Ticket,
    TicketEvent,
)
from helpdesk_bot.storage.outbox import Urgency, event_of, row_of, row_ref

LIST_LENGTH = 15


async def display_name(session: AsyncSession, user_id: str, room_id: str | None = None) -> str:
    """How someone is called: as in this room, as remembered, or the readable part of their Matrix id."""
    if room_id and not is_elsewhere(user_id):  # who is at another helpdesk is in no room here
        member = await session.get(Member, (room_id, user_id))
        if member and member.name:
            return member.name
    person = await session.get(Person, user_id)
    if person and person.name:
        return person.name
    anywhere = await session.scalar(
        select(Member.name).where(Member.user_id == user_id, Member.name.is_not(None)).limit(1)
    )
    return anywhere or user_id.removeprefix("@").partition(":")[0]


async def display_names(session: AsyncSession, users: Collection[str]) -> dict[str, str]:
    """The same for many people at once, wherever they are."""
    names = {user: user.removeprefix("@").partition(":")[0] for user in users}
    for column, name in ((Member.user_id, Member.name), (Person.user_id, Person.name)):
        known = select(column, func.max(name)).where(column.in_(users), name != "").group_by(column)
        names |= {user: called for user, called in await session.execute(known) if called}
    return names


async def latest_ticket(session: AsyncSession, room_id: str | None, requester: str) -> Ticket | None:
    """What this person speaks about in this room (or anywhere): the question that moved last and is not closed, else
    the one that was closed last. One that is said to be solved counts: whether it is, is what they were just asked."""
    query = select(Ticket).where(*_asked_by(requester, room_id))
    newest = (Ticket.changed_at.desc(), Ticket.id.desc())
    going_on = query.where(Ticket.status.in_(OPEN | {Status.SOLVED})).order_by(*newest).limit(1)
    closed = query.where(Ticket.status == Status.CLOSED).order_by(*newest).limit(1)
    return await session.scalar(going_on) or await session.scalar(closed)


async def latest_helped(session: AsyncSession, room_id: str | None, requester: str) -> Ticket | None:
    """The question of this person with which somebody helped: the one that was finished last, if any was."""
    query = select(Ticket).where(*_asked_by(requester, room_id), Ticket.assignee.is_not(None))
    unfinished_last = case((Ticket.status.in_(FINISHED), 0), else_=1)
    return await session.scalar(query.order_by(unfinished_last, Ticket.changed_at.desc()).limit(1))


def _asked_by(requester: str, room_id: str | None) -> list[ColumnElement[bool]]:
    return [Ticket.requester == requester, *([Ticket.room_id == room_id] if room_id is not None else [])]


async def made_one(session: AsyncSession, ticket_id: int) -> list[Ticket]:
    """A ticket and all that were merged into it."""
    found, todo = set[int](), [ticket_id]
    while todo:
        found.update(todo)
        merges = select(TicketEvent.detail).where(
            TicketEvent.ticket_id.in_(todo), TicketEvent.what == "merged"
        )
        todo = [int(detail["merged"]) for detail in await session.scalars(merges)]
    return list((await session.scalars(select(Ticket).where(Ticket.id.in_(found)))).all())


async def own_in_thread(session: AsyncSession, room_id: str, thread: str, requester: str) -> Ticket | None:
    """The question of this person that the bot answers in this thread."""
    query = select(Ticket).where(*_asked_by(requester, room_id), Ticket.thread == thread)
    return await session.scalar(query.order_by(Ticket.id.desc()).limit(1))


async def reminded(session: AsyncSession, requester: str, since: datetime, without: int = 0) -> bool:
    """Whether this person was reminded of a question of theirs since then; `without`: not of this one."""
    query = (
        select(TicketEvent.id)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(Ticket.requester == requester, Ticket.id != without)
        .where(TicketEvent.what.in_(("reminded", "warned", "expire")), TicketEvent.at > since)
    )
    return await session.scalar(query.limit(1)) is not None


async def has_happened(session: AsyncSession, ticket_id: int, what: str) -> bool:
    """Whether the audit trail of a ticket tells this."""
    query = select(TicketEvent.id).where(TicketEvent.ticket_id == ticket_id, TicketEvent.what == what)
    return await session.scalar(query.limit(1)) is not None


async def last_happened(session: AsyncSession, ticket_id: int, what: str) -> TicketEvent | None:
    """When the audit trail of a ticket tells this last."""
    query = select(TicketEvent).where(TicketEvent.ticket_id == ticket_id, TicketEvent.what == what)
    return await session.scalar(query.order_by(TicketEvent.id.desc()).limit(1))


async def unplaced(session: AsyncSession, requester: str) -> list[Ticket]:
    """Questions of this person that wait to hear where they are."""
    query = select(Ticket).where(
        Ticket.requester == requester,
        Ticket.status == Status.NEW,
        Ticket.stadsdeel.is_(None),
        Ticket.card.is_(None),
    )
    return list((await session.scalars(query.order_by(Ticket.id))).all())


async def without_organisation(session: AsyncSession, requester: str) -> list[Ticket]:
    """Open questions of this person of which nobody knows for whom they are."""
    unknown = (Ticket.organisation_id.is_(None), Ticket.status.in_(OPEN))
    return list((await session.scalars(select(Ticket).where(Ticket.requester == requester, *unknown))).all())


async def count_going_on(session: AsyncSession, room_id: str, requester: str) -> int:
    """How many questions of this person a message in this room may be about."""
    going_on = Ticket.status.in_(OPEN | {Status.SOLVED})
    query = select(func.count()).where(*_asked_by(requester, room_id), going_on)
    return await session.scalar(query) or 0


async def helped_before(session: AsyncSession, requester: str) -> str | None:
    """Who helped this requester last."""
    return await session.scalar(
        select(Ticket.assignee)
        .where(Ticket.requester == requester, Ticket.assignee.is_not(None))
        .order_by(Ticket.id.desc())
        .limit(1)
    )


async def team_tickets(
    session: AsyncSession, team_rooms: Sequence[str], limit: int, now: datetime, topic: str | None = None
) -> tuple[list[Ticket], int]:
    """Open tickets of these team rooms, or those about one topic, the longest waiting first and what was put aside for now
    last, and how many there are in all."""
    where: list[ColumnElement[bool]] = [Ticket.team_room.in_(team_rooms), Ticket.status.in_(OPEN)]
    if topic is not None:
        where.append(Ticket.topic == topic)
    aside = case((Ticket.snoozed_until > now, 1), else_=0)
    return await _some_of(session, where, (aside.asc(), Ticket.id.asc()), limit)


async def with_a_team(session: AsyncSession) -> list[Ticket]:
    """Every open ticket that has a card."""
    query = select(Ticket).where(Ticket.card.is_not(None), Ticket.status.in_(OPEN))
    return list((await session.scalars(query.order_by(Ticket.id))).all())


async def tickets_of(
    session: AsyncSession, user_id: str, room_id: str | None, limit: int
) -> tuple[list[Ticket], int]:
    """What someone asked and has not seen finished, and what they help with (in one room, or anywhere); the newest
    first, and how many there are in all."""
    unconfirmed = OPEN | {Status.SOLVED}
    where = [
        or_(
            (Ticket.requester == user_id) & Ticket.status.in_(unconfirmed),
            (Ticket.assignee == user_id) & Ticket.status.in_(OPEN),
        )
    ]
    if room_id is not None:
        where.append(or_(Ticket.room_id == room_id, Ticket.team_room == room_id))
    return await _some_of(session, where, (Ticket.id.desc(),), limit)


async def _some_of(
    session: AsyncSession,
    where: Sequence[ColumnElement[bool]],
    order: Sequence[UnaryExpression[int]],
    limit: int,
) -> tuple[list[Ticket], int]:
    rows = list((await session.scalars(select(Ticket).where(*where).order_by(*order).limit(limit))).all())
    if len(rows) < limit:
        return rows, len(rows)
    return rows, await session.scalar(select(func.count(Ticket.id)).where(*where)) or 0


async def copies_of(session: AsyncSession, message_id: int, part: str | None = None) -> list[OutboxRow]:
    """Where a message was carried to; with `part`, only its words ('text') or only its file ('file')."""
    query = select(OutboxRow).join(Copy, Copy.outbox_id == OutboxRow.id).where(Copy.message_id == message_id)
    if part:
        query = query.where(Copy.part == part)
    return list((await session.scalars(query)).all())


async def is_card(session: AsyncSession, event_id: str, room_id: str) -> bool:
    """Whether this event is the card of a ticket, or was: the first message about it in a room it has left."""
    row = await row_of(session, event_id)
    if row is None or row.room_id != room_id or row.ticket_id is None:
        return False
    if await session.scalar(select(Ticket.id).where(Ticket.id == row.ticket_id, Ticket.card == row.id)):
        return True
    first = select(func.min(OutboxRow.id)).where(
        OutboxRow.ticket_id == row.ticket_id, OutboxRow.room_id == room_id, OutboxRow.type == "m.room.message"
    )
    return await session.scalar(first) == row.id


async def in_thread_of(session: AsyncSession, ticket: Ticket, room_id: str, thread: str | None) -> bool:
    """Whether a message of this room and thread stands in the thread of the ticket's card."""
    if thread is None or ticket.card is None or room_id != ticket.team_room:
        return False
    return await event_of(session, ticket.card) == thread


async def edits_of(session: AsyncSession, row: OutboxRow, ticket_id: int) -> list[OutboxRow]:
    """The corrections of a message of ours, which is about this ticket or was about one that was merged into it."""
    query = select(OutboxRow).where(
        OutboxRow.ticket_id.in_({row.ticket_id, ticket_id}),
        OutboxRow.room_id == row.room_id,
        OutboxRow.id > row.id,
    )
    return [edit for edit in await session.scalars(query) if edit.refs.get("edits") == row_ref(row.id)]


async def cards_of(session: AsyncSession, ticket: Ticket) -> list[OutboxRow]:
    """Every card of a ticket that there ever was, with its corrections."""
    query = select(OutboxRow).where(OutboxRow.ticket_id == ticket.id, OutboxRow.type == "m.room.message")
    rows = (await session.scalars(query.where(OutboxRow.kind == "send").order_by(OutboxRow.id))).all()
    firsts: dict[str, OutboxRow] = {}
    for row in rows:
        firsts.setdefault(row.room_id, row)
    # In a team's room nothing is said about a ticket before its card.
    cards = {row_ref(row.id) for row in firsts.values() if row.priority == Urgency.TEAM}
    cards |= {str(row.refs["edits"]) for row in rows if (row.coalesce or "").startswith("card:")}
    if ticket.card is not None:
        cards.add(row_ref(ticket.card))
    return [row for row in rows if row_ref(row.id) in cards or row.refs.get("edits") in cards]


async def reaction_passed_on(session: AsyncSession, ticket_id: int, event_id: str, key: str) -> int | None:
    """The row that carried the same sign of somebody else about this message, if it still stands."""
    query = (
        select(OutboxRow)
        .join(Reaction, Reaction.outbox_id == OutboxRow.id)
        .where(Reaction.ticket_id == ticket_id, Reaction.key == key)
    )
    return next((row.id for row in await session.scalars(query) if row.refs.get("about") == event_id), None)


async def rows_called(session: AsyncSession, coalesce: str, ticket_id: int | None) -> list[OutboxRow]:
    """The rows about a ticket with this word in `coalesce`."""
    query = select(OutboxRow).where(OutboxRow.ticket_id == ticket_id, OutboxRow.coalesce == coalesce)
    return list((await session.scalars(query)).all())


async def nth_latest_question(session: AsyncSession, requester: str, n: int) -> datetime | None:
    """When this person asked their n-th latest question themselves."""
    query = select(Ticket.created_at).where(Ticket.requester == requester, Ticket.opened_by == requester)
    return await session.scalar(query.order_by(Ticket.id.desc()).offset(n - 1).limit(1))


async def meant_by(session: AsyncSession, event_id: str) -> str:
    """The message that somebody means who points at `event_id`: clients that can't show a correction show it as a
    message of its own, and people reply and react to that."""
    row = await row_of(session, event_id)
    while row is not None and str(row.refs.get("edits", "")).startswith("row:"):
        row = await session.get(OutboxRow, int(str(row.refs["edits"]).removeprefix("row:")))
    return (row.event_id if row else None) or event_id


async def message_of_copy(session: AsyncSession, event_id: str, room_id: str) -> Message | None:
    """The message whose copy this event is."""
    return await session.scalar(
        select(Message)
        .join(Copy, Copy.message_id == Message.id)
        .join(OutboxRow, OutboxRow.id == Copy.outbox_id)
        .where(OutboxRow.event_id == event_id, OutboxRow.room_id == room_id)
    )


async def users_called(session: AsyncSession, room_id: str, word: str) -> list[str]:
    """People in a room whose name, first name or local part is this word, whatever its capitals."""
    wanted = word.casefold()
    rows = await session.execute(
        select(Member.user_id, Member.name).where(Member.room_id == room_id, Member.membership == "join")
    )
    found = []
    for user_id, name in rows:
        names = {user_id.removeprefix("@").partition(":")[0].casefold()}
        if name:
            names |= {name.casefold(), name.casefold().split(" ")[0]}
        if wanted in names:
            found.append(user_id)
    return found
