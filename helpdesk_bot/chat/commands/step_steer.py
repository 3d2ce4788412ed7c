"""A trainer steers one step: `!overslaan 3.4 reden`, `!terugzetten 3.4`, `!seintje 3.4` and `!wakker 3.4`."""

from helpdesk_bot.actions.runs import doing, due
from helpdesk_bot.actions.runs.going_on import ask_first, wake
from helpdesk_bot.actions.runs.walk import TECHNICIAN, Walk
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.chat.runs import finding
from helpdesk_bot.domain.runs.states import OPEN, Run, Step
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def skip(call: Call) -> Rendered:
    walk, name = await finding.step_meant(call)
    await doing.skip(walk, name, call.who.user_id, finding.reason(call))
    return _now(call, walk, name)


async def put_back(call: Call) -> Rendered:
    walk, name = await finding.step_meant(call)
    why = finding.reason(call) if call.rest.strip() else None
    await doing.put_back(walk, name, call.who.user_id, why)
    return _now(call, walk, name)


async def prod(call: Call) -> Rendered:
    """Whoever's turn it is hears kindly that the step still waits."""
    walk, name = await finding.step_meant(call)
    step = walk.planned(name)
    if walk.run.state is not Run.RUNNING or walk.states[name] not in OPEN:
        raise UserError("trainer.not_their_turn", place=_place(walk, name))
    roles = await walk.waits_for(name)
    people = [who for role in roles if role != TECHNICIAN and (who := walk.who(role))]
    if not people and TECHNICIAN in roles:
        return call.words("trainer.in_the_queue", place=_place(walk, name))
    if not people:
        raise UserError("trainer.nobody_has_it", place=_place(walk, name), number=walk.run.id)
    if not await ask_first(walk, step):
        await due.remind(walk, name, people[0])
    names = [await walk.name(who) for who in people]
    return call.words("trainer.prodded", place=_place(walk, name), names=names)


async def wake_up(call: Call) -> Rendered:
    """Ends a time of rest before its day."""
    walk, name = await finding.step_meant(call)
    if walk.run.state is not Run.RUNNING or walk.states[name] is not Step.WAITING:
        raise UserError("trainer.does_not_rest", place=_place(walk, name))
    walk.record(call.who.user_id, "woken", name)
    await wake(walk, name)
    return _now(call, walk, name)


def _place(walk: Walk, name: str) -> str:
    return f"{walk.run.id}.{walk.steps[name].place}"


def _now(call: Call, walk: Walk, name: str) -> Rendered:
    state = call.words(f"run.step.{walk.states[name]}")
    return call.words("trainer.step_now", place=_place(walk, name), state=state)


SKIP = Command("step_skip", ("overslaan",), ("skipstep",), skip, For.TRAINER, plans=True)
PUT_BACK = Command("step_put_back", ("terugzetten",), ("putback",), put_back, For.TRAINER, plans=True)
PROD = Command("step_prod", ("seintje",), ("prod",), prod, For.TRAINER, plans=True)
WAKE = Command("step_wake", ("wakker",), ("wake",), wake_up, For.TRAINER, plans=True)
