"""What is due in runs: a time of rest is over, a step is late, a trainer hears what waits for them, people are asked how it was."""

from datetime import timedelta

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import accepting, asks, digest, ending, going_on
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.card import day_of
from helpdesk_bot.actions.runs.moves import LATE, about
from helpdesk_bot.actions.runs.walk import TECHNICIAN, TRAINER, Walk
from helpdesk_bot.domain.runs.states import OPEN, UNDECIDED, Run, Step
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.models import Run as Row

AGAIN = timedelta(days=7)  # between two reminders of the same step


async def _walk(act: Act, key: str) -> tuple[Walk, str] | None:
    number, _, name = key.partition("/")
    run = await act.session.get(Row, int(number))
    if run is None:
        return None
    walk = await Walk.of(act, run)
    return (walk, name) if name in walk.steps else None


async def rested(act: Act, key: str) -> None:
    """A time of rest is over: the step's turn comes."""
    found = await _walk(act, key)
    if found is not None:
        await going_on.go_on(found[0])


async def late(act: Act, key: str) -> None:
    """Something still waits at its day: whoever it waits for hears so kindly, and once a week; the trainer when a step has been
    late for some days."""
    found = await _walk(act, key)
    if found is None:
        return
    walk, name = found
    row = walk.steps[name]
    if walk.run.state is not Run.RUNNING or row.state not in (*OPEN, Step.DONE):
        return
    if row.state is Step.DONE:
        if row.looks != TRAINER:  # who hears every few days of all that waits for them
            await going_on.look_again(walk, name)
        return
    await timers.set_moment(act.session, LATE, about(walk.run.id, name), act.now + AGAIN)
    await digest.by(walk, max((row.due_at or act.now) + digest.LATE_FOR, act.now))
    step = walk.planned(name)
    if await going_on.ask_first(walk, step):
        return
    if step.role != TECHNICIAN and (who := walk.who(step.role)):
        await remind(walk, name, who)  # the clocks of a question see to those of technicians


async def accept_late(act: Act, key: str) -> None:
    """Nobody said yes or no to what they lose."""
    run = await act.session.get(Row, int(key))
    if run is not None and run.state in UNDECIDED:
        await accepting.ask(await Walk.of(act, run))


async def remind(walk: Walk, name: str, who: str) -> None:
    """Says kindly that a step still waits, and what one may answer."""
    row, role = walk.steps[name], walk.planned(name).role
    language = await walk.act.language_of(who)
    text = walk.act.words(
        language,
        "run.late" if row.due_at is not None and row.due_at <= walk.act.now else "run.nudge",
        name=await walk.spoken_to(who),
        step=row.place,
        title=walk.step_title(name, language),
        due=day_of(walk, row.due_at) if row.due_at else "",
    )
    await asks.ask(walk, who, role, Ask.DO, text, name)
    walk.record(None, "reminded", name)


async def how_was_it(act: Act, key: str) -> None:
    run = await act.session.get(Row, int(key))
    if run is not None:
        await ending.how_was_it(await Walk.of(act, run))
