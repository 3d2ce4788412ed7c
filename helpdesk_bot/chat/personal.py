"""Answers to what the bot asked somebody about themselves, in their direct chat, and about no question of theirs.

What is no answer is never lost: it goes on as a message like any other. Only a short one that nobody could make sense of
gets an explanation instead, how to answer and how to ask something.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from helpdesk_bot.actions import being_away, getting_to_know, handing_over, mentoring
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import NEW, asked_last, open_dialogs
from helpdesk_bot.actions.duty import swapping
from helpdesk_bot.actions.runs import proposing
from helpdesk_bot.chat import absence, agreements, first_chat, handover, learning, saying_away
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import proposing as start_answers
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import Dialog, InboxEvent

FEW_WORDS = 3  # more may well be a question, and becomes one


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of thing to ask. `answered` returns whether the message is an answer, and acts on it; `explain` says how
    one looks; `put_off` says how they come back to it, after they asked a question of their own instead."""

    answered: Callable[[Act, Dialog, Incoming], Awaitable[bool]]
    explain: Callable[[Act, Dialog, Incoming], Awaitable[None]]
    put_off: Callable[[Act, Dialog, Incoming], Awaitable[None]] | None = None


KINDS: dict[str, Asked] = {
    swapping.DIALOG: Asked(agreements.answered, agreements.explain),
    getting_to_know.DIALOG: Asked(first_chat.answered, first_chat.explain, first_chat.put_off),
    being_away.UNTIL: Asked(absence.until_when, absence.explain_until),
    being_away.OFFERED: Asked(saying_away.answered, saying_away.explain),
    being_away.KEEP: Asked(absence.which_to_keep, absence.explain_keep),
    handing_over.DIALOG: Asked(handover.answered, handover.explain),
    mentoring.DIALOG: Asked(learning.answered, learning.explain),
    proposing.DIALOG: Asked(start_answers.answered, start_answers.explain),
    being_away.BACK: Asked(absence.whether_back, absence.explain_back),
}


async def answered(act: Act, incoming: Incoming) -> bool:
    """Tries the message on what this person was asked, the latest first: on what they reply to, or else on what was said
    to them last."""
    for dialog in await _open(act, incoming):
        if await KINDS[dialog.kind].answered(act, dialog, incoming):
            return True
    return False


async def corrected(act: Act, incoming: Incoming, original: InboxEvent) -> bool:
    """Whether a message of theirs is an answer now that it was corrected: to what it answered before, or to what still
    waits and they had not answered so that it was understood."""
    if await first_chat.corrected(act, incoming):
        return True
    for dialog in await _open(act, incoming):
        if dialog.kind == handing_over.DIALOG and await handover.corrected(act, dialog, incoming):
            return True
        if original.sent_at > dialog.asked_at and await KINDS[dialog.kind].answered(act, dialog, incoming):
            return True
    return False


async def explained(act: Act, incoming: Incoming) -> bool:
    """Whether it was a word or two that answers nothing, so that an explanation was given."""
    text = incoming.text or ""
    if incoming.file is not None or "?" in text or not 0 < len(text.split()) <= FEW_WORDS:
        return False
    for dialog in await _open(act, incoming):
        await KINDS[dialog.kind].explain(act, dialog, incoming)
        return True
    return False


async def waiting(act: Act, incoming: Incoming) -> Dialog | None:
    """What they were asked last, while it still waits for an answer."""
    return next(iter(await _open(act, incoming)), None)


async def put_off(act: Act, dialog: Dialog, incoming: Incoming) -> None:
    """They asked something of their own in the middle of it."""
    say = KINDS[dialog.kind].put_off
    if say is not None:
        await say(act, dialog, incoming)


async def answered_by_reaction(act: Act, incoming: Incoming, about: str) -> bool:
    """👍 or 👎 at a question of ours. `incoming` says the sign as its words."""
    for dialog in await open_dialogs(act, incoming.room_id, incoming.sender):
        asked = dialog.kind in KINDS and dialog.asked is not None
        if asked and await outbox.event_of(act.session, dialog.asked or 0) == about:
            return await KINDS[dialog.kind].answered(act, dialog, incoming)
    return False


async def _open(act: Act, incoming: Incoming) -> list[Dialog]:
    """Of what this person was asked: what they reply to, or else what was said to them last. Who was asked for a new
    question since, asks one now."""
    found = []
    for dialog in await open_dialogs(act, incoming.room_id, incoming.sender):
        if dialog.kind == NEW and incoming.reply_to is None:
            break
        if dialog.kind not in KINDS or dialog.asked is None:
            continue
        if incoming.reply_to is not None:
            meant = await outbox.event_of(act.session, dialog.asked) == incoming.reply_to
        else:
            meant = await asked_last(act, dialog)
        if meant:
            found.append(dialog)
    return found
