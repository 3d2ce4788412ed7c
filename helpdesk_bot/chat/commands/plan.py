"""`!stappenplan 3`: how far a run is, and whose turn it is; for trainers also who does what, and why."""

from helpdesk_bot.actions.runs.card import card_text
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.chat.runs import finding, overview
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import runs
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    """Without a number the one that is spoken about here; else all that whoever asks has a role in."""
    here = await finding.runs_here(call)
    if call.rest.strip() or len(here) == 1:
        return await _whole(call, await finding.run_meant(call))
    if call.room in (RoomKind.OWN, RoomKind.HELP):
        raise UserError("trainer.which_plan")
    theirs = await runs.with_person(call.act.session, call.who.user_id)
    if not theirs:
        raise UserError("trainer.no_plans")
    parts = []
    for one in theirs:
        parts += await overview.in_short(await Walk.of(call.act, one), call.language)
    return call.act.texts.join(parts)


async def _whole(call: Call, walk: Walk) -> Rendered:
    card = await card_text(walk, call.language)
    if not finding.leads(call) or call.room is RoomKind.OWN:  # colleagues read along there
        return card
    return call.act.texts.join([card, *await overview.behind(walk, call.language)])


COMMAND = Command("plan", ("stappenplan", "plan"), ("run",), run, plans=True)
