"""`!paniek`: somebody has to come now, at night too. From a helper it is about the question of somebody else."""

from helpdesk_bot.actions.panic.asking import sounds_like
from helpdesk_bot.actions.panic.raising import raise_for
from helpdesk_bot.chat import emergencies
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain.layout import STAFF_KINDS
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered | None:
    if call.room not in STAFF_KINDS and not (call.who.staff and call.only_a_number):
        await emergencies.alarm(call)
        return None
    ticket = await call.ticket()
    kind = sounds_like(call.act, ticket.question).kind
    await raise_for(call.act, ticket, call.who, kind)
    return call.words("panic.raised_for", number=ticket.id)


COMMAND = Command("panic", ("paniek",), ("panic",), run)
