"""`!organisatie De Buurtwarmte`: for whom I ask, when it was not known or not right."""

from helpdesk_bot.actions import claiming, knowing
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    ticket = await call.ticket_if_any(wordy=True, by_colleagues=True)
    if not call.rest:
        raise UserError("error.which_organisation")
    if ticket is None:
        known = await knowing.organisation_named(call.act, call.rest)
        await knowing.remember(call.act, call.who.user_id, call.incoming.room_id, organisation_id=known.id)
        return call.words("details.organisation_known", organisation=known.name)
    if ticket.requester != call.who.user_id and call.room is not RoomKind.OWN:
        claiming.must_help(call.who, ticket)
    organisation = await knowing.set_organisation(call.act, ticket, call.rest, call.who.user_id)
    return call.words("details.organisation", number=ticket.id, organisation=organisation.name)


COMMAND = Command("organisation", ("organisatie",), ("organisation", "organization"), run)
