"""What the week is reckoned from, read out of the tables. Tickets that were finished long ago are not looked at."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.federation.addresses import PREFIX
from helpdesk_bot.domain.lives import RATED, STEPS, Life, Step
from helpdesk_bot.domain.people import PRIVATE_RULES
from helpdesk_bot.domain.tickets import OPEN, Move, Status
from helpdesk_bot.reports.scope import Place, within
from helpdesk_bot.storage.models import (
    Member,
    Organisation,
    Room,
    Technician,
    Ticket,
    TicketEvent,
    Voucher,
    Work,
)

_TELLING = (Move.HAND_OVER, Move.REOPEN, Move.REQUEUE, RATED)  # steps whose details matter
# A question counts where it was asked, whoever helped.
_OURS = ~Ticket.requester.startswith(PREFIX)
Tally = dict[str, dict[str, int]]  # what, and whose how many


async def lives(session: AsyncSession, scope: str, since: datetime, until: datetime) -> list[Life]:
    """Every ticket of which something may have happened in that time, or that was open in it.

    Of the others the state then was the state now, and that is a finished one: each step moves `changed_at`.
    """
    may_count = (
        Ticket.created_at < until,
        or_(Ticket.status.in_(OPEN), Ticket.changed_at >= since),
        within(scope, Ticket.stadsdeel),
        _OURS,
    )
    steps: dict[int, list[Step]] = defaultdict(list)
    detail = case((TicketEvent.what.in_(_TELLING), TicketEvent.detail))
    events = (
        select(TicketEvent.ticket_id, TicketEvent.at, TicketEvent.what, TicketEvent.actor, detail)
        .where(TicketEvent.ticket_id.in_(select(Ticket.id).where(*may_count)), TicketEvent.what.in_(STEPS))
        .order_by(TicketEvent.id)
    )
    for ticket, at, what, actor, more in await session.execute(events):
        more = more or {}
        due = datetime.fromisoformat(more["solve_due"]) if "solve_due" in more else None
        steps[ticket].append(Step(at, what, more.get("helper", actor), more.get("stars"), due))
    columns = (
        Ticket.id,
        Ticket.requester,
        Ticket.created_at,
        Ticket.stadsdeel,
        Ticket.topic,
        Ticket.claimed_at,
        Ticket.answered_at,
        Ticket.claim_due,
        Ticket.answer_due,
        Ticket.solve_due,
        Ticket.rests,
    )
    rows = await session.execute(select(*columns).where(*may_count).order_by(Ticket.id))
    return [
        Life(id_, requester, created, tuple(steps.get(id_, ())), *rest)
        for id_, requester, created, *rest in rows
    ]


async def minutes(
    session: AsyncSession, scope: str, first: date, last: date
) -> list[tuple[date, str, bool, int]]:
    """Day, person, whether it was paid, and minutes; of each the sum. Both days count."""
    query = (
        select(Work.worked_on, Work.user_id, Work.paid, func.sum(Work.minutes))
        .join(Ticket, Ticket.id == Work.ticket_id)
        .where(Work.worked_on.between(first, last), within(scope, Ticket.stadsdeel))
        .group_by(Work.worked_on, Work.user_id, Work.paid)
    )
    return [(day, user, paid, int(total)) for day, user, paid, total in await session.execute(query)]


async def drawn(session: AsyncSession, scope: str, first: date, last: date) -> Counter[date]:
    """Minutes per day that were paid from vouchers of the scope's organisations."""
    query = (
        select(Work.worked_on, func.sum(Work.minutes))
        .join(Voucher, Voucher.id == Work.voucher_id)
        .join(Organisation, Organisation.id == Voucher.organisation_id)
        .where(Work.worked_on.between(first, last), within(scope, Organisation.stadsdeel))
        .group_by(Work.worked_on)
    )
    return Counter({day: int(total) for day, total in await session.execute(query)})


async def undecided(session: AsyncSession, scope: str, first: date, last: date) -> Counter[date]:
    """Minutes per day of paid work that no voucher has room for."""
    query = (
        select(Work.worked_on, func.sum(Work.minutes))
        .join(Ticket, Ticket.id == Work.ticket_id)
        .where(Work.undecided, Work.worked_on.between(first, last), within(scope, Ticket.stadsdeel))
        .group_by(Work.worked_on)
    )
    return Counter({day: int(total) for day, total in await session.execute(query)})


