"""What waits for a trainer, gathered in one message instead of one for each step."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.runs import asks
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.telling import known_by
from helpdesk_bot.actions.runs.walk import TRAINER, Walk
from helpdesk_bot.domain.runs.states import OPEN, Run, Step
from helpdesk_bot.storage import runs, timers
from helpdesk_bot.texts.render import Rendered

DIGEST = "run_digest"
SOON = timedelta(minutes=10)
LATE_FOR = timedelta(days=3)  # so long a step is late before its trainer hears so as well
ONCE_MORE = timedelta(days=3)  # so long after one message comes the next, while anything in it still waits


def _about(user_id: str) -> str:
    return f"trainer:{user_id}"


async def soon(walk: Walk) -> None:
    """The trainer of this run hears within minutes of all that waits for them."""
    await by(walk, walk.act.now + SOON)


async def by(walk: Walk, moment: datetime) -> None:
    """The same, at this moment at the latest."""
    who = walk.who(TRAINER)
    if who is None:
        return
    set_before = await timers.moment(walk.act.session, _about(who), DIGEST)
    if set_before is None or set_before > moment:
        await timers.set_moment(walk.act.session, DIGEST, _about(who), moment)


async def send(act: Act, user_id: str) -> None:
    """Everything of all their runs that waits for their look, and what is late. Nothing is said when there is nothing."""
    language = await act.language_of(user_id)
    looks: list[tuple[Walk, str]] = []
    late: list[Rendered] = []
    for run in await runs.with_person(act.session, user_id):
        walk = await Walk.of(act, run)
        if not walk.holds(user_id, TRAINER) or run.state is not Run.RUNNING:
            continue
        looks += [(walk, name) for name, row in walk.steps.items() if _waits(row.state, row.looks)]
        late += [await _late_line(walk, name, language) for name in late_steps(walk)]
    if not looks and not late:
        return
    parts = [await _look_line(walk, name, language) for walk, name in looks]
    lines = []
    if parts:
        lines += [act.words(language, "run.digest.look", n=len(parts)), act.texts.bullets(parts)]
        first, name = looks[0]
        place = f"{first.run.id}.{first.steps[name].place}"
        lines.append(
            act.words(language, "run.digest.how_one" if len(parts) == 1 else "run.digest.how", place=place)
        )
    if late:
        lines += [act.words(language, "run.digest.late", n=len(late)), act.texts.bullets(late)]
    room = await chat_with(act, await act.person(user_id))
    one = looks[0][0].about(looks[0][1]) if len(looks) == 1 else None
    said = await act.post(room, act.texts.join(lines), notify=True, run=one)
    for walk, name in looks:
        await asks.remember(walk, room, user_id, Ask.LOOK, said, name)
    await timers.set_moment(act.session, DIGEST, _about(user_id), act.now + ONCE_MORE)


def _waits(state: Step, looks: str | None) -> bool:
    return state is Step.DONE and looks == TRAINER


def late_steps(walk: Walk) -> Iterable[str]:
    """Those that have been late for days."""
    return [
        name
        for name, row in walk.steps.items()
        if row.state in OPEN and row.due_at is not None and row.due_at + LATE_FOR <= walk.act.now
    ]


async def _look_line(walk: Walk, name: str, language: str) -> Rendered:
    row = walk.steps[name]
    return walk.act.words(
        language,
        "run.digest.look_line_told" if row.evidence else "run.digest.look_line",
        place=f"{walk.run.id}.{row.place}",
        organisation=await walk.organisation(),
        title=walk.step_title(name, language),
        check=known_by(walk, walk.written(name), language),
        told=walk.told_at(name, language),
    )


async def _late_line(walk: Walk, name: str, language: str) -> Rendered:
    row = walk.steps[name]
    due: datetime = row.due_at or walk.act.now
    return walk.act.words(
        language,
        "run.digest.late_line",
        place=f"{walk.run.id}.{row.place}",
        organisation=await walk.organisation(),
        title=walk.step_title(name, language),
        who=await walk.whose_turn(name, language),
        due=due.astimezone(walk.act.texts.zone).date(),
    )
