"""Who has which role in a run, and how somebody else gets it."""

from helpdesk_bot.actions.direct_chat import has_left
from helpdesk_bot.actions.runs import accepting, asks, deciding, digest, ending, looking, questions, signing
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.card import follow, open_steps, refresh_card
from helpdesk_bot.actions.runs.going_on import tell_rest, tell_turn
from helpdesk_bot.actions.runs.walk import INITIATIVE, TRAINER, Walk
from helpdesk_bot.domain.runs.states import UNDECIDED, Run, Step
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Member, RunRole
from helpdesk_bot.texts.render import Rendered

VACANT = "run_vacant"  # the timer: nobody does what the role asks, and somebody has to be named


def about(walk: Walk, role: str) -> str:
    """What the timers of a role are about."""
    return f"role:{walk.run.id}/{role}"


async def give(walk: Walk, role: str, to: str, by: str | None) -> None:
    """Somebody else has the role from now on: what waits for it is theirs, and they hear what it is. So do the others whom it
    concerns. `by`: None when whoever had it is away or gone."""
    row = walk.roles.get(role)
    before = row.user_id if row is not None else None
    if row is None:
        row = walk.roles[role] = RunRole(run_id=walk.run.id, role=role, user_id=to)
        walk.act.session.add(row)
    row.user_id = to
    row.deputy = None if row.deputy == to else row.deputy
    walk.record(by, "role", role=role, before=before, after=to)
    await timers.cancel_moments(walk.act.session, about(walk, role), VACANT)
    await walk.act.session.flush()
    if role == INITIATIVE:
        await follow(walk, (await asks.place_of(walk, to, role))[0])
    await _take_over(walk, role, to)
    if role == INITIATIVE and before is not None and before != to:
        await questions.follow(walk, before, to, by)
    await _tell_others(walk, role, before, by)
    await refresh_card(walk)


async def belongs(walk: Walk, role: str, user_id: str) -> bool:
    """Whether somebody is where the role needs them: among the trainers, or in the room of the organisation. Of who is spoken
    with in a direct chat nothing more is needed than that."""
    if role == TRAINER:
        who = await standing_of(walk.act.session, walk.act.layout, user_id)
        return who.trainer or who.coordinator
    if not walk.run.threaded:
        return not await has_left(walk.act, walk.run.room_id, user_id)
    member = await walk.act.session.get(Member, (walk.run.room_id, user_id))
    return member is not None and member.membership == "join"


async def stand_in(walk: Walk, role: str, deputy: str, by: str) -> None:
    """Names who takes over when whoever has the role can't; they hear so."""
    walk.roles[role].deputy = deputy
    walk.record(by, "deputy", role=role, after=deputy)
    await walk.act.session.flush()
    if deputy != by:
        await asks.tell(walk, deputy, role, await told(walk, "run.role.reserve", deputy, role))


async def _tell_others(walk: Walk, role: str, before: str | None, by: str | None) -> None:
    """Whoever had it until now, and whoever does the other half. Who did it knows, and of who is gone nothing is wanted."""
    contact, trainer = walk.who(INITIATIVE), walk.who(TRAINER)
    if role == TRAINER and contact is not None and contact != by:
        await asks.tell(walk, contact, INITIATIVE, await told(walk, "run.role.trainer_now", contact))
    if by is None:
        return
    if role == INITIATIVE and trainer is not None and trainer != by:
        await asks.tell(walk, trainer, TRAINER, await told(walk, "run.role.contact_now", trainer))
    if before is not None and before not in (by, walk.who(role)) and await belongs(walk, role, before):
        await asks.tell(walk, before, role, await told(walk, "run.role.not_yours_now", before, role))


async def told(walk: Walk, key: str, reader: str, role: str = TRAINER) -> Rendered:
    """What somebody hears of a role: who has it now, in which run."""
    language = await walk.act.language_of(reader)
    names = {one: await walk.name(row.user_id) for one, row in walk.roles.items()}
    return walk.act.words(
        language,
        key,
        name=await walk.spoken_to(reader),
        role=walk.act.words(language, f"run.role.{role}"),
        trainer=names.get(TRAINER, ""),
        contact=names.get(INITIATIVE, ""),
        has_it=names[role],
        number=walk.run.id,
        title=walk.title(language),
        organisation=await walk.organisation(),
    )


async def _take_over(walk: Walk, role: str, to: str) -> None:
    """Asks the new one what the one before them was asked."""
    await asks.tell(walk, to, role, await told(walk, "run.role.yours", to, role))
    if walk.run.state in UNDECIDED and role == INITIATIVE:
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
        if (decides := await walk.undecided(name)) is not None:
            if role == decides:
                await asks.forget(walk, Ask.DECIDE, name)
                await deciding.ask(walk, name, role)
        elif step.irreversible and not await signing.signed(walk, step):
            if role in step.signers:
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
