"""Somebody looked whether a step is as it should be, or gives a link at which the helpdesk looks."""

import re

from helpdesk_bot.actions.runs import asks, looking
from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.actions.runs.going_on import go_on
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import reading
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.errors import UserError

_ENDS_WITH_AND = re.compile(r"[\s,]+(?:en|and)?\s*\Z")


async def looked(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    """'klopt', 'klopt 3.4 en 3.5', 'klopt alles'; 'nee, want …'. In a list a plain yes would be about which one?"""
    act, text = walk.act, incoming.text or ""
    listed = await _listed(walk, asked)
    named = reading.places_in(text)
    reason = reading.no_with_reason(act, text)
    plain = _ENDS_WITH_AND.sub("", " ".join(word for word in text.split() if not reading.places_in(word)))
    all_of_them = _says_all(walk, plain)
    said = (
        False if reason is not None else reading.yes_or_no(act, _without_all(plain) if all_of_them else plain)
    )
    if said is None or (said and "?" in text):
        return False
    if len(listed) > 1 and not named and not all_of_them:
        raise UserError("run.look.which_one", place=f"{listed[0].run_id}.{walk.steps[str(asked.step)].place}")
    if not said and reason is None:
        raise UserError("run.look.why_not")
    places: list[tuple[int, int]] = []
    for one in listed:
        about = walk if one.run_id == walk.run.id else await Walk.numbered(act, one.run_id)
        row = about.steps.get(str(one.step))
        if row is None or row.state is not Step.DONE or (named and (one.run_id, row.place) not in named):
            continue
        if said:
            await looking.passed(about, row.step, incoming.sender)
        else:
            await looking.failed(about, row.step, incoming.sender, str(reason))
        await go_on(about)
        places.append((about.run.id, row.place))
    if places:
        await _thank(walk, sorted(places), incoming.sender, yes=said)
    return bool(places)  # 'klopt 3.4' may be about another message


def _says_all(walk: Walk, text: str) -> bool:
    last = text.split()[-1:] or [""]
    return plain_key(last[0]) in walk.act.texts.word_list(None, "words.step_all")


def _without_all(text: str) -> str:
    return text.rpartition(" ")[0]


async def _listed(walk: Walk, asked: Asked) -> list[Asked]:
    """Everything that was asked in the same message."""
    found = await asks.open_for(walk.act, asked.dialog.room_id, asked.dialog.user_id)
    return [one for one in found if one.what is Ask.LOOK and one.dialog.asked == asked.dialog.asked]


async def _thank(walk: Walk, places: list[tuple[int, int]], who: str, *, yes: bool) -> None:
    """Once for all that they looked at."""
    language = await walk.act.language_of(who)
    key = "run.look.thanks_yes" if yes else "run.look.thanks_no"
    role = next((role for role in walk.roles if walk.holds(who, role)), "trainer")
    named = [f"{run}.{step}" for run, step in places]
    await asks.tell(walk, who, role, walk.act.words(language, key, n=len(named), places=named))


async def gives_link(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    """A link that was public once; without one a person looks."""
    text, name = incoming.text or "", str(asked.step)
    link = reading.link_in(text)
    if link is not None:
        await looking.go_and_see(walk, name, link)
        key = "run.look.going"
    elif reading.yes_or_no(walk.act, text) is False or reading.asks_help(walk.act, text):
        await asks.forget(walk, Ask.LINK, name)
        await looking.undecided(walk, name)
        key = "run.look.by_trainer"
    else:
        return False
    await say_back(walk, incoming, key)
    await go_on(walk)
    return True


async def say_back(walk: Walk, incoming: Incoming, key: str) -> None:
    """At the very message that it is about."""
    words = walk.act.words(await walk.act.language_of(incoming.sender), key)
    await walk.act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id, notify=True)
