"""A playbook was edited while organisations walk through it: they are offered what changed, and nothing changes by itself."""

from dataclasses import dataclass

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import accepting, asks, reconsidering
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.card import open_steps
from helpdesk_bot.actions.runs.clearing import clear
from helpdesk_bot.actions.runs.doing import put_back
from helpdesk_bot.actions.runs.going_on import go_on, look_again
from helpdesk_bot.actions.runs.walk import TRAINER, Walk
from helpdesk_bot.domain.runs.plan import Plan
from helpdesk_bot.domain.runs.rules import needs_met
from helpdesk_bot.domain.runs.states import UNDECIDED, Run, Step
from helpdesk_bot.errors import UserError
from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.plan import plan_of
from helpdesk_bot.playbooks.words import Words
from helpdesk_bot.storage import runs
from helpdesk_bot.storage.models import RunEvent, RunStep

OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class Changes:
    """Steps that are there in one version only, or read otherwise, by their ids; and what is lost in the newer one only."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    lost: tuple[Words, ...]


def changes(before: Playbook, after: Playbook) -> Changes:
    old, new = ({step.id: step for step in playbook.steps} for playbook in (before, after))
    return Changes(
        tuple(name for name in new if name not in old),
        tuple(name for name in old if name not in new),
        tuple(name for name in new if name in old and new[name] != old[name]),
        tuple(loss for loss in after.losses if loss not in before.losses),
    )


async def offer_all(act: Act) -> None:
    """Tells the trainer of each run whose playbook is another one now, once for each version."""
    for run in await runs.going_on(act.session):
        shelved = act.shelf.playbooks.get(run.playbook)
        if shelved is not None and shelved.sha256 != run.sha256:
            walk = await Walk.of(act, run)
            if not await _offered(walk, shelved.sha256):
                await _offer(walk, changes(walk.playbook, shelved.open()), shelved.sha256)


async def _offered(walk: Walk, sha256: str) -> bool:
    query = select(RunEvent.detail).where(RunEvent.run_id == walk.run.id, RunEvent.what == OFFERED)
    return any(detail.get("sha256") == sha256 for detail in await walk.act.session.scalars(query))


async def _offer(walk: Walk, found: Changes, sha256: str) -> None:
    walk.record(None, OFFERED, sha256=sha256)
    who = walk.who(TRAINER)
    if who is None:
        return
    text = walk.act.words(
        await walk.act.language_of(who),
        "run.adopt.offer",
        title=walk.title(await walk.act.language_of(who)),
        number=walk.run.id,
        organisation=await walk.organisation(),
        changed=len(found.changed),
        added=len(found.added),
        removed=len(found.removed),
        lost=len(found.lost),
    )
    await asks.ask(walk, who, TRAINER, Ask.ADOPT, text)


async def adopt(walk: Walk, who: str) -> None:
    """Takes the playbook over as it is now. What was done stays done. A step that is no longer there goes, and stays in the
    timeline; one that somebody is busy with waits, when it needs something new first. Before anything goes on, what more is lost
    has to be accepted."""
    act, run = walk.act, walk.run
    shelved = act.shelf.playbooks.get(run.playbook)
    if shelved is None or run.state not in (*UNDECIDED, Run.RUNNING, Run.PAUSED):
        raise UserError("run.adopt.gone", number=run.id)
    await runs.keep(act.session, shelved)
    plan = plan_of(shelved.open(), run.inputs)
    looks = {name: walk.written(name).verify for name in walk.steps}
    run.sha256 = shelved.sha256
    await _take_over_steps(walk, plan)
    walk.record(who, "adopted", sha256=shelved.sha256, version=shelved.version)
    await asks.forget(walk, Ask.ADOPT)
    await act.session.flush()
    after = await Walk.of(act, run)
    await reconsidering.begin(after, who)
    for name in open_steps(after):
        if not needs_met(after.states, after.planned(name)):
            await put_back(after, name, who)
    for name, row in after.steps.items():
        if row.state is Step.DONE and name in looks and looks[name] != after.written(name).verify:
            await clear(after, name)
            row.looks = None
            if run.state is Run.RUNNING:
                await look_again(after, name)
    language = await act.language_of(who)
    key = "run.adopt.done_waits" if await accepting.unaccepted(after) else "run.adopt.done"
    await asks.tell(after, who, TRAINER, act.words(language, key, number=run.id))
    if run.state is Run.RECONSIDERING and not await accepting.unaccepted(after):
        await reconsidering.lift(after, who)
    elif run.state in UNDECIDED:
        await accepting.ask(after)
    await go_on(after)


async def _take_over_steps(walk: Walk, plan: Plan) -> None:
    """What is gone goes, what is new is still to do, and everything has its place."""
    act, run = walk.act, walk.run
    there = {planned.id for planned in plan}
    for name, row in list(walk.steps.items()):
        if name not in there:
            await clear(walk, name)
            await act.session.delete(row)
    await act.session.flush()
    for place, planned in enumerate(plan, 1):
        there_before = walk.steps.get(planned.id)
        if there_before is None:
            act.session.add(
                RunStep(run_id=run.id, step=planned.id, place=place, state=Step.TODO, since=act.now)
            )
        else:
            there_before.place = place


async def keep(walk: Walk, who: str) -> None:
    """It goes on as it began."""
    walk.record(who, "kept")
    await asks.forget(walk, Ask.ADOPT)
    language = await walk.act.language_of(who)
    await asks.tell(walk, who, TRAINER, walk.act.words(language, "run.adopt.kept", number=walk.run.id))
