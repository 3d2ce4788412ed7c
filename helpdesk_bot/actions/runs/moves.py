"""The only place that changes the state of a run or of one of its steps, by the tables in `domain/runs`."""

from datetime import timedelta
from typing import Any

from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.domain.moves import NotPossible
from helpdesk_bot.domain.runs.rules import Refused, refused
from helpdesk_bot.domain.runs.states import RunMove, StepMove, after_run, after_step
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import runs, timers

# What a step may be waiting for; each is a timer about 'step:<run>/<step>'.
WAKE, LATE = "run_wake", "run_late"
REMIND = timedelta(days=7)  # after so long, whoever has a step without a day of its own is reminded


def about(run_id: int, step: str) -> str:
    """What the timers of a step are about."""
    return f"step:{run_id}/{step}"


async def move_step(walk: Walk, name: str, move: StepMove, who: str | None, **detail: Any) -> None:
    """Makes one move. Raises UserError('run.refused.…') when it can't be made now."""
    step = walk.planned(name)
    asked = step.irreversible or step.decides is not None
    signed = await runs.signs_of(walk.act.session, walk.run, name) if asked else {}
    roles = frozenset(signed) if len(set(signed.values())) == len(signed) else frozenset[str]()
    why = refused(walk.plan, walk.states, walk.run.state, name, move, roles)
    row = walk.steps[name]
    if why is not None:
        raise UserError(f"run.refused.{why}", **await _params(walk, name, why))
    await timers.cancel_moments(walk.act.session, about(walk.run.id, name))
    row.state, row.since = after_step(row.state, move), walk.act.now
    walk.record(who, move, name, **detail)


async def _params(walk: Walk, name: str, why: Refused) -> dict[str, Any]:
    """What the words of a refusal name."""
    row = walk.steps[name]
    params: dict[str, Any] = {"number": walk.run.id, "step": row.place}
    if why is Refused.NEEDS:
        waiting = [walk.steps[need].place for need in walk.planned(name).needs if need in walk.steps]
        params["needs"] = [str(place) for place in sorted(waiting)]
    return params


async def move_run(walk: Walk, move: RunMove, who: str | None, **detail: Any) -> None:
    """Makes one move of the whole run. Raises UserError('run.not_now') when it is in no state for it."""
    try:
        state = after_run(walk.run.state, move)
    except NotPossible as impossible:
        raise UserError(
            "run.not_now", number=walk.run.id, status_key=f"run.state.{impossible.state}"
        ) from impossible
    walk.run.state = state
    walk.record(who, f"run_{move}", **detail)
