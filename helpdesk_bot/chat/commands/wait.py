"""`!wacht`: I need something from the requester first; `!wacht kun je een foto sturen?` asks for it as well."""

from helpdesk_bot.actions import finishing
from helpdesk_bot.chat import answering
from helpdesk_bot.chat.command import Call, Command, For


async def run(call: Call) -> None:
    ticket = await call.ticket(wordy=not call.only_a_number)
    await answering.answer_if_any(call, ticket)
    await finishing.await_requester(call.act, ticket, call.who)


COMMAND = Command("wait", ("wacht",), ("waiting", "wait"), run, For.TECHNICIAN, inside=True)
