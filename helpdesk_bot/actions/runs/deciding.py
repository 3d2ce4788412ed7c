"""Before the turning point: whoever decides on it is asked whether it may begin. Until then nobody does anything."""

from helpdesk_bot.actions.runs import asks
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.walk import TRAINER, Walk, only_running
from helpdesk_bot.storage.models import RunSign


async def ask(walk: Walk, name: str, role: str) -> None:
    """Says what comes now and who does it, and that there is a way back, as long as there is."""
    who = walk.who(role)
    if who is None:
        return
    language = await walk.act.language_of(who)
    words = [
        walk.act.words(
            language,
            "run.decide.please",
            name=await walk.spoken_to(who),
            number=walk.run.id,
            title=walk.title(language),
            step=walk.steps[name].place,
            what=walk.step_title(name, language),
            does=await _doer(walk, name, language),
        )
    ]
    cutover = walk.playbook.cutover
    if cutover is not None and cutover.freeze:
        words.append(walk.act.words(language, "run.decide.freeze"))
    if cutover is not None:
        words.append(walk.act.words(language, "run.decide.way_back", window=cutover.rollback_window))
    words.append(walk.act.words(language, "run.decide.how"))
    await asks.ask(walk, who, role, Ask.DECIDE, walk.act.texts.join(words), name)


async def decide(walk: Walk, name: str, who: str, role: str) -> None:
    """They say that it may begin. Raises UserError while the run stands still."""
    only_running(walk)
    sign = RunSign(run_id=walk.run.id, step=name, role=role, user_id=who, at=walk.act.now)
    walk.act.session.add(sign)
    walk.record(who, "decided", name, role=role)
    await asks.forget(walk, Ask.DECIDE, name)
    await walk.act.session.flush()
    language = await walk.act.language_of(who)
    does = await _doer(walk, name, language)
    await asks.tell(walk, who, role, walk.act.words(language, "run.decide.thanks", does=does))


async def not_yet(walk: Walk, name: str, who: str, role: str, reason: str | None) -> None:
    """They don't want it to begin: it waits for their yes, and the trainer hears why."""
    walk.record(who, "undecided", name, role=role)
    language, place = await walk.act.language_of(who), walk.steps[name].place
    await asks.tell(
        walk, who, role, walk.act.words(language, "run.decide.not_yet", number=walk.run.id, step=place)
    )
    trainer = walk.who(TRAINER)
    if trainer is None or trainer == who:
        return
    theirs = await walk.act.language_of(trainer)
    key = "run.decide.not_yet_because" if reason else "run.decide.not_yet_trainer"
    text = walk.act.words(
        theirs,
        key,
        name=await walk.name(who),
        number=walk.run.id,
        organisation=await walk.organisation(),
        step=place,
        reason=reason or "",
    )
    await asks.tell(walk, trainer, TRAINER, text)


async def _doer(walk: Walk, name: str, language: str) -> str:
    """Who does the step then."""
    return await walk.named(walk.planned(name).role, language)
