"""`!antwoord …`: this goes to the requester, also without a reply."""

from helpdesk_bot.chat import answering
from helpdesk_bot.chat.command import Call, Command, For


async def run(call: Call) -> None:
    await answering.answer(call, await call.ticket(wordy=True))


COMMAND = Command("answer", ("antwoord",), ("answer",), run, For.TECHNICIAN, inside=True)
