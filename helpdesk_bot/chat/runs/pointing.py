"""What a message may answer: what it points at, or else what its sender was asked, here or in another chat of their own."""

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import asked_last, open_dialogs
from helpdesk_bot.actions.runs import asks, proposing
from helpdesk_bot.actions.runs.asks import Asked
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import reading
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import access, runs
from helpdesk_bot.storage.models import Run


@dataclass(frozen=True, slots=True)
class Meant:
    """What a message may answer, the latest first. `run_id` and `step`: what it points at, whoever was asked about that.
    `barely`: since the last of it, questions about that very step were spoken about, so only the bare word is about the step.
    `over`: that message asks nothing, or nothing any more."""

    asked: Sequence[Asked]
    run_id: int | None = None
    step: str | None = None
    barely: bool = False
    over: bool = False


async def meant(act: Act, incoming: Incoming, kind: RoomKind) -> Meant:
    """Raises UserError when it may be about two runs, and nothing was asked where it is said."""
    dialogs = await open_dialogs(act, incoming.room_id, incoming.sender)
    found = asks.among(dialogs)
    for event_id in filter(None, (incoming.reply_to, incoming.thread)):
        if at := await asks.at_event(act, incoming.room_id, event_id):
            exactly = [asked for asked in found if asked.dialog.asked == at.dialog.asked]
            return Meant(exactly, at.run_id, at.step)
        if run := await runs.of_card(act.session, incoming.room_id, event_id):
            return Meant([asked for asked in found if asked.run_id == run.id], run.id)
        told = await asks.told_about(act, incoming.room_id, event_id)
        if told is not None and await act.session.get(Run, told[0]) is not None:
            return Meant([], *told, over=True)
    if incoming.reply_to is not None or incoming.thread is not None:
        return Meant([])
    if dialogs and dialogs[0].kind == proposing.DIALOG:
        return Meant([])  # a trainer who is asked about a run to come
    if kind is RoomKind.DIRECT:
        found = [*found, *await _elsewhere(act, incoming, found)]
    here = incoming.room_id
    last = [asked for asked in found if await asked_last(act, asked.dialog, here)]
    if last or not found:
        return Meant(last)
    plainly = [asked for asked in found if reading.says_plainly(act, asked, incoming.text or "")]
    if plainly := [asked for asked in plainly if not await asks.helper_wrote_since(act, asked, here)]:
        return Meant(plainly)  # whatever else the bot asked since: 'akkoord' is no organisation's name
    return Meant([asked for asked in found if await asks.only_help_since(act, asked, here)], barely=True)


async def _elsewhere(act: Act, incoming: Incoming, here: Sequence[Asked]) -> Sequence[Asked]:
    """People have several chats with us, and don't know in which they were asked. Of what they were asked among others, in a
    room of their organisation, only the word that the bot asks for is an answer here."""
    text = incoming.text or ""
    everywhere = await asks.open_anywhere(act, incoming.sender)
    found = [asked for asked in everywhere if asked.dialog.room_id != incoming.room_id]
    own = [asked for asked in found if await _is_chat(act, asked.dialog.room_id)]
    if not own and not here:
        own = [asked for asked in found if reading.says_what_was_asked_for(act, asked, text)]
    fitting = {asked.run_id for asked in own if reading.fits(act, asked, text)}
    if len(fitting) > 1 and not any(reading.fits(act, asked, text) for asked in here):
        language = await act.language_of(incoming.sender)
        walks = [await Walk.numbered(act, number) for number in sorted(fitting)]
        titles = [
            act.words(language, "run.which_plan", number=walk.run.id, title=walk.title(language))
            for walk in walks
        ]
        raise UserError("run.which_of_these", plans=[title.body for title in titles])
    return own


async def _is_chat(act: Act, room_id: str) -> bool:
    if room_id.startswith("direct:"):
        return True
    return await access.room_kind(act.session, act.layout, room_id) is RoomKind.DIRECT
