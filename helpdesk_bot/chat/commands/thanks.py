"""`!bedankt …`: say thanks to whoever helped."""

from helpdesk_bot.actions import finishing
from helpdesk_bot.chat import dialogs
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import queries


async def run(call: Call) -> None:
    ticket = await call.ticket(queries.latest_helped, wordy=True)
    if ticket.requester != call.who.user_id or ticket.assignee is None:
        raise UserError("error.nobody_to_thank", number=ticket.id)
    words = call.rest or call.words("finish.thanks_default").body
    await finishing.thank(call.act, ticket, await dialogs.kept(call.act, ticket, call.incoming, words=words))


COMMAND = Command("thanks", ("bedankt", "dank"), ("thanks",), run)
