"""Before the first step: what the organisation loses, when it should stop, and somebody who takes that on by name."""

import json
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import asks
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.card import post_card
from helpdesk_bot.actions.runs.going_on import go_on
from helpdesk_bot.actions.runs.moves import move_run
from helpdesk_bot.actions.runs.walk import INITIATIVE, TRAINER, Walk
from helpdesk_bot.domain.runs.states import Run, RunMove
from helpdesk_bot.playbooks.words import Words
from helpdesk_bot.storage import runs, timers
from helpdesk_bot.storage.models import RunEvent
from helpdesk_bot.storage.outbox import row_ref
from helpdesk_bot.texts.render import Rendered

UNDECIDED = "run_undecided"  # the timer
AGAIN = timedelta(days=7)
ARRIVED = "arrived"


async def ask(walk: Walk) -> None:
    """Anew, if they were asked before: nobody says yes to what they have read of an older version, or as somebody else."""
    who = walk.who(INITIATIVE)
    if who is None:
        return
    language = await walk.act.language_of(who)
    words = more_losses if walk.run.state is Run.RECONSIDERING else losses
    await asks.forget(walk, Ask.ACCEPT)
    await asks.ask(walk, who, INITIATIVE, Ask.ACCEPT, await words(walk, language, who))
    await timers.set_moment(walk.act.session, UNDECIDED, f"run:{walk.run.id}", walk.act.now + AGAIN)


async def arrived(act: Act, room_id: str, user_id: str) -> None:
    """Whoever is to accept the losses comes into the room only now. What was said before they came may stay locked for them,
    and nobody should say yes to what they could not read: it is taken away and said again."""
    for run in await runs.in_room(act.session, room_id):
        walk = await Walk.of(act, run)
        if run.state is not Run.ACCEPTING or run.threaded or walk.who(INITIATIVE) != user_id:
            continue
        if await runs.has_happened(act.session, run, ARRIVED, user_id):
            continue  # somebody who changes their name joins once more, as the homeserver tells it
        walk.record(user_id, ARRIVED)
        before = [
            one.dialog.asked for one in await asks.open_for(act, room_id, user_id) if one.run_id == run.id
        ]
        for said in filter(None, [run.card, *before]):
            await act.redact(room_id, row_ref(said), None)
        await asks.forget(walk, Ask.ACCEPT)
        await post_card(walk)
        await ask(walk)


async def losses(walk: Walk, language: str, reader: str) -> Rendered:
    """What whoever decides has to read before they say yes."""
    act, playbook = walk.act, walk.playbook
    trainer = walk.who(TRAINER)
    parts = [
        act.words(
            language,
            "run.accept.head",
            name=await walk.spoken_to(reader),
            trainer=await walk.name(trainer) if trainer else "",
            title=walk.title(language),
            summary=walk.own(playbook.summary, language),
        ),
        act.words(
            language,
            "run.accept.effort",
            steps=len(walk.plan),
            time=playbook.effort.initiative,
            elapsed=playbook.effort.elapsed,
        ),
    ]
    if playbook.losses:
        parts.append(act.words(language, "run.accept.losses"))
        parts.append(act.texts.bullets([walk.own(loss, language) for loss in playbook.losses], numbered=True))
    else:
        parts.append(act.words(language, "run.accept.nothing_lost"))
    if playbook.stop_if:
        parts.append(act.words(language, "run.accept.stop_if"))
        parts.append(act.texts.bullets([walk.own(reason, language) for reason in playbook.stop_if]))
    if playbook.personal_data.breach_check:
        parts.append(act.words(language, "run.accept.breach_check"))
    if playbook.cutover is not None:
        window = playbook.cutover.rollback_window
        parts.append(act.words(language, "run.accept.way_back", window=window))
    return act.texts.join([*parts, act.words(language, "run.accept.how")])


async def more_losses(walk: Walk, language: str, reader: str) -> Rendered:
    """What a newer version of the playbook loses, to which nobody has said yes."""
    act, trainer = walk.act, walk.who(TRAINER)
    names = {"name": await walk.spoken_to(reader), "trainer": await walk.name(trainer) if trainer else ""}
    return act.texts.join(
        [
            act.words(language, "run.reconsider.head", number=walk.run.id, **names),
            act.texts.bullets([walk.own(loss, language) for loss in await unaccepted(walk)], numbered=True),
            act.words(language, "run.reconsider.how", number=walk.run.id),
        ]
    )


def read(walk: Walk) -> list[str]:
    """What is lost, as the timeline keeps what somebody said yes to."""
    return [_mark(loss) for loss in walk.playbook.losses]


def _mark(loss: Words) -> str:
    return sha256(json.dumps(loss, sort_keys=True).encode()).hexdigest()[:16]


async def unaccepted(walk: Walk) -> list[Words]:
    """What is lost and nobody in the organisation has said yes to, because it came with a newer version of the playbook.
    Of runs in which only a number was kept nobody knows which losses it stands for: nothing."""
    moves = [f"run_{move}" for move in (RunMove.ACCEPT, RunMove.ACCEPT_MORE)]
    query = select(RunEvent.detail).where(RunEvent.run_id == walk.run.id, RunEvent.what.in_(moves))
    found = (await walk.act.session.scalars(query)).all()
    if any(isinstance(detail["losses"], int) for detail in found):
        return []
    known = {mark for detail in found for mark in detail["losses"]}
    return [loss for loss in walk.playbook.losses if _mark(loss) not in known]


async def accepted(walk: Walk, who: str) -> None:
    """Somebody takes the losses on, by name; the first step begins."""
    await move_run(walk, RunMove.ACCEPT, who, losses=read(walk))
    walk.run.accepted_by, walk.run.accepted_at = who, walk.act.now
    await asks.forget(walk, Ask.ACCEPT)
    language = await walk.act.language_of(who)
    text = walk.act.words(language, "run.accept.begun", name=await walk.name(who))
    await asks.tell(walk, who, INITIATIVE, text)
    await go_on(walk)


async def declined(walk: Walk, who: str) -> None:
    """They don't want to, or not yet: nothing begins, or goes on, and the trainer hears so."""
    walk.record(who, "declined")
    language = await walk.act.language_of(who)
    more = walk.run.state is Run.RECONSIDERING
    key = "run.reconsider.declined" if more else "run.accept.declined"
    await asks.tell(walk, who, INITIATIVE, walk.act.words(language, key, number=walk.run.id))
    trainer = walk.who(TRAINER)
    if trainer is not None:
        theirs = await walk.act.language_of(trainer)
        text = walk.act.words(
            theirs,
            f"{key}_trainer",
            number=walk.run.id,
            name=await walk.name(who),
            organisation=await walk.organisation(),
        )
        await asks.tell(walk, trainer, TRAINER, text)
