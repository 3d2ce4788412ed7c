"""Somebody says something where they are asked something in a run."""

from collections.abc import Awaitable, Callable

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import asked_last, open_dialogs
from helpdesk_bot.actions.runs import asks, proposing
from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import afterwards, before, helping, looks, reading, turns
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.storage import runs
from helpdesk_bot.storage.models import InboxEvent

Answer = Callable[[Walk, Asked, Incoming], Awaitable[bool]]

_ANSWERS: dict[Ask, Answer] = {
    Ask.ACCEPT: before.accepts,
    Ask.DO: turns.does,
    Ask.CONFIRM: turns.confirms,
    Ask.LINK: looks.gives_link,
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
    meant, pointed = await _meant(act, incoming)
    if not meant:
        return False
    to_us = pointed or addressed or kind is RoomKind.DIRECT
    text = incoming.text or ""
    for asked in meant:
        if not to_us and not (asked.what in _PLAIN and reading.says_done_to_all(act, text)):
            continue
        walk = await Walk.numbered(act, asked.run_id)
        if await _ANSWERS[asked.what](walk, asked, incoming):
            return True
        if asked.step is not None and to_us and reading.asks_help(act, text):
            await helping.ask_for_help(walk, asked.step, incoming, kind)
            return True
    if to_us and pointed and meant[0].step is not None:  # words of their own, at a step
        walk = await Walk.numbered(act, meant[0].run_id)
        await helping.ask_for_help(walk, meant[0].step, incoming, kind)
        return True
    return False


async def answered_by_reaction(act: Act, event: InboxEvent, about: str, key: str) -> bool:
    """A sign at a message in which they were asked something."""
    found = await asks.open_for(act, event.room_id, event.sender)
    here = [asked for asked in found if await asks.event_of(act, asked) == about]
    for asked in here:
        walk = await Walk.numbered(act, asked.run_id)
        if await _ANSWERS[asked.what](
            walk, asked, Incoming(event.event_id, event.room_id, event.sender, text=key)
        ):
            return True
    return False


async def _meant(act: Act, incoming: Incoming) -> tuple[list[Asked], bool]:
    """What this message may answer, the latest first; and whether it points at it."""
    found = await asks.open_for(act, incoming.room_id, incoming.sender)
    for event_id in filter(None, (incoming.reply_to, incoming.thread)):
        exactly = [asked for asked in found if await asks.event_of(act, asked) == event_id]
        if exactly:
            return exactly, True
        run = await runs.of_card(act.session, incoming.room_id, event_id)
        if run is not None:
            return [asked for asked in found if asked.run_id == run.id], True
    if incoming.reply_to is not None or incoming.thread is not None:
        return [], False
    latest = next(iter(await open_dialogs(act, incoming.room_id, incoming.sender)), None)
    if latest is not None and latest.kind == proposing.DIALOG:
        return [], False  # a trainer who is asked about a run to come
    return [asked for asked in found if await asked_last(act, asked.dialog)], False
