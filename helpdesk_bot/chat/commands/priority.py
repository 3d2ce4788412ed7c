"""`!prioriteit hoog`: how soon it must be."""

from helpdesk_bot.actions import details
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.tickets import Priority
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    ticket = await call.ticket()
    priority = next((p for p in Priority for name in _names(call, p) if plain_key(call.rest) == name), None)
    if priority is None:
        raise UserError("error.which_priority", number=ticket.id)
    await details.set_priority(call.act, ticket, call.who, priority)
    return call.words("details.priority", number=ticket.id, priority=call.words(f"priority.{priority}"))


def _names(call: Call, priority: Priority) -> set[str]:
    texts = call.act.texts
    words = {
        plain_key(texts.say(language, f"priority.{priority}", now=call.act.now).body)
        for language in texts.languages
    }
    return words | {priority.value}


COMMAND = Command("priority", ("prioriteit",), ("priority",), run, For.TECHNICIAN, inside=True)
