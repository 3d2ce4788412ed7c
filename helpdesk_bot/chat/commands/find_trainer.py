"""`!zoek-trainer 3`: a trainer of another helpdesk helps with run 3."""

from helpdesk_bot.actions.federation.speaking import name_of
from helpdesk_bot.actions.federation.training import look_for_trainer
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.chat.runs import finding
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    walk = await finding.run_meant(call)
    ticket, peers = await look_for_trainer(walk, call.who.user_id)
    names = [name_of(peer) for peer in peers]
    return call.words("federation.trainer_sought", number=ticket.id, helpdesks=names)


COMMAND = Command(
    "find_trainer", ("zoek-trainer",), ("find-trainer",), run, For.TRAINER, inside=True, plans=True
)
