"""Who has which role in a run, and what happens when they leave or hand it over."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import accepting, asks, digest, ending, looking, signing
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.card import follow, open_steps, refresh_card
from helpdesk_bot.actions.runs.going_on import tell_rest, tell_turn
from helpdesk_bot.actions.runs.walk import INITIATIVE, TRAINER, Walk
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.storage import runs
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import RunRole
from helpdesk_bot.storage.outbox import Urgency
from helpdesk_bot.texts.render import Rendered


async def give(walk: Walk, role: str, to: str, by: str | None) -> None:
    """Somebody else has the role from now on: what waits for it is theirs, and they hear what it is."""
    row = walk.roles.get(role)
    before = row.user_id if row is not None else None
    if row is None:
        row = walk.roles[role] = RunRole(run_id=walk.run.id, role=role, user_id=to)
        walk.act.session.add(row)
    row.user_id = to
    row.deputy = None if row.deputy == to else row.deputy
    walk.record(by, "role", role=role, before=before, after=to)
    await walk.act.session.flush()
    if role == INITIATIVE:
        await follow(walk, (await asks.place_of(walk, to, role))[0])
    await _take_over(walk, role, to)
    await refresh_card(walk)


async def stand_in(walk: Walk, role: str, deputy: str, by: str) -> None:
    """Names who takes over when whoever has the role can't."""
    walk.roles[role].deputy = deputy
    walk.record(by, "deputy", role=role, after=deputy)
    await walk.act.session.flush()


async def _take_over(walk: Walk, role: str, to: str) -> None:
    """Asks the new one what the one before them was asked."""
    language = await walk.act.language_of(to)
    hello = walk.act.words(
        language,
        "run.role.yours",
        name=await walk.spoken_to(to),
        role=walk.act.words(language, f"run.role.{role}"),
        number=walk.run.id,
        title=walk.title(language),
        organisation=await walk.organisation(),
    )
    await asks.tell(walk, to, role, hello)
    if walk.run.state is Run.ACCEPTING and role == INITIATIVE:
        await asks.forget(walk, Ask.ACCEPT)
        await accepting.ask(walk)
    elif walk.run.state is Run.RETURNING:
        await ending.next_back(walk)
    elif walk.run.state is Run.RUNNING:
        await _take_turns(walk, role)
        await _take_looks(walk, role, to)


async def _take_turns(walk: Walk, role: str) -> None:
    """The steps that somebody is busy with, has to sign for, or rests before, in this role."""
    for name, state in walk.states.items():
        if state is Step.WAITING and walk.planned(name).role == role:
            await asks.forget(walk, Ask.DO, name)
            await tell_rest(walk, walk.planned(name))
    for name in open_steps(walk):
        step = walk.planned(name)
        if step.irreversible and not await signing.signed(walk, step):
            if role in signing.roles_of(step):
                await asks.forget(walk, Ask.SIGN, name)
                await signing.ask(walk, step)
        elif step.role == role:
            await asks.forget(walk, Ask.DO, name)
            await asks.forget(walk, Ask.CONFIRM, name)
            await tell_turn(walk, step)


async def _take_looks(walk: Walk, role: str, to: str) -> None:
    """The steps that are done, and wait for somebody in this role."""
    for name in await looking.without_link(walk, role):
        await asks.forget(walk, Ask.LINK, name)
        await looking.begin(walk, name, to)
    for name in looking.to_look_at(walk, role):
        await asks.forget(walk, Ask.LOOK, name)
        await looking.by_person(walk, name, role)
    if role == TRAINER:
        await digest.soon(walk)


async def left_room(act: Act, room_id: str, user_id: str) -> None:
    """Somebody is not in a room any more: what they did for an organisation there, or as a trainer, goes to who stands in;
    else the trainer, or all trainers, are asked to name somebody."""
    for run in await runs.with_person(act.session, user_id):
        walk = await Walk.of(act, run)
        for role, row in list(walk.roles.items()):
            theirs = row.user_id == user_id
            gone = (
                room_id == run.room_id if role == INITIATIVE else await _leads_no_more(act, room_id, user_id)
            )
            if row.deputy == user_id and gone:
                row.deputy = None
            if theirs and gone:
                await replace(walk, role, user_id)


async def _leads_no_more(act: Act, room_id: str, user_id: str) -> bool:
    """Whether leaving this room ended what makes them a trainer."""
    if room_id not in (act.layout.trainers, act.layout.coordination):
        return False
    who = await standing_of(act.session, act.layout, user_id)
    return not (who.trainer or who.coordinator)


async def replace(walk: Walk, role: str, gone: str) -> None:
    """Somebody who has a role is gone."""
    deputy = walk.roles[role].deputy
    walk.record(gone, "left", role=role)
    if deputy is not None:
        await give(walk, role, deputy, None)
        await _tell_trainer(walk, "run.role.replaced", role, gone, deputy)
    else:
        await _tell_trainer(walk, "run.role.nobody", role, gone, None)


async def _tell_trainer(walk: Walk, key: str, role: str, gone: str, now: str | None) -> None:
    """The trainer of the run; when it is they who have gone, all trainers, or else the coordinators."""
    act, trainer = walk.act, walk.who(TRAINER)
    if role != TRAINER and trainer is not None:
        await asks.tell(
            walk, trainer, TRAINER, await _words(walk, key, await act.language_of(trainer), role, gone, now)
        )
        return
    room = act.layout.trainers or act.layout.coordination
    text = await _words(walk, key, act.texts.default, role, gone, now)
    await act.post(room, text, notify=True, priority=Urgency.TEAM)


async def _words(walk: Walk, key: str, language: str, role: str, gone: str, now: str | None) -> Rendered:
    open_ones = [str(walk.steps[name].place) for name in open_steps(walk)]
    open_ones += [str(row.place) for row in walk.steps.values() if row.state is Step.DONE]
    return walk.act.words(
        language,
        key,
        number=walk.run.id,
        organisation=await walk.organisation(),
        role=walk.act.words(language, f"run.role.{role}"),
        gone=await walk.name(gone),
        name=await walk.name(now) if now else "",
        steps=open_ones or ["–"],
    )
