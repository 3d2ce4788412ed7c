"""A step is said to be done: is it so? A person looks, or numbers are compared, or the helpdesk's server goes and sees."""

from typing import Any

from sqlalchemy import delete, or_, select

from helpdesk_bot.actions.runs import asks, digest, queue
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.moves import LATE, REMIND, about, move_step
from helpdesk_bot.actions.runs.telling import known_by, question
from helpdesk_bot.actions.runs.walk import TECHNICIAN, TRAINER, Walk
from helpdesk_bot.domain.runs.states import Step, StepMove
from helpdesk_bot.playbooks.verify import ByPerson, Equal, LinkClosed, MatrixMembers
from helpdesk_bot.playbooks.words import fill
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.models import Member, Room, RunCheck
from helpdesk_bot.texts.render import Rendered


async def begin(walk: Walk, name: str, who: str, link: str | None = None) -> None:
    """Has it looked at. `who` did the step, and may have given the link that will be asked for."""
    verify = walk.written(name).verify
    match verify:
        case ByPerson():
            await by_person(walk, name, verify.by)
        case Equal():
            await _compare(walk, name, verify, who)
        case MatrixMembers():
            await _count(walk, name, verify, who)
        case LinkClosed() if link is None:
            role = walk.planned(name).role
            language = await walk.act.language_of(who)
            text = walk.act.words(
                language,
                "run.look.which_link",
                ask=walk.own(verify.ask, language),
                step=walk.steps[name].place,
            )
            await asks.ask(walk, who, role, Ask.LINK, text, name)
        case _:
            await go_and_see(walk, name, link)


async def again(walk: Walk, name: str) -> None:
    """Asks whoever has to look once more: what they were asked before may be gone. What the helpdesk's server is to look at, it
    still is."""
    row = walk.steps[name]
    if row.looks is not None:
        await by_person(walk, name, row.looks)
    elif name not in await _begun(walk):
        await begin(walk, name, walk.who(walk.planned(name).role) or row.who or walk.run.started_by)


async def by_person(walk: Walk, name: str, role: str) -> None:
    """Whoever has the role looks; a trainer has many to look at, and hears of several in one message."""
    walk.steps[name].looks = role
    if role == TRAINER:
        await digest.soon(walk)
        return
    if role == TECHNICIAN:
        await queue.bring(walk, walk.planned(name), looks=True)
        return
    who = walk.who(role)
    if who is not None:
        language = await walk.act.language_of(who)
        await asks.ask(walk, who, role, Ask.LOOK, await look_words(walk, name, language, who), name)


async def look_words(walk: Walk, name: str, language: str, reader: str) -> Rendered:
    """What there is to look at, and what was told about it."""
    row = walk.steps[name]
    return walk.act.words(
        language,
        "run.look.please_told" if row.evidence else "run.look.please",
        name=await walk.spoken_to(reader),
        number=walk.run.id,
        step=row.place,
        title=walk.step_title(name, language),
        who=await walk.name(row.who) if row.who else "",
        told=walk.told_at(name, language),
        check=known_by(walk, walk.written(name), language),
    )


async def passed(walk: Walk, name: str, who: str | None) -> None:
    """It is so: `who` saw it, or the helpdesk itself did."""
    row = walk.steps[name]
    await move_step(walk, name, StepMove.PASS, who)
    row.verified_by, row.verified_at, row.reason, row.looks = who, walk.act.now, None, None
    await asks.forget(walk, Ask.LOOK, name, Ask.LINK, Ask.DO)
    await drop(walk, name)
    await queue.settle(walk, name)
    if walk.planned(name).role == TECHNICIAN:
        await queue.tell_right(walk, name, who)


