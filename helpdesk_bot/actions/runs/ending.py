"""A run pauses, stops, goes back or is finished; and what is asked of people afterwards."""

from sqlalchemy import select

from helpdesk_bot.actions.runs import asks
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.card import day_of, refresh_card
from helpdesk_bot.actions.runs.clearing import clear_all
from helpdesk_bot.actions.runs.moves import about, move_run, move_step
from helpdesk_bot.actions.runs.telling import sentences, success, way_back_over
from helpdesk_bot.actions.runs.walk import INITIATIVE, TRAINER, Walk
from helpdesk_bot.actions.runs.worth import worth
from helpdesk_bot.domain.runs.rules import to_undo
from helpdesk_bot.domain.runs.states import Run, RunMove, Step, StepMove
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.models import RunRemark
from helpdesk_bot.texts.render import Quote, Rendered

LATER = "run_later"  # the timer of the retrospective


async def pause(walk: Walk, who: str, reason: str) -> None:
    """Nobody is reminded of anything until it goes on."""
    await move_run(walk, RunMove.PAUSE, who)
    walk.run.reason = reason
    await hold(walk)
    await _tell_both(walk, "run.paused", who, reason=reason)
    await refresh_card(walk)


async def hold(walk: Walk) -> None:
    """Nothing about any step is due."""
    await timers.cancel_all(walk.act.session, [about(walk.run.id, name) for name in walk.steps])


async def resume(walk: Walk, who: str, instead_of: str | None = None) -> None:
    """It may go on where it was. `instead_of`: who would decide on that."""
    if walk.run.state is Run.RETURNING:
        await asks.forget_all(walk)  # nobody is to undo anything now
    await move_run(walk, RunMove.RESUME, who, **_in_the_place_of(instead_of))
    walk.run.reason, walk.run.ended_at = None, None
    for name, row in walk.steps.items():
        if row.state is Step.ROLLED_BACK:
            await move_step(walk, name, StepMove.PUT_BACK, who)
    await _tell_both(walk, "run.resumed", who)


async def stop(walk: Walk, who: str, reason: str) -> None:
    """It ends here, for a reason; what was done stays done."""
    await _stopped(walk, "run.stopped", who, reason)


async def _stopped(walk: Walk, key: str, who: str | None, reason: str | None) -> None:
    await move_run(walk, RunMove.STOP, who)
    walk.run.reason = reason
    walk.run.ended_at = walk.act.now
    await clear_all(walk)
    await _tell_both(walk, key, who, reason=reason or "")
    await ask_later(walk)
    await refresh_card(walk)


async def finish(walk: Walk) -> None:
    """Every step is verified or left out. When all are left out, nothing was reached: then it has stopped."""
    if all(row.state is Step.SKIPPED for row in walk.steps.values()):
        await _stopped(walk, "run.stopped_skipped", None, None)
        return
    await move_run(walk, RunMove.FINISH, None, **worth(walk))
    walk.run.ended_at = walk.act.now
    await clear_all(walk)
    cutover = walk.playbook.cutover
    if cutover is not None:
        walk.run.back_until = walk.act.now + cutover.rollback_window
    for role in (INITIATIVE, TRAINER):
        who = walk.who(role)
        if who is not None:
            language = await walk.act.language_of(who)
            await asks.tell(walk, who, role, await _finished_words(walk, language, who))
    await ask_later(walk)


async def _finished_words(walk: Walk, language: str, reader: str) -> Rendered:
    act = walk.act
    skipped = sum(row.state is Step.SKIPPED for row in walk.steps.values())
    parts = [
        act.words(
            language,
            "run.finished",
            name=await walk.spoken_to(reader),
            title=walk.title(language),
            organisation=await walk.organisation(),
            n=len(walk.plan) - skipped,
        )
    ]
    if skipped:
        parts.append(act.words(language, "run.finished_skipped", n=skipped))
    parts += success(walk, language)
    if walk.run.back_until is not None:
        until, decides = day_of(walk, walk.run.back_until), walk.decides()
        if decides is None or walk.holds(reader, decides):
            parts.append(act.words(language, "run.finished_way_back", until=until, number=walk.run.id))
        else:
            name = await walk.name(str(walk.who(decides)))
            parts.append(act.words(language, "run.finished_way_back_theirs", until=until, name=name))
    return act.texts.join(parts)


def _in_the_place_of(user_id: str | None) -> dict[str, str]:
    return {"instead_of": user_id} if user_id is not None else {}


async def go_back(walk: Walk, who: str, reason: str, instead_of: str | None = None) -> None:
    """The way back begins, with the step that was done last. `instead_of`: who would decide on that. Raises UserError when its time is over."""
    run = walk.run
    until = run.back_until or run.ended_at
    if run.state is Run.FINISHED and until is not None and until < walk.act.now:
        raise UserError("run.back.too_late", number=run.id, until=day_of(walk, until))
    await move_run(walk, RunMove.GO_BACK, who, **_in_the_place_of(instead_of))
    walk.run.reason, walk.run.ended_at, walk.run.back_until = reason, None, None
    await clear_all(walk)
    await _tell_both(walk, "run.back.begins", who, reason=reason)
    await next_back(walk)


