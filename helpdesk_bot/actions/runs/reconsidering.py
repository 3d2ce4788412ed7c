"""A newer version of the playbook loses more than the organisation said yes to: the run stands still until they do again."""

from helpdesk_bot.actions.runs import accepting, asks, ending, signing
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.card import refresh_card
from helpdesk_bot.actions.runs.going_on import again
from helpdesk_bot.actions.runs.moves import move_run
from helpdesk_bot.actions.runs.walk import INITIATIVE, Walk
from helpdesk_bot.domain.runs.states import OPEN, Run, RunMove, Step


async def begin(walk: Walk, who: str) -> bool:
    """Whether it stands still from now on. What was done stays done; whoever signed for what can't be undone had read less."""
    if walk.run.state is not Run.RUNNING or not await accepting.unaccepted(walk):
        return False
    await move_run(walk, RunMove.RECONSIDER, who)
    await ending.hold(walk)
    for step in walk.plan:
        if step.irreversible and walk.states[step.id] in (*OPEN, Step.TODO, Step.WAITING):
            await asks.forget(walk, Ask.SIGN, step.id)
            await signing.take_back(walk, step.id)
    return True


async def accepted(walk: Walk, who: str) -> None:
    """Somebody takes on what more is lost, by name; it goes on where it was."""
    await move_run(walk, RunMove.ACCEPT_MORE, who, losses=accepting.read(walk))
    await asks.forget(walk, Ask.ACCEPT)
    language = await walk.act.language_of(who)
    words = walk.act.words(language, "run.reconsider.thanks", name=await walk.name(who))
    await asks.tell(walk, who, INITIATIVE, words)
    await again(walk)


async def lift(walk: Walk, who: str) -> None:
    """A newer version still loses no more than they said yes to before: it goes on."""
    await move_run(walk, RunMove.ACCEPT_MORE, who, losses=[])
    await asks.forget(walk, Ask.ACCEPT)
    await again(walk)


async def resume(walk: Walk, who: str, instead_of: str | None = None) -> None:
    """A run that paused, or was going back, goes on; unless something has to be accepted first. `instead_of`: who would decide
    on that."""
    await ending.resume(walk, who, instead_of)
    if await begin(walk, who):
        await accepting.ask(walk)
        await refresh_card(walk)
    else:
        await again(walk)
