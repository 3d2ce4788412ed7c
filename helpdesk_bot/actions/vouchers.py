"""Vouchers: hours that somebody funds for an organisation. Paid work is taken from them, and never more than there is,
unless a coordinator allows it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain import vouchers as rules
from helpdesk_bot.domain.vouchers import Pot
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import vouchers
from helpdesk_bot.storage.models import Organisation, Ticket, Voucher, Work
from helpdesk_bot.texts.render import Hours


async def grant(
    act: Act, organisation: Organisation, minutes: int, funder: str, expires_on: date, who: str
) -> tuple[Voucher, int]:
    """A new voucher. Work that waited for one is taken from it at once; returns how many minutes that was."""
    voucher = Voucher(
        organisation_id=organisation.id,
        funder=funder,
        minutes=minutes,
        expires_on=expires_on,
        created_by=who,
        created_at=act.now,
    )
    act.session.add(voucher)
    await act.session.flush()
    await settle(act, {organisation.id})
    return voucher, await vouchers.used(act.session, voucher.id)


async def draw(act: Act, ticket: Ticket, work: Work) -> None:
    """Takes paid work from the vouchers of the ticket's organisation that count on that day, the first to expire first.

    What none has room for waits: the coordinators hear it. An organisation that never had a voucher is none of this.
    """
    if ticket.organisation_id is None or not await vouchers.in_force(act.session, ticket.organisation_id):
        return
    there = await vouchers.usable(act.session, ticket.organisation_id, work.worked_on)
    pots = [Pot(voucher.id, left, voucher.overdrawn_by is not None) for voucher, left in there]
    taken, too_much = rules.share(work.minutes, pots)
    new = not work.undecided
    await _put(act, work, [*taken, *([(None, too_much)] if too_much else [])])
    if too_much and new:
        await act.tell_coordinators(
            "voucher.asked",
            name=await act.name(work.user_id, ticket.team_room),
            hours=Hours(too_much),
            number=ticket.id,
            organisation=await vouchers.name_of(act.session, ticket.organisation_id),
        )
    for voucher, _ in there:
        if voucher.id in dict(taken):
            await _warn(act, voucher, ticket)


async def settle(act: Act, organisations: set[int]) -> None:
    """There is room again: work that waited is taken from it, the oldest first, and its team hears so."""
    settled: Counter[int] = Counter()
    rows = await vouchers.undecided(act.session, Ticket.organisation_id.in_(organisations))
    for row in rows:
        waited = row.minutes
        await draw(act, await act.session.get_one(Ticket, row.ticket_id), row)
        settled[row.ticket_id] += waited - await _still_waiting(act, row)
    for ticket_id, minutes in settled.items():
        if minutes:
            ticket = await act.session.get_one(Ticket, ticket_id)
            await act.tell_team(ticket, "voucher.settled_team", hours=Hours(minutes))


async def _still_waiting(act: Act, work: Work) -> int:
    query = select(func.coalesce(func.sum(Work.minutes), 0))
    query = query.where(Work.event_id == work.event_id, Work.undecided)
    return await act.session.scalar(query) or 0


async def draw_anew(act: Act, ticket: Ticket) -> None:
    """It is for another organisation than was thought: nobody's voucher pays for others. Its team hears so."""
    query = select(Work).where(Work.ticket_id == ticket.id, Work.paid)
    rows = (await act.session.scalars(query.order_by(Work.worked_on, Work.event_id, Work.part))).all()
    drawn = {row.voucher_id for row in rows if row.voucher_id is not None}
    for row in await _made_whole(act, rows):
        await draw(act, ticket, row)
    paid_now = await act.session.scalar(
        select(func.sum(Work.minutes)).where(Work.ticket_id == ticket.id, Work.voucher_id.is_not(None))
    )
    if ticket.organisation_id is not None and (drawn or paid_now):
        organisation = await vouchers.name_of(act.session, ticket.organisation_id)
        words: dict[str, Any] = {"organisation": organisation, "hours": Hours(paid_now or 0)}
        await act.tell_team(ticket, "voucher.drawn_anew" if paid_now else "voucher.drawn_no_more", **words)
    await settle(act, {(await act.session.get_one(Voucher, id_)).organisation_id for id_ in drawn})


