"""Whose turn it is says: done, with what was asked; or done with the way back."""

from collections.abc import Mapping
from datetime import timedelta

from helpdesk_bot.actions.runs import asks, doing, ending, going_on, showing
from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.actions.runs.card import day_of
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import already, reading
from helpdesk_bot.chat.runs.looks import say_back
from helpdesk_bot.chat.runs.reading import is_fresh, is_reply
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.playbooks.format import Evidence
from helpdesk_bot.playbooks.verify import LinkClosed
from helpdesk_bot.playbooks.words import in_language
from helpdesk_bot.texts.render import Quote


async def does(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    name, text = str(asked.step), incoming.text or ""
    told = walk.written(name).evidence
    language = await walk.act.language_of(incoming.sender)
    labels = {choice.value: in_language(choice.label, language) for choice in told.choices} if told else {}
    listening = is_reply(incoming) or is_fresh(walk.act, asked)
    evidence, sure = _read(walk, told, incoming, labels, listening=listening) if told else (None, True)
    if walk.run.state is not Run.RUNNING and (evidence is not None or reading.says_done(walk.act, text)):
        await already.told(walk, None, incoming)
        return True
    if walk.states[name] is Step.WAITING:
        return await _too_early(walk, name, incoming)
    if told is None:
        if await _gives_link(walk, asked, incoming):
            return True
        if not reading.says_done(walk.act, text):
            return False
        await _done(walk, name, incoming)
        return True
    if evidence is not None:
        await (_done if sure else _asks_whether)(walk, name, incoming, evidence)
        return True
    if reading.says_done(walk.act, text):
        ask = walk.own(told.ask, language)
        key = f"run.evidence.{told.type}"
        question = walk.act.words(language, key, ask=ask, choices=list(labels.values()))
        await asks.ask(walk, incoming.sender, walk.planned(name).role, Ask.DO, question, name)
        return True
    if told.type == "text" and listening and _may_be_kept(walk, text):
        await _asks_whether(walk, name, incoming, text[: reading.LONGEST])
        return True
    return False


def _read(
    walk: Walk, told: Evidence, incoming: Incoming, labels: Mapping[str, str], *, listening: bool
) -> tuple[str | None, bool]:
    """What they tell, and whether it is surely that. A number among words of their own may be part of something else."""
    act, text = walk.act, incoming.text or ""
    evidence = reading.evidence_in(told, incoming, labels)
    if incoming.file is not None:
        return (evidence if listening else None), True
    if told.type != "number" or evidence is None or reading.tells_a_number(act, told, text):
        return evidence, True
    return (evidence if listening and not reading.is_in_trouble(act, text) else None), False


async def _asks_whether(walk: Walk, name: str, incoming: Incoming, evidence: str) -> None:
    """Whether that is what should be written down. All of their words are kept until then: it may have been a question."""
    await asks.forget(walk, Ask.CONFIRM, name)
    words = walk.act.words(
        await walk.act.language_of(incoming.sender), "run.evidence.confirm", words=Quote(evidence)
    )
    said = (incoming.text or "")[: reading.LONGEST]
    await asks.ask(walk, incoming.sender, walk.planned(name).role, Ask.CONFIRM, words, name, said)


async def _gives_link(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    """The link at which the helpdesk looks, before it was asked for: that says that the step is done, too."""
    name, text = str(asked.step), incoming.text or ""
    link = reading.link_in(text)
    wanted = isinstance(walk.written(name).verify, LinkClosed)
    if link is None or not wanted or "?" in text.replace(link, ""):
        return False
    await _done(walk, name, incoming, link=link)
    await say_back(walk, incoming, "run.look.going")
    return True


async def _done(
    walk: Walk, name: str, incoming: Incoming, evidence: str | None = None, link: str | None = None
) -> None:
    """They see at their own message that it was heard: what comes next may be somebody else's."""
    await doing.done(walk, name, incoming.sender, evidence, link)
    if incoming.file is not None:
        await showing.show(walk, name, incoming.event_id, incoming.room_id, incoming.file)
    key, place = "run.mark_done", walk.steps[name].place
    await walk.act.mark(incoming.room_id, incoming.event_id, key, step=place, number=walk.run.id)


def _may_be_kept(walk: Walk, text: str) -> bool:
    return bool(text.strip()) and "?" not in text and not reading.asks_help(walk.act, text)


async def _too_early(walk: Walk, name: str, incoming: Incoming) -> bool:
    """A time of rest still runs."""
    if not reading.says_done(walk.act, incoming.text or ""):
        return False
    until = walk.steps[name].since + (walk.planned(name).rest or timedelta())
    if until <= walk.act.now:
        await going_on.wake(walk, name)  # which says what it waits for
        return True
    language = await walk.act.language_of(incoming.sender)
    words = walk.act.words(language, "run.turn.too_early", until=day_of(walk, until))
    await asks.tell(walk, incoming.sender, walk.planned(name).role, words)
    return True


async def confirms(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    """Whether what they wrote before should be written down."""
    said = reading.yes_or_no(walk.act, incoming.text or "")
    if said is None:
        return False
    if said:
        told = walk.written(str(asked.step)).evidence
        counted = told is not None and told.type == "number"
        await _done(
            walk, str(asked.step), incoming, reading.number_in(asked.words) if counted else asked.words
        )
        return True
    await asks.forget(walk, Ask.CONFIRM, asked.step)
    language = await walk.act.language_of(incoming.sender)
    again = walk.act.words(language, "run.evidence.again")
    await asks.tell(walk, incoming.sender, walk.planned(str(asked.step)).role, again)
    return True


async def undoes(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    if not reading.says_done(walk.act, incoming.text or ""):
        return False
    await ending.undone(walk, str(asked.step), incoming.sender)
    return True