async def next_back(walk: Walk) -> None:
    """Tells whose turn it is on the way back; at its end the run is rolled back."""
    left = to_undo(walk.plan, walk.states)
    if not left:
        await move_run(walk, RunMove.ROLL_BACK, None)
        walk.run.ended_at = walk.act.now
        await clear_all(walk)
        await _tell_both(walk, "run.back.done", None)
        await refresh_card(walk)
        return
    step = left[0]
    written, who = walk.written(step.id), walk.who(step.role) or walk.who(TRAINER)
    if written.rollback is None:  # there was nothing to undo about it
        await undone(walk, step.id, None)
        return
    if who is None:
        return
    role = step.role if walk.holds(who, step.role) else TRAINER
    language = await walk.act.language_of(who)
    text = walk.act.words(
        language,
        "run.back.step",
        name=await walk.spoken_to(who),
        step=walk.steps[step.id].place,
        title=walk.step_title(step.id, language),
        how=sentences(walk, written.rollback.how, language),
        n=len(left),
    )
    over = way_back_over(walk, written, language)
    said = walk.act.texts.join([text, over]) if over else text
    await asks.forget(walk, Ask.UNDO, step.id)  # somebody else may have had the role
    await asks.ask(walk, who, role, Ask.UNDO, said, step.id)
    await refresh_card(walk)


async def undone(walk: Walk, name: str, who: str | None) -> None:
    """A step has been undone."""
    await move_step(walk, name, StepMove.ROLL_BACK, who)
    await asks.forget(walk, Ask.UNDO, name)
    await next_back(walk)


async def ask_later(walk: Walk) -> None:
    """Two weeks or so afterwards people are asked how it was."""
    questions = walk.playbook.retrospective
    if questions is not None:
        moment = walk.act.now + questions.after
        await timers.set_moment(walk.act.session, LATER, f"run:{walk.run.id}", moment)


async def how_was_it(walk: Walk, question: int = 0) -> None:
    """Asks the first question that has not been answered, one at a time."""
    who, asked = walk.who(INITIATIVE), walk.playbook.retrospective
    if who is None or asked is None:
        return
    language = await walk.act.language_of(who)
    await asks.forget(walk, Ask.LATER)
    if question >= len(asked.questions):
        await _bring_answers(walk)
        await asks.tell(walk, who, INITIATIVE, walk.act.words(language, "run.later.thanks"))
        return
    key = "run.later.first" if question == 0 else "run.later.next"
    text = walk.act.words(
        language,
        key,
        name=await walk.spoken_to(who),
        title=walk.title(language),
        question=walk.own(asked.questions[question], language),
        place=question + 1,
        n=len(asked.questions),
    )
    await asks.ask(walk, who, INITIATIVE, Ask.LATER, text, words=str(question))


async def answered_later(walk: Walk, who: str, question: int, text: str) -> None:
    """Keeps an answer, and asks the next question."""
    walk.act.session.add(
        RunRemark(
            run_id=walk.run.id,
            question=question,
            user_id=who,
            text=text,
            at=walk.act.now,
        )
    )
    walk.record(who, "answered", question=question)
    await how_was_it(walk, question + 1)


async def _bring_answers(walk: Walk) -> None:
    """To the trainer, who may mend the playbook with them: in the words of whoever answered."""
    trainer, asked = walk.who(TRAINER), walk.playbook.retrospective
    if trainer is None or asked is None:
        return
    language = await walk.act.language_of(trainer)
    query = select(RunRemark).where(RunRemark.run_id == walk.run.id).order_by(RunRemark.id)
    parts = [
        walk.act.words(
            language,
            "run.later.answers",
            number=walk.run.id,
            title=walk.title(language),
            organisation=await walk.organisation(),
        )
    ]
    for remark in (await walk.act.session.scalars(query)).all():
        question = walk.own(asked.questions[remark.question or 0], language)
        said = Quote(remark.text)
        parts.append(walk.act.words(language, "run.later.answer", question=question, said=said))
    await asks.tell(walk, trainer, TRAINER, walk.act.texts.join(parts))


async def _tell_both(walk: Walk, key: str, who: str | None, **params: object) -> None:
    """The organisation and the trainer, each in their own language; whoever did it knows it from the card."""
    for role in (INITIATIVE, TRAINER):
        reader = walk.who(role)
        if reader is None:
            continue
        language = await walk.act.language_of(reader)
        text = walk.act.words(
            language,
            key,
            number=walk.run.id,
            title=walk.title(language),
            organisation=await walk.organisation(),
            who=await walk.name(who) if who else "",
            **params,
        )
        await asks.tell(walk, reader, role, text)
