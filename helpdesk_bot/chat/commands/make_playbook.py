"""`!maak-draaiboek 12`: what helped with a question becomes the draft of a playbook, for the trainers."""

from helpdesk_bot.actions import drafting
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.storage import access
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    ticket = await call.ticket(also=access.ticket_to_learn_from)
    await drafting.make_playbook(call.act, ticket, call.who)
    return call.words("draft.is_there", number=ticket.id)


COMMAND = Command(
    "make_playbook",
    ("maak-draaiboek", "maak-playbook"),
    ("make-playbook",),
    run,
    For.HELPERS,
    inside=True,
)
