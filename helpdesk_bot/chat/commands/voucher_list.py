"""`!vouchers`: what is left of them. All of them for coordinators; in a team only those of the question's organisation."""

from datetime import timedelta

from helpdesk_bot.actions import claiming
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import vouchers
from helpdesk_bot.storage.models import Voucher
from helpdesk_bot.texts.render import Hours, Rendered

SHOWN_AFTER = timedelta(days=90)  # so long an expired one is still listed
LONGEST = 40  # lines


async def run(call: Call) -> Rendered:
    """In a team room, technicians read along: there it is always about one question."""
    if call.who.coordinator and call.room is not RoomKind.TEAM and not call.rest and call.about is None:
        return await _listed(call, await vouchers.since(call.act.session, call.act.today - SHOWN_AFTER))
    ticket = await call.ticket()
    claiming.must_help(call.who, ticket)
    if ticket.organisation_id is None:
        raise UserError("error.voucher_no_organisation", number=ticket.id)
    return await _listed(call, await vouchers.in_force(call.act.session, ticket.organisation_id))


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
