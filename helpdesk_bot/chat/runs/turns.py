"""Whose turn it is says: done, with what was asked; or done with the way back."""

from helpdesk_bot.actions.runs import asks, doing, ending
from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import reading
from helpdesk_bot.playbooks.words import in_language
from helpdesk_bot.texts.render import Quote


async def does(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    name, text = str(asked.step), incoming.text or ""
    told = walk.written(name).evidence
    if told is None:
        if not reading.says_done(walk.act, text):
            return False
        await doing.done(walk, name, incoming.sender)
        return True
    language = await walk.act.language_of(incoming.sender)
    labels = {choice.value: in_language(choice.label, language) for choice in told.choices}
    evidence = reading.evidence_in(told, incoming, labels)
    if evidence is not None:
        await doing.done(walk, name, incoming.sender, evidence)
        return True
    if reading.says_done(walk.act, text):
        ask = walk.own(told.ask, language)
        key = f"run.evidence.{told.type}"
        question = walk.act.words(language, key, ask=ask, choices=list(labels.values()))
        await asks.ask(walk, incoming.sender, walk.planned(name).role, Ask.DO, question, name)
        return True
    if told.type == "text" and _may_be_kept(walk, text):
        question = walk.act.words(language, "run.evidence.confirm", words=Quote(text[: reading.LONGEST]))
        words = text[: reading.LONGEST]
        await asks.ask(walk, incoming.sender, walk.planned(name).role, Ask.CONFIRM, question, name, words)
        return True
    return False


def _may_be_kept(walk: Walk, text: str) -> bool:
    return bool(text.strip()) and "?" not in text and not reading.asks_help(walk.act, text)


async def confirms(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    """Whether what they wrote before should be written down."""
    text = incoming.text or ""
    if reading.says_yes(walk.act, text):
        await doing.done(walk, str(asked.step), incoming.sender, asked.words)
        return True
    if reading.says_no(walk.act, text):
        await asks.forget(walk, Ask.CONFIRM, asked.step)
        language = await walk.act.language_of(incoming.sender)
        again = walk.act.words(language, "run.evidence.again")
        await asks.tell(walk, incoming.sender, walk.planned(str(asked.step)).role, again)
        return True
    return False


async def undoes(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    if not reading.says_done(walk.act, incoming.text or ""):
        return False
    await ending.undone(walk, str(asked.step), incoming.sender)
    return True
