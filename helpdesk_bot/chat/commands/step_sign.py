"""`!teken 3.4 DEFINITIEF`: the word for a step that can't be undone, for who has no message to type it under."""

from helpdesk_bot.actions.runs import going_on, signing
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.chat.runs import finding
from helpdesk_bot.domain.runs.states import OPEN
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    walk, name = await finding.step_meant(call)
    step, row = walk.planned(name), walk.steps[name]
    place, word = f"{walk.run.id}.{row.place}", call.act.texts.word(call.language, "run.sign.word")
    role = await _role(call, walk, name)
    if role is None:
        raise UserError("trainer.not_your_step", place=place)
    if row.state not in OPEN:
        raise UserError("run.refused.no_such_move", number=walk.run.id, step=row.place)
    if not signing.is_word(walk.act, call.rest):
        return call.act.texts.join(
            [
                await signing.sign_words(walk, step, call.language, call.who.user_id),
                call.words("run.sign.by_command", place=place, word=word),
            ]
        )
    if await signing.sign(walk, name, call.who.user_id, role):
        await going_on.tell_turn(walk, step)
        return call.words("run.sign.all", place=place)
    return call.words("run.sign.thanks", number=walk.run.id, step=row.place)


async def _role(call: Call, walk: Walk, name: str) -> str | None:
    """In which role they may say yes."""
    for role in walk.planned(name).signers:
        if await finding.has_role(call, walk, name, role):
            return role
    return None


COMMAND = Command("step_sign", ("teken",), ("sign",), run, plans=True)
