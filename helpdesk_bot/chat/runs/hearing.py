"""Somebody says something where they are asked something in a run."""

from collections.abc import Awaitable, Callable

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import asks
from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.actions.runs.card import follow, open_steps
from helpdesk_bot.actions.runs.walk import INITIATIVE, TRAINER, Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import afterwards, already, before, helping, looks, pointing, reading, turns
from helpdesk_bot.chat.runs.pointing import Meant
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.storage import access
from helpdesk_bot.storage.models import InboxEvent

Answer = Callable[[Walk, Asked, Incoming], Awaitable[bool]]

_ANSWERS: dict[Ask, Answer] = {
    Ask.ACCEPT: before.accepts,
    Ask.DO: turns.does,
    Ask.CONFIRM: turns.confirms,
    Ask.LINK: looks.gives_link,
    Ask.DECIDE: before.decides,
    Ask.SIGN: before.signs,
    Ask.LOOK: looks.looked,
    Ask.UNDO: turns.undoes,
    Ask.LATER: afterwards.tells,
    Ask.ADOPT: afterwards.adopts,
}
# Where colleagues talk among themselves, only these may be answered without pointing at what was asked.
_PLAIN = (Ask.DO, Ask.UNDO)


async def answered(act: Act, incoming: Incoming, kind: RoomKind, *, addressed: bool) -> bool:
    """Whether a message answers what its sender is asked in a run, or asks for help with it."""
    meant = await pointing.meant(act, incoming, kind)
    to_us = meant.run_id is not None or addressed or kind is RoomKind.DIRECT
    text = incoming.text or ""
    for asked in meant.asked:
        bare = asked.what in _PLAIN and reading.says_done_to_all(act, text)
        if (meant.barely or not to_us) and not bare:
            continue
        walk = await _walk_of(act, asked, incoming.sender)
        if walk is None:
            continue
        if await _ANSWERS[asked.what](walk, asked, incoming):
            if kind is RoomKind.DIRECT and walk.who(INITIATIVE) == incoming.sender:
                await follow(walk, incoming.room_id)
            return True
        if reading.asks_help(act, text):
            await helping.ask_for_help(walk, asked.step, incoming, kind, asked.words)
            return True
    if meant.run_id is None:
        return False
    return await _of_their_own(act, incoming, kind, meant, addressed=addressed)


async def _of_their_own(
    act: Act, incoming: Incoming, kind: RoomKind, meant: Meant, *, addressed: bool
) -> bool:
    """Words of their own at a step. What colleagues say to one another in the thread is left alone; a question is none of
    that, nor is a reply to us, nor the very word that the bot asks for."""
    text = incoming.text or ""
    asks_us = addressed or incoming.reply_to is not None or kind is RoomKind.DIRECT
    asks_us = asks_us or reading.says_done_to_all(act, text) or reading.asks_help(act, text)
    if not asks_us and "?" not in text:
        return False
    walk = await Walk.numbered(act, meant.run_id or 0)
    if incoming.file is None:
        somebody_elses = meant.over or not meant.asked
        if reading.says_done(act, text) or (somebody_elses and reading.answers_anything(act, text)):
            await already.told(walk, meant.step, incoming)
            return True
        if reading.is_polite(act, text):
            return True
    step = meant.step or next(iter(open_steps(walk)), None)
    await helping.ask_for_help(walk, step if step in walk.steps else None, incoming, kind)
    return True


async def answered_by_reaction(act: Act, event: InboxEvent, about: str, key: str) -> bool:
    """A sign at a message in which they were asked something."""
    found = await asks.open_for(act, event.room_id, event.sender)
    here = [asked for asked in found if await asks.event_of(act, asked) == about]
    # What is said back to a sign is said at the message that it is about.
    sign = Incoming(about, event.room_id, event.sender, text=key, reply_to=about)
    for asked in here:
        walk = await _walk_of(act, asked, event.sender)
        if walk is not None and asked.what is not Ask.LATER and await _ANSWERS[asked.what](walk, asked, sign):
            return True
    return False


async def _walk_of(act: Act, asked: Asked, user_id: str) -> Walk | None:
    """The run, while whoever answers has something to say in it: the organisation by their role, trainers and technicians as
    long as they are that."""
    walk = await Walk.numbered(act, asked.run_id)
    if asked.step is not None and asked.step not in walk.steps:
        return None
    theirs = {role for role in walk.roles if walk.holds(user_id, role)}
    if theirs - {TRAINER}:
        return walk
    who = await access.standing_of(act.session, act.layout, user_id)
    if theirs:
        return walk if who.trainer or who.coordinator else None
    did_it = asked.step is not None and walk.steps[asked.step].who == user_id
    return walk if did_it and who.technician else None
