"""`!klopt 3.4 3.5` and `!kloptniet 3.4 de map is leeg`: somebody looked whether a step is as it should be."""

from helpdesk_bot.actions.runs import looking
from helpdesk_bot.actions.runs.going_on import go_on
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.chat.runs import finding
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def right(call: Call) -> Rendered:
    lines, meant = [], await finding.steps_meant(call)
    for walk, name in meant:
        await _may_look(call, walk, name)
    for walk, name in meant:
        await looking.passed(walk, name, call.who.user_id)
        await go_on(walk)
        lines.append(_now(call, walk, name))
    return lines[0] if len(lines) == 1 else call.act.texts.bullets(lines)


async def not_right(call: Call) -> Rendered:
    walk, name = await finding.step_meant(call)
    await _may_look(call, walk, name)
    await looking.failed(walk, name, call.who.user_id, finding.reason(call))
    await go_on(walk)
    return _now(call, walk, name)


async def _may_look(call: Call, walk: Walk, name: str) -> None:
    """Trainers and coordinators, who may also overrule a look; and whoever has the role that was asked to."""
    row = walk.steps[name]
    asked = row.looks is not None and row.state is Step.DONE
    if finding.leads(call) or (asked and await finding.has_role(call, walk, name, str(row.looks))):
        return
    raise UserError("trainer.not_your_look", place=f"{walk.run.id}.{row.place}")


def _now(call: Call, walk: Walk, name: str) -> Rendered:
    row = walk.steps[name]
    state = call.words(f"run.step.{row.state}")
    return call.words("trainer.step_now", place=f"{walk.run.id}.{row.place}", state=state)


RIGHT = Command("step_right", ("klopt",), ("verified",), right, plans=True)
NOT_RIGHT = Command("step_not_right", ("kloptniet", "klopt-niet"), ("notright",), not_right, plans=True)
