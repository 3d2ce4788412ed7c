"""`!cijfer 4`: how the help was, from 1 to 5."""

from helpdesk_bot.actions import finishing
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import queries


async def run(call: Call) -> None:
    words = call.rest.split()
    stars = words.pop() if words else ""
    call.rest = " ".join(words)
    ticket = await call.ticket(queries.latest_helped)
    if stars not in ("1", "2", "3", "4", "5"):
        raise UserError("error.which_rating", number=ticket.id)
    if ticket.requester != call.who.user_id or ticket.assignee is None:
        raise UserError("error.nobody_to_thank", number=ticket.id)
    await finishing.rate(call.act, ticket, int(stars))


COMMAND = Command("rate", ("cijfer",), ("rate",), run)
