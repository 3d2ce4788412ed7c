"""`!opgelost`: from a helper, the requester is asked; from the requester, it is so. What stands behind it goes along."""

import dataclasses

from helpdesk_bot.actions import finishing, relay
from helpdesk_bot.chat import answering, dialogs, questions
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.chat.meaning import is_doubtful, said_by_the_way
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Ticket


async def run(call: Call) -> None:
    ticket = await call.ticket(wordy=not call.only_a_number)
    if ticket.requester == call.who.user_id:
        await _by_requester(call, ticket)
    elif call.who.staff:
        await answering.answer_if_any(call, ticket)
        await finishing.solve(call.act, ticket, call.who)
    else:
        raise UserError("error.not_for_you", name="opgelost")


async def _by_requester(call: Call, ticket: Ticket) -> None:
    """'!opgelost, maar hoe voorkom ik dit?' is not the end yet."""
    act, incoming = call.act, dataclasses.replace(call.incoming, text=call.rest or None)
    if is_doubtful(act, call.rest) or incoming.file is not None:
        await questions.more(act, incoming, call.room, ticket)
        return
    said = None
    if call.rest:
        direction = (
            relay.THANKS
            if said_by_the_way(act, ticket, call.rest).thanks and ticket.assignee
            else relay.REMARK
        )
        said = await dialogs.kept(act, ticket, incoming, direction)
    await finishing.confirm(act, ticket, call.who.user_id, said)


COMMAND = Command("solved", ("opgelost",), ("solved",), run)
