"""`!nieuw …`: another question, with its own number, also in the middle of a conversation."""

from helpdesk_bot.chat import questions
from helpdesk_bot.chat.command import Call, Command


async def run(call: Call) -> None:
    if call.rest or call.incoming.file is not None:
        await questions.ask(call, anew=True)
    else:
        await questions.ask_what(call)


COMMAND = Command("new", ("nieuw",), ("new",), run, outside=True)
