"""A step was begun, and something above it is not right any more: nobody goes on with it before that is."""

from collections.abc import Sequence

from helpdesk_bot.actions.runs import asks, signing
from helpdesk_bot.actions.runs.clearing import clear
from helpdesk_bot.actions.runs.moves import move_step
from helpdesk_bot.actions.runs.walk import TECHNICIAN, Walk
from helpdesk_bot.domain.runs.plan import Planned
from helpdesk_bot.domain.runs.rules import too_early
from helpdesk_bot.domain.runs.states import StepMove


async def hold_back(walk: Walk) -> None:
    """Their turn comes again by itself. Without this two steps of one role would wait for each other, and somebody would be left
    with the word that they may do what can't be undone."""
    for name, first in reversed(too_early(walk.plan, walk.states).items()):
        await move_step(walk, name, StepMove.PUT_BACK, None)
        row = walk.steps[name]
        row.reason = row.done_at = row.verified_by = row.verified_at = None
        await clear(walk, name)
        await signing.take_back(walk, name)
        await _tell(walk, walk.planned(name), first)


async def _tell(walk: Walk, step: Planned, first: Sequence[Planned]) -> None:
    """Whoever may be doing it now, or has signed for it; technicians see at the card that the question is over."""
    told = set()
    for role in step.signers if step.irreversible else [step.role]:
        who = walk.who(role)
        if role == TECHNICIAN or who is None or who in told:
            continue
        told.add(who)
        language = await walk.act.language_of(who)
        text = walk.act.words(
            language,
            "run.turn.hold",
            name=await walk.spoken_to(who),
            number=walk.run.id,
            step=walk.steps[step.id].place,
            title=walk.step_title(step.id, language),
            first=[str(walk.steps[above.id].place) for above in first],
        )
        await asks.tell(walk, who, role, text, step.id)
