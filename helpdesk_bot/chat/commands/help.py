"""`!hulp`: what this person can do here; `!hulp mijn vraag …` asks it."""

from helpdesk_bot.chat import guide, questions
from helpdesk_bot.chat.command import Call, Command, find
from helpdesk_bot.domain.layout import STAFF_KINDS
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered | None:
    if call.room not in STAFF_KINDS and (call.rest or call.incoming.file is not None):
        await questions.ask(call)
        return None
    if call.rest and find(call.commands, call.rest.removeprefix("!").casefold()) is None:
        raise UserError("ask.not_here")
    return guide.explain(call)


COMMAND = Command("help", ("hulp", "vraag"), ("help", "question"), run)
