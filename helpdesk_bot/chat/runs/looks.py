"""Somebody looked whether a step is as it should be, or gives a link at which the helpdesk looks."""

from helpdesk_bot.actions.runs import asks, looking
from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.actions.runs.going_on import go_on
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import reading
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.errors import UserError


async def looked(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    """'klopt', 'klopt 3.4 en 3.5', 'klopt alles'; 'nee, want …'. In a list a plain yes would be about which one?"""
    act, text = walk.act, incoming.text or ""
    listed = await _listed(walk, asked, incoming)
    named = reading.places_in(text)
    reason = reading.no_with_reason(act, text)
    plain = " ".join(word for word in text.split() if not any(sign.isdecimal() for sign in word))
    yes = reason is None and (reading.says_yes(act, plain.removesuffix(" en").removesuffix(" and")))
    all_of_them = yes and _says_all(walk, plain)
    if not yes and not all_of_them and reason is None and not reading.says_no(act, plain):
        return False
    if len(listed) > 1 and not named and not _says_all(walk, plain):
        raise UserError("run.look.which_one", place=f"{listed[0].run_id}.{walk.steps[str(asked.step)].place}")
    if not yes and reason is None:
        raise UserError("run.look.why_not")
    for one in listed:
        about = walk if one.run_id == walk.run.id else await Walk.numbered(act, one.run_id)
        row = about.steps.get(str(one.step))
        if row is None or row.state is not Step.DONE or (named and (one.run_id, row.place) not in named):
            continue
        if yes:
            await looking.passed(about, row.step, incoming.sender)
        else:
            await looking.failed(about, row.step, incoming.sender, str(reason))
        await go_on(about)
        await _thank(about, row.step, incoming.sender, yes=yes)
    return True


def _says_all(walk: Walk, text: str) -> bool:
    last = text.split()[-1:] or [""]
    return last[0].casefold() in walk.act.texts.word_list(None, "words.step_all")


async def _listed(walk: Walk, asked: Asked, incoming: Incoming) -> list[Asked]:
    """Everything that was asked in the same message."""
    found = await asks.open_for(walk.act, incoming.room_id, incoming.sender)
    return [one for one in found if one.what is Ask.LOOK and one.dialog.asked == asked.dialog.asked]


async def _thank(walk: Walk, name: str, who: str, *, yes: bool) -> None:
    language = await walk.act.language_of(who)
    key = "run.look.thanks_yes" if yes else "run.look.thanks_no"
    place = f"{walk.run.id}.{walk.steps[name].place}"
    role = next((role for role in walk.roles if walk.holds(who, role)), "trainer")
    await asks.tell(walk, who, role, walk.act.words(language, key, place=place))


async def gives_link(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    """A link that was public once; without one a person looks."""
    text, name = incoming.text or "", str(asked.step)
    link = reading.link_in(text)
    language = await walk.act.language_of(incoming.sender)
    if link is not None:
        await looking.go_and_see(walk, name, link)
        key = "run.look.going"
    elif reading.says_no(walk.act, text) or reading.asks_help(walk.act, text):
        await asks.forget(walk, Ask.LINK, name)
        await looking.undecided(walk, name)
        key = "run.look.by_trainer"
    else:
        return False
    await asks.tell(walk, incoming.sender, walk.planned(name).role, walk.act.words(language, key))
    return True
