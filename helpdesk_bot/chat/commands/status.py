"""`!status 12`: how it stands."""

from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.chat.listing import link_to, status_of
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    ticket = await call.ticket_if_any()
    if ticket is None:
        return call.words("status.nothing" if call.room is RoomKind.DIRECT else "status.nothing_here")
    return call.words(
        "status.line",
        ticket=await link_to(call, ticket),
        number=ticket.id,
        subject=ticket.subject,
        status=await status_of(call, ticket),
        asked=ticket.created_at,
        changed=ticket.changed_at,
    )


COMMAND = Command("status", ("status",), ("status",), run, takes_words=False)
