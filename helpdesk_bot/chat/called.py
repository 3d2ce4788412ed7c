"""'Ik kom' of whoever was called, by a word or a reaction; and of coordinators, who are called together and decide."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.panic import calling, coming, raising
from helpdesk_bot.chat.agreements import agreed
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.meaning import meaning
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.panic import LINK_STANDS
from helpdesk_bot.domain.phrases import says, says_first
from helpdesk_bot.domain.replies import HANDS, NO_SIGNS, NOTHING, YES_SIGNS, only_signs
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import access, outbox, panics
from helpdesk_bot.storage.models import InboxEvent, Panic, PanicCall


async def answered(act: Act, incoming: Incoming) -> bool:
    """In a direct chat: whether this message says 'I come' or 'I can't' to the call that is replied to, or else to the last
    one. Raises UserError for a reply to a call that says neither."""
    for call in await panics.calls_to(act.session, incoming.sender):
        row = await outbox.get(act.session, call.asked or 0)
        if row is None or row.room_id != incoming.room_id:
            continue
        replied = incoming.reply_to is not None and incoming.reply_to == row.event_id
        if incoming.reply_to is not None and not replied:
            continue
        comes = says_they_come(act, incoming)
        if comes is None and replied:
            raise UserError("panic.come_or_not")
        if comes is None:
            return False
        await _answer(act, call, incoming.sender, incoming.room_id, comes=comes)
        return True
    return await _too_late(act, incoming)


async def _too_late(act: Act, incoming: Incoming) -> bool:
    """'Ik kom', or 'ok' to 'you need not come': no question of their own. Raises UserError to say who came."""
    call = await panics.last_call_to(act.session, incoming.sender, act.now - LINK_STANDS)
    last = await outbox.last_said(act.session, incoming.room_id) if call is not None else None
    if call is None or last is None or last.ticket_id is not None or incoming.file is not None:
        return False
    text = incoming.text or ""
    panic = await act.session.get_one(Panic, call.panic_id)
    if _says_it_in_full(act, incoming):
        if panic.answered_by != incoming.sender:
            await coming.come(act, panic, incoming.sender)
        return True
    polite = plain_key(text) in act.texts.word_list(None, "words.all_right") or only_signs(text)
    return polite or meaning(act, text) != NOTHING


async def answered_in_room(act: Act, incoming: Incoming) -> bool:
    """In the coordinators' room: a reply to the call of all, or to the question whether anybody is to be called."""
    row = await outbox.row_of(act.session, incoming.reply_to or incoming.thread or "")
    replies = incoming.reply_to is not None
    if row is None or row.room_id != incoming.room_id:
        return False
    call, held = (
        await panics.call_asked_by(act.session, row.id),
        await panics.to_be_decided_by(act.session, row),
    )
    said = says_they_come(act, incoming) if replies else _says_it_in_full(act, incoming)
    if said is None:
        return False  # colleagues among themselves
    if call is not None and said:
        panic = await act.session.get_one(Panic, call.panic_id)
        await coming.come(act, panic, incoming.sender)
        return True
    if held is not None and replies:
        who = await access.standing_of(act.session, act.layout, incoming.sender)
        await raising.decide(act, held, who, call=said)
        return True
    return False


async def answered_by_reaction(act: Act, event: InboxEvent, about: str, key: str) -> bool:
    """✋, 👍 or ✅ at a call; 👎 or ❌ for 'I can't'."""
    row = await outbox.row_of(act.session, about)
    if row is None or key not in HANDS | YES_SIGNS | NO_SIGNS:
        return False
    yes = key not in NO_SIGNS
    held = await panics.to_be_decided_by(act.session, row)
    if held is not None:
        who = await access.standing_of(act.session, act.layout, event.sender)
        await raising.decide(act, held, who, call=yes)
        return True
    call = await panics.call_asked_by(act.session, row.id)
    if call is None or call.user_id not in (None, event.sender):
        return False
    if call.user_id is not None:
        await _answer(act, call, event.sender, event.room_id, comes=yes)
    elif yes:
        await coming.come(act, await act.session.get_one(Panic, call.panic_id), event.sender)
    return True


def says_they_come(act: Act, incoming: Incoming) -> bool | None:
    """None when it says something else."""
    text = incoming.text or ""
    if incoming.file is not None:
        return None
    if _says_it_in_full(act, incoming):
        return True
    no = act.texts.word_list(None, "words.decline") | act.texts.word_list(None, "words.cannot_come")
    said = agreed(act, text)
    if said is None and says_first(text, no, act.texts.word_list(None, "words.beside_cannot")):
        return False
    return said


def _says_it_in_full(act: Act, incoming: Incoming) -> bool | None:
    """'Ik kom', which means nothing else anywhere; 'ok' may be said to a colleague."""
    coming = act.texts.word_list(None, "words.coming")
    beside = act.texts.word_list(None, "words.beside_coming")
    return True if says(incoming.text or "", coming, beside) else None


async def _answer(act: Act, call: PanicCall, user: str, room_id: str, *, comes: bool) -> None:
    panic = await act.session.get_one(Panic, call.panic_id)
    language = await act.language_of(user)
    if comes:
        ticket = await coming.come(act, panic, user)
        await act.post(room_id, await coming.thanks(act, ticket, language))
    elif call.outcome in (None, "silent"):
        key = "panic.declined" if await calling.declined(act, call) else "panic.declined_together"
        await act.post(room_id, act.words(language, key, number=panic.ticket_id))
