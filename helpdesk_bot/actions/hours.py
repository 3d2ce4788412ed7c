"""The time that somebody gave to a ticket: written down once per message, corrected and taken back with it.

Only for the team: a requester never sees hours.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from helpdesk_bot.actions import vouchers
from helpdesk_bot.actions.claiming import must_help
from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.minutes import Worked
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Technician, Ticket, Voucher, Work


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of the work of one message: `drawn` from which voucher so much, `waiting` for a decision. Minutes."""

    ticket: Ticket
    minutes: int
    day: date
    paid: bool
    drawn: tuple[tuple[Voucher, int], ...]
    waiting: int


async def book(
    act: Act, ticket: Ticket, who: Standing, worked: Worked, *, event_id: str, room_id: str
) -> Booked:
    """Writes down what one message says. Paid work is taken from the vouchers of the ticket's organisation.

    Without a word about it, it is paid work when the helper said so of themselves.
    """
    must_help(who, ticket)
    helper = await act.session.get(Technician, who.user_id)
    paid = worked.paid if worked.paid is not None else bool(helper and helper.paid)
    row = Work(
        ticket_id=ticket.id,
        user_id=who.user_id,
        minutes=worked.minutes,
        paid=paid,
        worked_on=worked.day,
        event_id=event_id,
        room_id=room_id,
        created_at=act.now,
    )
    act.session.add(row)
    await act.session.flush()
    act.record(ticket, who.user_id, "time", minutes=worked.minutes, paid=paid)
    if paid:
        await vouchers.draw(act, ticket, row)
    return await _booked(act, ticket, await of_event(act, event_id, room_id))


async def book_again(
    act: Act, ticket: Ticket, who: Standing, worked: Worked, *, event_id: str, room_id: str
) -> Booked:
    """The message was corrected: what it said before counts no longer."""
    must_help(who, ticket)
    freed = await _remove(act, await of_event(act, event_id, room_id))
    booked = await book(act, ticket, who, worked, event_id=event_id, room_id=room_id)
    await vouchers.settle(act, freed)
    return booked


async def take_back(act: Act, rows: list[Work]) -> None:
    """The message is gone. What it took from a voucher is there for work that waits."""
    await vouchers.settle(act, await _remove(act, rows))


async def _remove(act: Act, rows: list[Work]) -> set[int]:
    """Returns the organisations whose vouchers have more left now."""
    drawn = {row.voucher_id for row in rows if row.voucher_id is not None}
    for row in rows:
        ticket = await act.session.get_one(Ticket, row.ticket_id)
        act.record(ticket, row.user_id, "time_taken_back", minutes=row.minutes, paid=row.paid)
        await act.session.delete(row)
    await act.session.flush()
    return {(await act.session.get_one(Voucher, voucher_id)).organisation_id for voucher_id in drawn}


async def give(act: Act, ticket: Ticket, who: Standing) -> int:
    """Work of theirs that no voucher has room for becomes a gift. Returns how many minutes.

    Raises UserError('error.time_nothing_waits') when nothing waits for that.
    """
    must_help(who, ticket)
    rows = await vouchers.waiting_for(act, ticket, who.user_id)
    if not rows:
        raise UserError("error.time_nothing_waits", number=ticket.id)
    for row in rows:
        row.paid = row.undecided = False
    minutes = sum(row.minutes for row in rows)
    act.record(ticket, who.user_id, "time_given", minutes=minutes)
    return minutes


async def of_event(act: Act, event_id: str, room_id: str) -> list[Work]:
    """What one message told, in its parts."""
    query = select(Work).where(Work.event_id == event_id, Work.room_id == room_id)
    return list((await act.session.scalars(query.order_by(Work.part))).all())


async def sums(act: Act, ticket: Ticket) -> list[tuple[str, bool, bool, int]]:
    """Who gave how many minutes to a ticket: the person, whether paid, and whether it waits for a decision."""
    query = (
        select(Work.user_id, Work.paid, Work.undecided, func.sum(Work.minutes))
        .where(Work.ticket_id == ticket.id)
        .group_by(Work.user_id, Work.paid, Work.undecided)
        .order_by(func.min(Work.id))
    )
    return [(user, paid, waits, minutes) for user, paid, waits, minutes in await act.session.execute(query)]


async def _booked(act: Act, ticket: Ticket, rows: list[Work]) -> Booked:
    drawn = [
        (await act.session.get_one(Voucher, row.voucher_id), row.minutes)
        for row in rows
        if row.voucher_id is not None
    ]
    waiting = sum(row.minutes for row in rows if row.undecided)
    minutes = sum(row.minutes for row in rows)
    return Booked(ticket, minutes, rows[0].worked_on, rows[0].paid, tuple(drawn), waiting)
