"""`!nieuw …`: another question, with its own number, also in the middle of a conversation."""

from helpdesk_bot.chat import questions
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain.layout import STAFF_KINDS
from helpdesk_bot.errors import UserError


async def run(call: Call) -> None:
    if call.room in STAFF_KINDS:
        raise UserError("ask.not_here")
    if not call.rest and call.incoming.file is None:
        raise UserError("ask.how")
    await questions.ask(call, anew=True)


COMMAND = Command("new", ("nieuw",), ("new",), run)