async def failed(walk: Walk, name: str, who: str | None, why: str, said: Rendered | None = None) -> None:
    """It is not so: whoever did it hears why, in `said` or in the words of who looked, and it is their turn again."""
    row = walk.steps[name]
    await move_step(walk, name, StepMove.FAIL, who)
    row.reason, row.verified_by, row.verified_at, row.looks = why, None, None, None
    late = max(row.due_at or walk.act.now, walk.act.now + REMIND)
    await timers.first_moments(walk.act.session, about(walk.run.id, name), {LATE: late})
    await asks.forget(walk, Ask.LOOK, name, Ask.LINK)
    await drop(walk, name)
    role = walk.planned(name).role
    if role == TECHNICIAN:
        await queue.bring_back(walk, walk.planned(name), who, said or why)
        return
    doer = walk.who(role)
    if doer is None:
        return
    language = await walk.act.language_of(doer)
    params: dict[str, Any] = {"step": row.place, "title": walk.step_title(name, language)}
    head = walk.act.words(language, "run.look.not_yet", name=await walk.spoken_to(doer), **params)
    reason = said or walk.act.words(
        language, "run.look.because", who=await walk.name(who) if who else "", why=why
    )
    again = walk.act.words(language, "run.look.again")
    await asks.ask(walk, doer, role, Ask.DO, walk.act.texts.join([head, reason, again]), name)


async def _compare(walk: Walk, name: str, verify: Equal, who: str) -> None:
    values = walk.values()
    left, right = values.get(verify.left), values.get(verify.right)
    if not isinstance(left, int) or not isinstance(right, int):
        await undecided(walk, name)  # one of the two belongs to a step that was left out
    elif abs(left - right) <= verify.tolerance:
        await passed(walk, name, None)
    else:
        language = await walk.act.language_of(who)
        said = walk.act.words(
            language,
            "run.look.unequal",
            left=question(walk, verify.left, language),
            right=question(walk, verify.right, language),
            first=left,
            second=right,
        )
        await failed(walk, name, None, f"{left} ≠ {right}", said)


async def _count(walk: Walk, name: str, verify: MatrixMembers, who: str) -> None:
    """Who is in a room is known only of rooms that we are in; of others the trainer looks."""
    named = fill(verify.room, walk.told("nl")).strip()
    theirs = select(Member.room_id).where(Member.user_id == who, Member.membership == "join")
    room = await walk.act.session.scalar(
        select(Room)
        .where(or_(Room.room_id == named, Room.name == named), Room.membership == "join")
        .where(Room.room_id.in_(theirs))  # nobody learns how many are in a room of others
        .limit(1)
    )
    if room is None or not room.members_known:
        await undecided(walk, name)
        return
    here = select(Member.user_id).where(
        Member.room_id == room.room_id, Member.membership == "join", Member.user_id != walk.act.setting.bot
    )
    people = len((await walk.act.session.scalars(here)).all())
    if people >= verify.min:
        await passed(walk, name, None)
    else:
        language = await walk.act.language_of(who)
        said = walk.act.words(language, "run.look.too_few", n=people, least=str(verify.min))
        await failed(walk, name, None, f"{people} < {verify.min}", said)


async def undecided(walk: Walk, name: str) -> None:
    """The helpdesk can't see it: a person looks."""
    walk.record(None, "undecided", name)
    await by_person(walk, name, TRAINER)


async def go_and_see(walk: Walk, name: str, link: str | None = None) -> None:
    """Leaves it to the helpdesk's server, which looks as soon as it can."""
    await drop(walk, name)
    await asks.forget(walk, Ask.LINK, name)
    walk.act.session.add(RunCheck(run_id=walk.run.id, step=name, link=link, due_at=walk.act.now, attempts=0))


async def drop(walk: Walk, *names: str) -> None:
    """What was to be looked at does not matter any more."""
    await walk.act.session.execute(
        delete(RunCheck).where(RunCheck.run_id == walk.run.id, RunCheck.step.in_(names))
    )


async def without_link(walk: Walk, role: str) -> list[str]:
    """The steps of this role that wait for a link to look at."""
    waiting = [
        name
        for name, row in walk.steps.items()
        if row.state is Step.DONE and row.looks is None and walk.planned(name).role == role
    ]
    begun = await _begun(walk)
    return [
        name for name in waiting if isinstance(walk.written(name).verify, LinkClosed) and name not in begun
    ]


async def _begun(walk: Walk) -> set[str]:
    """The steps at which the helpdesk's server is to look."""
    query = select(RunCheck.step).where(RunCheck.run_id == walk.run.id)
    return set((await walk.act.session.scalars(query)).all())


def to_look_at(walk: Walk, role: str) -> list[str]:
    """The steps that are said to be done, and wait for a look of whoever has this role."""
    return [name for name, row in walk.steps.items() if row.state is Step.DONE and row.looks == role]
