"""`!status 12`: how it stands."""

from helpdesk_bot.actions.card import status_words
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.chat.listing import link_to
from helpdesk_bot.domain.layout import STAFF_KINDS
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    try:
        ticket = await call.ticket()
    except UserError as error:
        if error.key != "error.which_ticket" or call.room in STAFF_KINDS:
            raise
        return call.words("status.nothing")
    return call.words(
        "status.line",
        ticket=link_to(call, ticket),
        number=ticket.id,
        subject=ticket.subject,
        status=await status_words(call.act, ticket, call.language),
        asked=ticket.created_at,
        changed=ticket.changed_at,
    )


COMMAND = Command("status", ("status",), ("status",), run)
