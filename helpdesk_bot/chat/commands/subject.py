"""`!onderwerp …`: a better title."""

from helpdesk_bot.actions import details
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.tickets import subject_of
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    ticket = await call.ticket(wordy=True)
    if not call.rest:
        raise UserError("error.which_subject", number=ticket.id)
    await details.set_subject(call.act, ticket, call.who, subject_of(call.rest))
    return call.words("details.subject", number=ticket.id, subject=ticket.subject)


COMMAND = Command("subject", ("onderwerp",), ("subject",), run, For.TECHNICIAN, inside=True)
