"""`!bedankt …`: say thanks to whoever helped."""

from helpdesk_bot.actions import finishing
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import queries


async def run(call: Call) -> None:
    ticket = await call.ticket(queries.latest_helped, wordy=True)
    if ticket.requester != call.who.user_id or ticket.assignee is None:
        raise UserError("error.nobody_to_thank", number=ticket.id)
    await finishing.thank(call.act, ticket, call.rest or call.words("finish.thanks_default").body)


COMMAND = Command("thanks", ("bedankt", "dank"), ("thanks",), run)