async def _made_whole(act: Act, rows: Sequence[Work]) -> list[Work]:
    """The parts of each message as one again, taken from no voucher."""
    whole: dict[str, Work] = {}
    for row in rows:
        first = whole.setdefault(row.event_id, row)
        if first is not row:
            first.minutes += row.minutes
            await act.session.delete(row)
        first.voucher_id, first.undecided = None, False
    await act.session.flush()
    return list(whole.values())


async def allow(act: Act, ticket: Ticket, who: str) -> tuple[Voucher, int]:
    """A coordinator allows more than there is, from now on too. Returns the voucher, and how much waited for this.

    Raises UserError('error.voucher_none') when the organisation has none.
    """
    voucher = await _to_overdraw(act, ticket)
    voucher.overdrawn_by = who
    rows = await vouchers.undecided(act.session, Ticket.organisation_id == voucher.organisation_id)
    rows = [row for row in rows if row.ticket_id == ticket.id]
    for row in rows:
        row.voucher_id, row.undecided = voucher.id, False
    minutes = sum(row.minutes for row in rows)
    act.record(ticket, who, "voucher_allowed", voucher=voucher.id, minutes=minutes)
    await act.session.flush()
    if minutes:
        await act.tell_team(ticket, "voucher.allowed_team", hours=Hours(minutes))
    await _warn(act, voucher, ticket)
    return voucher, minutes


async def end(act: Act, number: int) -> Voucher:
    """Nothing is taken from it any more; what was, stays. Raises UserError('error.no_such_voucher')."""
    voucher = await act.session.get(Voucher, number)
    if voucher is None or voucher.ended_at is not None:
        raise UserError("error.no_such_voucher", number=number)
    voucher.ended_at = act.now
    return voucher


async def waiting_for(act: Act, ticket: Ticket, user_id: str) -> Sequence[Work]:
    """This person's work on a ticket that no voucher has room for."""
    return await vouchers.undecided(act.session, Work.ticket_id == ticket.id, Work.user_id == user_id)


async def _to_overdraw(act: Act, ticket: Ticket) -> Voucher:
    """The one that counts for longest."""
    there = await vouchers.in_force(act.session, ticket.organisation_id) if ticket.organisation_id else []
    if not there:
        raise UserError("error.voucher_none", number=ticket.id)
    return there[-1][0]


async def _put(act: Act, work: Work, parts: Iterable[tuple[int | None, int]]) -> None:
    """Writes the row in these parts: the first in its own place, others behind it."""
    last = await act.session.scalar(select(func.max(Work.part)).where(Work.event_id == work.event_id)) or 0
    row = work
    for at, (voucher_id, minutes) in enumerate(parts):
        if at:
            row = Work(
                ticket_id=work.ticket_id,
                user_id=work.user_id,
                paid=True,
                worked_on=work.worked_on,
                event_id=work.event_id,
                room_id=work.room_id,
                part=last + at,
                created_at=work.created_at,
            )
            act.session.add(row)
        row.voucher_id, row.minutes, row.undecided = voucher_id, minutes, voucher_id is None
    await act.session.flush()


async def _warn(act: Act, voucher: Voucher, ticket: Ticket) -> None:
    """Once, when most of it is used: then there is still time to arrange more."""
    used = await vouchers.used(act.session, voucher.id)
    if voucher.warned_at is not None or not rules.nearly_used(voucher.minutes, used):
        return
    voucher.warned_at = act.now
    told: dict[str, Any] = {
        "voucher": voucher.id,
        "organisation": await vouchers.name_of(act.session, voucher.organisation_id),
        "funder": voucher.funder,
        "used": Hours(used),
        "granted": Hours(voucher.minutes),
        "expires": voucher.expires_on,
    }
    key = "voucher.used_up" if used >= voucher.minutes else "voucher.nearly_used"
    await act.tell_coordinators(key, **told)
    await act.tell_team(ticket, f"{key}_team", **told)
