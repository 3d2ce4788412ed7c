"""A step without a way back: what is lost is said once more, and two people type a word before anything is done."""

from difflib import get_close_matches

from sqlalchemy import delete

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import asks, queue
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.card import refresh_card
from helpdesk_bot.actions.runs.walk import TECHNICIAN, Walk, only_running
from helpdesk_bot.domain.runs.plan import Planned
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import runs
from helpdesk_bot.storage.models import RunSign
from helpdesk_bot.texts.render import Rendered


async def signed(walk: Walk, step: Planned) -> bool:
    return not await walk.unsigned(step.id)


async def ask(walk: Walk, step: Planned) -> None:
    """Everybody who has not said yes is asked, each in their own place; nobody is to do anything yet."""
    for role in await walk.unsigned(step.id):
        who = walk.who(role)
        if role == TECHNICIAN:
            await queue.bring(walk, step, looks=step.role != TECHNICIAN)
        elif who is not None:
            language = await walk.act.language_of(who)
            words = await sign_words(walk, step, language, who)
            await asks.ask(walk, who, role, Ask.SIGN, words, step.id)


async def sign_words(walk: Walk, step: Planned, language: str, reader: str) -> Rendered:
    """What it is, what is lost for good, and the word to type."""
    act = walk.act
    head = act.words(
        language,
        "run.sign.head",
        name=await walk.spoken_to(reader),
        number=walk.run.id,
        step=walk.steps[step.id].place,
        title=walk.step_title(step.id, language),
    )
    losses = act.texts.bullets([walk.own(loss, language) for loss in walk.playbook.losses], numbered=True)
    names = [await walk.named(role, language) for role in step.signers]
    word = act.texts.word(language, "run.sign.word")
    lines = [head, act.words(language, "run.sign.losses"), losses]
    return act.texts.join([*lines, act.words(language, "run.sign.how", word=word, names=names)])


def is_word(act: Act, text: str) -> bool:
    """Whether this is the word, in any language; nothing but the word, so that nobody signs by accident."""
    return text.strip().strip("'\"‘’“”.!").casefold() in _words(act)


def is_word_mistyped(act: Act, text: str) -> bool:
    """Whether it was meant to be the word, and is not: 'DEFINITEIF'."""
    return not is_word(act, text) and bool(
        get_close_matches(text.strip().casefold(), _words(act), cutoff=0.75)
    )


def _words(act: Act) -> set[str]:
    return {act.texts.word(language, "run.sign.word").casefold() for language in act.texts.languages}


async def sign(walk: Walk, name: str, who: str, role: str) -> bool:
    """Somebody says yes in a role; whether everybody has now. Raises UserError when they have said so in another role: two
    people decide, and not one twice; and while the run stands still."""
    only_running(walk)
    there = await runs.signs_of(walk.act.session, walk.run, name)
    if who in there.values():
        raise UserError("run.sign.twice", number=walk.run.id, step=walk.steps[name].place)
    walk.act.session.add(RunSign(run_id=walk.run.id, step=name, role=role, user_id=who, at=walk.act.now))
    walk.record(who, "signed", name, role=role)
    await walk.act.session.flush()
    if role == TECHNICIAN != walk.planned(name).role:
        await queue.settle(walk, name)  # signing was all that they were asked
    await refresh_card(walk)
    return await signed(walk, walk.planned(name))


async def take_back(walk: Walk, name: str) -> None:
    """What was said to this step holds no longer: when its turn comes again, it is asked again."""
    await walk.act.session.execute(delete(RunSign).where(RunSign.run_id == walk.run.id, RunSign.step == name))
