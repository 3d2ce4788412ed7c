"""Whoever has a role in a run is away or gone: their reserve goes on, or somebody is asked to name another. It never stands
still without a word."""

from datetime import timedelta

from sqlalchemy import select

from helpdesk_bot.actions.candidates import away_now
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.runs import asks, roles
from helpdesk_bot.actions.runs.card import open_steps
from helpdesk_bot.actions.runs.walk import INITIATIVE, TRAINER, Walk
from helpdesk_bot.domain.runs.states import ENDED, Step
from helpdesk_bot.storage import runs, timers
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Member, Run
from helpdesk_bot.storage.outbox import Urgency
from helpdesk_bot.texts.render import Rendered

AGAIN = timedelta(days=2)  # so long after nobody was named, it is asked once more


async def can(walk: Walk, role: str, user_id: str) -> bool:
    """Whether somebody is where the role needs them, and not away."""
    return await roles.belongs(walk, role, user_id) and not await away_now(walk.act, user_id)


async def left_room(act: Act, room_id: str, user_id: str) -> None:
    """Somebody is not in a room any more: what they did for an organisation there, or as a trainer, goes to others."""
    for run in await runs.with_person(act.session, user_id):
        walk = await Walk.of(act, run)
        for role, row in list(walk.roles.items()):
            gone = (
                room_id == run.room_id if role == INITIATIVE else await _leads_no_more(act, room_id, user_id)
            )
            if row.deputy == user_id and gone:
                row.deputy = None
            if row.user_id == user_id and gone:
                await step_aside(walk, role, for_good=True)


async def _leads_no_more(act: Act, room_id: str, user_id: str) -> bool:
    """Whether leaving this room ended what makes them a trainer."""
    if room_id not in (act.layout.trainers, act.layout.coordination):
        return False
    who = await standing_of(act.session, act.layout, user_id)
    return not (who.trainer or who.coordinator)


async def goes_away(act: Act, user_id: str) -> int:
    """Somebody is away for a while, and others go on. Returns in how many runs."""
    found = await runs.of_person(act.session, user_id)
    for run in found:
        walk = await Walk.of(act, run)
        for role, row in list(walk.roles.items()):
            if row.user_id == user_id:
                await step_aside(walk, role, for_good=False)
    return len(found)


async def step_aside(walk: Walk, role: str, *, for_good: bool) -> None:
    """Whoever has the role can't do it. Who is only away is the reserve of their reserve from then on."""
    row = walk.roles[role]
    gone, deputy = row.user_id, row.deputy
    walk.record(gone, "left" if for_good else "away", role=role)
    if deputy is not None and await can(walk, role, deputy):
        await roles.give(walk, role, deputy, None)
        row.deputy = None if for_good else gone
        await _tell_leaders(walk, "run.role.replaced" if for_good else "run.role.away_replaced", role, gone)
        return
    await _tell_leaders(walk, "run.role.nobody" if for_good else "run.role.away_nobody", role, gone)
    contact = walk.who(INITIATIVE)
    if role == TRAINER and contact is not None:
        await asks.tell(walk, contact, INITIATIVE, await roles.told(walk, "run.role.sought", contact))
    moment = walk.act.now + AGAIN
    await timers.set_moment(walk.act.session, roles.VACANT, roles.about(walk, role), moment)


async def still_vacant(act: Act, key: str) -> None:
    """Nobody was named yet: the coordinators hear so as well. `key`: '<number of the run>/<role>'."""
    number, _, role = key.partition("/")
    run = await act.session.get(Run, int(number))
    if run is None or run.state in ENDED:
        return
    walk = await Walk.of(act, run)
    row = walk.roles[role]
    if await can(walk, role, row.user_id):
        return
    if row.deputy is not None and await can(walk, role, row.deputy):  # the reserve is back
        await step_aside(walk, role, for_good=not await roles.belongs(walk, role, row.user_id))
        return
    await _tell_leaders(walk, "run.role.still_nobody", role, row.user_id, coordinators=True)
    await timers.set_moment(act.session, roles.VACANT, roles.about(walk, role), act.now + AGAIN)


async def is_back(act: Act, user_id: str) -> None:
    """They are here again: they go on where nobody came in their place, or where they are the reserve of somebody who can't;
    of what others do since they read who that is."""
    for run in await runs.with_person(act.session, user_id):
        walk = await Walk.of(act, run)
        for role, row in list(walk.roles.items()):
            vacant = await timers.moment(act.session, roles.about(walk, role), roles.VACANT) is not None
            if row.user_id == user_id and vacant:
                await _goes_on(walk, role)
            elif row.deputy == user_id and vacant:
                await still_vacant(act, f"{run.id}/{role}")
            elif row.deputy == user_id and await runs.has_happened(act.session, run, "away", user_id):
                room = await chat_with(act, await act.person(user_id))
                await act.post(room, await roles.told(walk, "run.role.you_are_reserve", user_id, role))


async def _goes_on(walk: Walk, role: str) -> None:
    """Nobody has to be named any more, and whoever was asked to hears so."""
    user = walk.roles[role].user_id
    await timers.cancel_moments(walk.act.session, roles.about(walk, role), roles.VACANT)
    walk.record(user, "back", role=role)
    await _tell_leaders(walk, "run.role.is_back", role, user)
    contact = walk.who(INITIATIVE)
    if role == TRAINER and contact is not None:
        await asks.tell(walk, contact, INITIATIVE, await roles.told(walk, "run.role.trainer_back", contact))


async def _tell_leaders(walk: Walk, key: str, role: str, gone: str, *, coordinators: bool = False) -> None:
    """The trainer of the run; when it is they who are not there, all trainers. The coordinators when no trainer is there, or as
    well."""
    act, trainer = walk.act, walk.who(TRAINER)
    if role != TRAINER and trainer is not None and await can(walk, TRAINER, trainer):
        await asks.tell(
            walk, trainer, TRAINER, await _words(walk, key, await act.language_of(trainer), role, gone)
        )
        if not coordinators:
            return
        rooms = {act.layout.coordination}
    else:
        trainers = act.layout.trainers
        there = trainers is not None and await _somebody_there(walk, trainers)
        rooms = {trainers if trainers is not None and there else act.layout.coordination}
        rooms |= {act.layout.coordination} if coordinators else set()
    text = await _words(walk, key, act.texts.default, role, gone)
    for room in sorted(rooms):
        await act.post(room, text, notify=True, priority=Urgency.TEAM)


async def _somebody_there(walk: Walk, room_id: str) -> bool:
    query = select(Member.user_id).where(
        Member.room_id == room_id, Member.membership == "join", Member.user_id != walk.act.setting.bot
    )
    people = (await walk.act.session.scalars(query)).all()
    return any([await can(walk, TRAINER, user) for user in people])


async def _words(walk: Walk, key: str, language: str, role: str, gone: str) -> Rendered:
    open_ones = [str(walk.steps[name].place) for name in open_steps(walk)]
    open_ones += [str(row.place) for row in walk.steps.values() if row.state is Step.DONE]
    return walk.act.words(
        language,
        key,
        number=walk.run.id,
        organisation=await walk.organisation(),
        role=walk.act.words(language, f"run.role.{role}"),
        gone=await walk.name(gone),
        name=await walk.name(walk.roles[role].user_id),
        steps=open_ones or ["–"],
    )