async def left(session: AsyncSession, scope: str, last: date, until: datetime) -> int:
    """Minutes that were left, at the end of that day, on vouchers that still counted. One that is overdrawn has none."""
    used = (
        select(func.coalesce(func.sum(Work.minutes), 0))
        .where(Work.voucher_id == Voucher.id, Work.worked_on <= last)
        .scalar_subquery()
    )
    query = (
        select(Voucher.minutes - used)
        .join(Organisation, Organisation.id == Voucher.organisation_id)
        .where(
            within(scope, Organisation.stadsdeel),
            Voucher.created_at < until,
            Voucher.expires_on > last,
            or_(Voucher.ended_at.is_(None), Voucher.ended_at >= until),
        )
    )
    return sum(max(0, rest) for rest in await session.scalars(query))


async def lent(
    session: AsyncSession, place: Place, begins: datetime, ends: datetime
) -> Counter[tuple[str, str]]:
    """How many questions of one side were first taken up by another side's team: (of, by)."""
    query = (
        select(Ticket.stadsdeel, func.coalesce(Ticket.lent_to, Ticket.team_room), func.count())
        .where(
            Ticket.changed_at >= begins,
            Ticket.claimed_at >= begins,
            Ticket.claimed_at < ends,
            Ticket.stadsdeel.is_not(None),
            _OURS,
        )
        .group_by(Ticket.stadsdeel, func.coalesce(Ticket.lent_to, Ticket.team_room))
    )
    found: Counter[tuple[str, str]] = Counter()
    for of, room, count in await session.execute(query):
        if of is not None and of != place.side(room):
            found[of, place.side(room)] += count
    return found


async def helped_initiatives(session: AsyncSession, scope: str, since: datetime, until: datetime) -> Tally:
    """Per organisation, who helped with how many questions that were asked in that time."""
    ours = within(scope, Organisation.stadsdeel)
    query = (
        select(Ticket.organisation_id, Ticket.assignee, func.count())
        .join(Organisation, Organisation.id == Ticket.organisation_id)
        .where(*_asked(since, until), ours)
        .group_by(Ticket.organisation_id, Ticket.assignee)
    )
    return _tally(await session.execute(query))


async def helped_topics(session: AsyncSession, since: datetime, until: datetime) -> Tally:
    query = (
        select(Ticket.topic, Ticket.assignee, func.count())
        .where(*_asked(since, until), Ticket.topic.is_not(None))
        .group_by(Ticket.topic, Ticket.assignee)
    )
    return _tally(await session.execute(query))


def _asked(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Nothing has changed before it was asked: that condition finds them by an index."""
    return (
        Ticket.changed_at >= since,
        Ticket.created_at >= since,
        Ticket.created_at < until,
        Ticket.assignee.is_not(None),
        ~Ticket.assignee.startswith(PREFIX),
        Ticket.status != Status.MERGED,
    )


def _tally(rows: "Iterator[tuple[object, str | None, int]]") -> Tally:
    found: Tally = defaultdict(dict)
    for key, person, count in rows:
        if person is not None:
            found[str(key)][person] = count
    return found


async def with_backup(session: AsyncSession) -> frozenset[str]:
    """Organisations for which somebody stands by."""
    query = select(Organisation.id).where(Organisation.backup.is_not(None))
    return frozenset(map(str, await session.scalars(query)))


async def technicians(session: AsyncSession, place: Place, scope: str) -> dict[str, frozenset[str]]:
    """Who helps in each team room now. Coordinators sit in team rooms too, and count where nobody else is; a room that
    anybody can walk into has no team."""
    rooms = place.team_rooms(scope)
    closed = select(Room.room_id).where(Room.join_rule.in_(PRIVATE_RULES), Room.members_known)
    query = select(Member.room_id, Member.user_id).where(
        Member.membership == "join",
        Member.user_id != place.bot,
        Member.room_id.in_([*rooms, place.layout.coordination]),
        Member.room_id.in_(closed),
    )
    there: dict[str, set[str]] = defaultdict(set)
    for room, user in await session.execute(query):
        there[room].add(user)
    coordinators = there.pop(place.layout.coordination, set())
    known = set((await session.scalars(closed.where(Room.room_id.in_(rooms)))).all())
    return {room: frozenset(there[room] - coordinators or there[room]) for room in rooms if room in known}


async def skilled(session: AsyncSession, people: frozenset[str]) -> dict[str, frozenset[str]]:
    """Who of these says that they know a topic."""
    found: dict[str, set[str]] = defaultdict(set)
    for technician in await session.scalars(select(Technician)):
        for topic in technician.skills if technician.user_id in people else ():
            found[topic].add(technician.user_id)
    return {topic: frozenset(who) for topic, who in found.items()}
