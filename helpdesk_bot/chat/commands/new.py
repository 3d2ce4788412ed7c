"""`!nieuw …`: another question, with its own number, also in the middle of a conversation."""

from helpdesk_bot.chat import questions
from helpdesk_bot.chat.command import Call, Command


async def run(call: Call) -> None:
    if not call.rest and call.incoming.file is None:
        raise questions.how_to_ask(call.room)
    await questions.ask(call, anew=True)


COMMAND = Command("new", ("nieuw",), ("new",), run, outside=True)
