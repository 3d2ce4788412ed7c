"""After anything that happened in a run: what may begin begins, whose turn it is hears so, and the card shows it."""

from datetime import datetime, timedelta

from helpdesk_bot.actions.runs import asks, deciding, ending, looking, queue, signing
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.card import day_of, open_steps, refresh_card
from helpdesk_bot.actions.runs.holding import hold_back
from helpdesk_bot.actions.runs.moves import LATE, REMIND, WAKE, about, move_step
from helpdesk_bot.actions.runs.telling import step_words
from helpdesk_bot.actions.runs.walk import TECHNICIAN, Walk
from helpdesk_bot.domain.runs.plan import Planned
from helpdesk_bot.domain.runs.rules import is_finished, may_begin, may_wake, stuck
from helpdesk_bot.domain.runs.states import Run, Step, StepMove
from helpdesk_bot.playbooks.names import START
from helpdesk_bot.storage import timers

GRACE = timedelta(days=1)  # at the least, for a step whose day has passed before it begins


async def go_on(walk: Walk) -> None:
    """Brings a run to where it waits for somebody."""
    if walk.run.state is Run.RUNNING:
        await hold_back(walk)
        for name in rested(walk):
            await _wake(walk, name)
        for step in _next(walk):
            await _begin(walk, step)
        if is_finished(walk.plan, walk.states):
            await ending.finish(walk)
    await refresh_card(walk)


def _next(walk: Walk) -> list[Planned]:
    """One step at a time for each role: who has two hours a week wants to read one thing. Times of rest begin beside."""
    # Who can't go on with what they are busy with may begin with what comes first.
    waits = stuck(walk.plan, walk.states)
    going_on = [name for name in open_steps(walk) if name not in waits]
    busy = {walk.planned(name).role for name in (*going_on, *_looked_at(walk))}
    chosen = []
    for step in may_begin(walk.plan, walk.states):
        if step.rest is not None:
            chosen.append(step)
        elif step.role not in busy:
            busy.add(step.role)
            chosen.append(step)
    return chosen


def _looked_at(walk: Walk) -> list[str]:
    """Steps at which the helpdesk itself looks: it will soon say whether there is more to do about them. A person may take days,
    for which nobody waits."""
    return [name for name, row in walk.steps.items() if row.state is Step.DONE and row.looks is None]


async def _begin(walk: Walk, step: Planned) -> None:
    row = walk.steps[step.id]
    if step.rest is not None:
        await move_step(walk, step.id, StepMove.REST, None)
        until = walk.act.now + step.rest
        row.due_at = until + GRACE * 2
        await timers.set_moment(walk.act.session, WAKE, about(walk.run.id, step.id), until)
        await tell_rest(walk, step)
        return
    await move_step(walk, step.id, StepMove.BEGIN, None)
    row.due_at = _due(walk, step)
    await take_turn(walk, step)


def rested(walk: Walk) -> list[str]:
    """The steps whose time of rest is over. When what they need is not right any more, they rest until it is."""
    return [
        step.id
        for step in may_wake(walk.plan, walk.states)
        if walk.steps[step.id].since + (step.rest or timedelta()) <= walk.act.now
    ]


async def wake(walk: Walk, name: str) -> None:
    """A time of rest ends. Raises UserError when something that the step needs is not right any more."""
    await _wake(walk, name)
    await go_on(walk)


async def _wake(walk: Walk, name: str) -> None:
    await move_step(walk, name, StepMove.WAKE, None)
    await asks.forget(walk, Ask.DO, name)
    step = walk.planned(name)
    walk.steps[name].due_at = max(_due(walk, step) or walk.act.now, walk.act.now + GRACE * 2)
    await take_turn(walk, step, woken=True)


async def again(walk: Walk) -> None:
    """A run that stood still goes on: times of rest with what is left of them; whose turn it was hears so again, and so does
    whoever has to look."""
    await hold_back(walk)
    for name, row in walk.steps.items():
        if row.state is Step.WAITING:
            rest = walk.planned(name).rest or timedelta()
            moment = max(row.since + rest, walk.act.now)
            await timers.set_moment(walk.act.session, WAKE, about(walk.run.id, name), moment)
    for name in open_steps(walk):
        await take_turn(walk, walk.planned(name))
    for name, state in walk.states.items():
        if state is Step.DONE:
            await look_again(walk, name)
    await go_on(walk)


async def look_again(walk: Walk, name: str) -> None:
    """A step that is said to be done still waits for a look."""
    await timers.set_moment(walk.act.session, LATE, about(walk.run.id, name), walk.act.now + REMIND)
    await looking.again(walk, name)


async def take_turn(walk: Walk, step: Planned, *, woken: bool = False) -> None:
    """Whoever has the role hears that it is their turn; a step of technicians comes into their queue. It has just moved, or its
    run has, so that nothing about it is due any more."""
    due = walk.steps[step.id].due_at or walk.act.now + REMIND
    await timers.first_moments(walk.act.session, about(walk.run.id, step.id), {LATE: due})
    if not await ask_first(walk, step):
        await tell_turn(walk, step, woken=woken)


async def ask_first(walk: Walk, step: Planned) -> bool:
    """Asks who has to say yes before anybody does anything, while they have not; whether that is so."""
    if (role := await walk.undecided(step.id)) is not None:
        await deciding.ask(walk, step.id, role)
        return True
    if step.irreversible and not await signing.signed(walk, step):
        await signing.ask(walk, step)
        return True
    return False


async def tell_turn(walk: Walk, step: Planned, *, woken: bool = False) -> None:
    """They may do it now."""
    if step.role == TECHNICIAN:
        await queue.bring(walk, step)
        return
    who = walk.who(step.role)
    if who is None:
        return  # the trainers have been told that nobody has the role
    language = await walk.act.language_of(who)
    text = await step_words(walk, step.id, language, who)
    if woken:
        text = walk.act.texts.join([walk.act.words(language, "run.turn.woken"), text])
    await asks.ask(walk, who, step.role, Ask.DO, text, step.id)


async def tell_rest(walk: Walk, step: Planned) -> None:
    """What the time is for, and that nobody has to remember it. When the step is about that time, all of it."""
    wait, who = walk.written(step.id).wait, walk.who(step.role)
    if wait is None or who is None or step.rest is None:
        return
    until = walk.steps[step.id].since + step.rest
    language = await walk.act.language_of(who)
    params = {
        "what": walk.own(wait.for_, language),
        "step": walk.steps[step.id].place,
        "title": walk.step_title(step.id, language),
        "until": day_of(walk, until),
    }
    if wait.during:
        told = await step_words(walk, step.id, language, who, yet=False)
        text = walk.act.texts.join([told, walk.act.words(language, "run.turn.rest_during", **params)])
    else:
        text = walk.act.words(language, "run.turn.rest", name=await walk.spoken_to(who), **params)
    await asks.ask(walk, who, step.role, Ask.DO, text, step.id)  # so that they can ask for help with it


def _due(walk: Walk, step: Planned) -> datetime | None:
    """The day that the playbook gives, counted from the start or from a step; never in the past."""
    if step.due is None:
        return None
    anchor = walk.run.accepted_at or walk.run.started_at
    if step.due_after not in (None, START):
        anchor = walk.steps[str(step.due_after)].done_at or anchor
    return max(anchor + step.due, walk.act.now + GRACE)
