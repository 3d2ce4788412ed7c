"""`!vouchers`: what is left of them; `!vouchers csv Gemeente`: what they were used for, as a file for the funder.

All of them for coordinators, or those that have to do with a name; in a team only those of the question's organisation.
"""

import re
from datetime import timedelta

from helpdesk_bot.actions import claiming
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.layout import RoomKind, plain_key
from helpdesk_bot.errors import UserError
from helpdesk_bot.reports import vouchers as reports
from helpdesk_bot.storage import files, vouchers
from helpdesk_bot.storage.models import Voucher
from helpdesk_bot.texts.render import Hours, Rendered

SHOWN_AFTER = timedelta(days=90)  # so long an expired one is still listed
LONGEST = 40  # lines
_NUMBER = re.compile(r"[0-9]")
_CSV = re.compile(r"csv(?!\w)\s*", re.IGNORECASE)


async def run(call: Call) -> Rendered | None:
    """In a team room, technicians read along: there it is always about one question."""
    wanted = _CSV.match(call.rest)
    if wanted:
        await _send(call, call.rest[wanted.end() :].strip(" .\"'"))
        return None
    if call.who.coordinator and call.room is not RoomKind.TEAM and call.about is None:
        if not call.rest:
            return call.act.texts.join([await _listed(call, await _all(call)), *await _waiting(call)])
        if not _NUMBER.search(call.rest):
            return await _listed(call, await _named(call, plain_key(call.rest)))
    ticket = await call.ticket()
    claiming.must_help(call.who, ticket)
    if ticket.organisation_id is None:
        raise UserError("error.voucher_no_organisation", number=ticket.id)
    return await _listed(call, await vouchers.in_force(call.act.session, ticket.organisation_id))


async def _all(call: Call) -> list[tuple[Voucher, int]]:
    return await vouchers.since(call.act.session, call.act.today - SHOWN_AFTER)


async def _named(call: Call, name: str) -> list[tuple[Voucher, int]]:
    """Those for an initiative, or from a funder."""
    found = []
    for voucher, left in await _all(call):
        organisation = await vouchers.name_of(call.act.session, voucher.organisation_id)
        if any(f" {name}" in f" {plain_key(each)}" for each in (organisation, voucher.funder)):
            found.append((voucher, left))
    if not found:
        raise UserError("error.voucher_of_nobody", name=call.rest)
    return found


async def _waiting(call: Call) -> list[Rendered]:
    """What coordinators still have to decide about."""
    waits = await vouchers.waiting(call.act.session)
    if not waits:
        return []
    lines = [
        call.words("voucher.line_waits", number=number, organisation=name, hours=Hours(minutes))
        for number, name, minutes in waits[:LONGEST]
    ]
    return [call.words("voucher.waiting", number=waits[0][0]), call.act.texts.bullets(lines)]


async def _send(call: Call, funder: str) -> None:
    """Raises UserError where others than coordinators read along, and for a funder that nobody knows."""
    act, incoming = call.act, call.incoming
    if not call.who.coordinator:
        raise UserError("error.for_coordinators", name="vouchers csv")
    if call.room not in (RoomKind.COORDINATION, RoomKind.DIRECT):
        raise UserError("error.voucher_csv_where")
    rows = await reports.months(act.session, funder)
    if not rows:
        known = await reports.funders(act.session)
        raise UserError("error.voucher_csv_who", funders=known) if known else UserError("voucher.list_none")
    name = f"vouchers-{plain_key(rows[0].funder).replace(' ', '-')}-{act.today}.csv"
    made = files.Made(name, "text/csv", reports.as_csv(rows, act.texts, call.language))
    words = call.words("voucher.csv", funder=rows[0].funder)
    await act.post_file(incoming.room_id, words, made, thread=incoming.thread, reply=incoming.event_id)


async def _listed(call: Call, found: list[tuple[Voucher, int]]) -> Rendered:
    if not found:
        return call.words("voucher.list_none")
    lines = [await _line(call, voucher, left) for voucher, left in found[:LONGEST]]
    parts = [call.words("voucher.list", n=len(found)), call.act.texts.bullets(lines)]
    if len(found) > LONGEST:
        parts.append(call.words("voucher.list_more", n=len(found) - LONGEST))
    return call.act.texts.join(parts)


async def _line(call: Call, voucher: Voucher, left: int) -> Rendered:
    if voucher.expires_on < call.act.today:
        key = "voucher.line_expired"
    elif left < 0:
        key = "voucher.line_over"
    else:
        key = "voucher.line_left" if left else "voucher.line_empty"
    return call.words(
        key,
        voucher=voucher.id,
        organisation=await vouchers.name_of(call.act.session, voucher.organisation_id),
        funder=voucher.funder,
        left=Hours(left),
        granted=Hours(voucher.minutes),
        expires=voucher.expires_on,
    )


COMMAND = Command("vouchers", ("vouchers", "tegoed"), ("vouchers",), run, For.TECHNICIAN, inside=True)
