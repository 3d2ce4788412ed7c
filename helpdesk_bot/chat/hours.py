"""Time that somebody gave to a question: what the words mean, and what the helper hears back."""

from helpdesk_bot.actions import hours
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.hours import Booked
from helpdesk_bot.chat.command import Call
from helpdesk_bot.domain.lengths import NotWorked
from helpdesk_bot.domain.minutes import Worked, read
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import vouchers
from helpdesk_bot.storage.models import Ticket, Work
from helpdesk_bot.texts.render import Hours, Rendered


async def understood(call: Call) -> tuple[Ticket, Worked]:
    """The question and the work that a command names. Raises UserError when either is not clear."""
    try:
        worked = read(call.rest, call.act.today)
    except NotWorked as error:
        raise UserError(f"error.time_{error.wrong}") from None
    call.rest = worked.rest
    if worked.open_end and call.about is not None:
        # '1 uur 30' in a thread: half an hour more, or question 30?
        raise UserError("error.time_open_end", number=worked.rest.split()[-1], hours=worked.minutes // 60)
    # In a thread the words may begin with a number of their own: '30m 2 mensen gebeld'.
    return await call.ticket(wordy=call.about is not None and not call.only_a_number), worked


async def edited(call: Call, rows: list[Work]) -> Rendered:
    """The message that told it, or tried to, was corrected: what it says now counts.

    A correction does not carry the thread in which it was written: without a number it is about the same question.
    """
    if rows and call.command.name != "time":
        raise UserError("error.time_edited_away")
    rest = call.rest
    try:
        ticket, worked = await understood(call)
    except UserError as error:
        if error.key != "error.which_ticket" or not rows:
            raise
        call.rest, call.about = rest, await call.act.session.get_one(Ticket, rows[0].ticket_id)
        ticket, worked = await understood(call)
    event_id = call.incoming.replaces
    assert event_id is not None
    booked = await hours.book_again(
        call.act, ticket, call.who, worked, event_id=event_id, room_id=call.incoming.room_id
    )
    return await told(call.act, call.language, booked)


async def deleted(act: Act, rows: list[Work]) -> None:
    """The message that told it is gone: so is the time, and whoever reads the thread sees that."""
    ticket = await act.session.get_one(Ticket, rows[0].ticket_id)
    await hours.take_back(act, rows)
    minutes = Hours(sum(row.minutes for row in rows))
    name = await act.name(rows[0].user_id, ticket.team_room)
    await act.tell_team(ticket, "time.taken_back", name=name, hours=minutes)


async def told(act: Act, language: str, booked: Booked) -> Rendered:
    """What was written down, what is left of a voucher, and what waits for a decision."""
    ticket = booked.ticket
    kind = act.words(language, "time.paid" if booked.paid else "time.volunteer")
    total = sum(minutes for *_, minutes in await hours.sums(act, ticket))
    said = {"number": ticket.id, "hours": Hours(booked.minutes), "day": booked.day, "kind": kind}
    parts = [act.words(language, "time.booked", total=Hours(total), **said)]
    for voucher, minutes in booked.drawn:
        left = voucher.minutes - await vouchers.used(act.session, voucher.id)
        key = "time.drawn" if left >= 0 else "time.drawn_over"
        words = {"funder": voucher.funder, "hours": Hours(minutes), "left": Hours(left)}
        parts.append(act.words(language, key, expires=voucher.expires_on, **words))
    if booked.waiting:
        parts.append(await _waits(act, language, booked))
    elif booked.paid and ticket.organisation_id is None:
        parts.append(act.words(language, "time.no_organisation", number=ticket.id))
    return act.texts.join(parts)


async def _waits(act: Act, language: str, booked: Booked) -> Rendered:
    """Whether the voucher is used up or over: what can be done is the same."""
    organisation_id = booked.ticket.organisation_id
    assert organisation_id is not None
    there = await vouchers.usable(act.session, organisation_id, booked.day)
    return act.words(
        language,
        "time.waits" if there else "time.waits_expired",
        hours=Hours(booked.waiting),
        number=booked.ticket.id,
        organisation=await vouchers.name_of(act.session, organisation_id),
    )
