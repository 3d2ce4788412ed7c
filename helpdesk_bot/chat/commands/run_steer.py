"""A whole run stands still, goes on, stops or goes back: `!stilzetten 3 reden`, `!hervat 3`, `!stopplan`, `!terugdraaien`."""

from helpdesk_bot.actions.runs import ending, reconsidering
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.chat.runs import finding
from helpdesk_bot.domain.runs.states import Run
from helpdesk_bot.texts.render import Rendered


async def _meant(call: Call) -> Walk:
    walk = await finding.run_meant(call)
    finding.only_deciding(call, walk)
    return walk


def _now(call: Call, walk: Walk) -> Rendered:
    return call.words("trainer.plan_now", number=walk.run.id, state=call.words(f"run.state.{walk.run.state}"))


async def hold(call: Call) -> Rendered:
    walk = await _meant(call)
    await ending.pause(walk, call.who.user_id, finding.reason(call))
    return _now(call, walk)


async def resume(call: Call) -> Rendered:
    walk = await finding.run_meant(call)
    theirs = None
    if walk.run.state is Run.RETURNING:
        theirs = await finding.in_the_place_of(call, walk)
    else:
        finding.only_deciding(call, walk)
    await reconsidering.resume(walk, call.who.user_id, theirs)
    return _now(call, walk)


async def stop(call: Call) -> Rendered:
    walk = await _meant(call)
    await ending.stop(walk, call.who.user_id, finding.reason(call))
    return _now(call, walk)


async def roll_back(call: Call) -> Rendered:
    walk = await finding.run_meant(call)
    theirs = await finding.in_the_place_of(call, walk)
    await ending.go_back(walk, call.who.user_id, finding.reason(call), theirs)
    return _now(call, walk)


HOLD = Command("run_hold", ("stilzetten",), ("hold",), hold, plans=True)
RESUME = Command("run_resume", ("hervat",), ("resume",), resume, plans=True)
STOP = Command("run_stop", ("stopplan",), ("stopplan",), stop, plans=True)
ROLL_BACK = Command("run_roll_back", ("terugdraaien",), ("rollback",), roll_back, plans=True)
