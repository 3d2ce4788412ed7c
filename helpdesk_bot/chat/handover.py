"""What the giver says to a summary: that it is right, their own words instead, or stop."""

from dataclasses import replace

from sqlalchemy import select

from helpdesk_bot.actions import handing_over
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import forget_personally
from helpdesk_bot.actions.handing_over import Plan, Words
from helpdesk_bot.actions.runs import leading
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.meaning import meaning
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.storage.models import Dialog

LONGEST = 2_000  # characters of the giver's own words


async def answered(act: Act, dialog: Dialog, incoming: Incoming) -> bool:
    """Every word counts as an answer here, except a file or a whole story; own words are shown again before they count."""
    text = incoming.text
    if text is None or incoming.file is not None or dialog.detail is None or len(text) > LONGEST:
        return False
    plan = Plan.of(dialog.detail)
    giver, key = dialog.user_id, plain_key(text)
    language = await act.language_of(giver)
    if key in act.texts.word_list(None, "words.stop") or key in act.texts.word_list(None, "words.never_mind"):
        await forget_personally(act, giver, handing_over.DIALOG)
        await act.post(incoming.room_id, act.words(language, "handover.stopped"), thread=incoming.thread)
        return True
    said = meaning(act, text)
    if said.yes or key in act.texts.word_list(None, "words.right"):
        plan = plan.next(plan.own)
    elif key in act.texts.word_list(None, "words.skip"):
        plan = plan.next(None, take=False)
    elif said.no:
        await explain(act, dialog, incoming)
        return True
    else:
        plan = replace(plan, own=Words(text, incoming.event_id))
        await handing_over.show_own(act, giver, plan)
        return True
    if plan.checked:
        await handing_over.show(act, giver, plan)
    else:
        words = await handing_over.finish(act, giver, plan)
        await act.post(incoming.room_id, words, thread=incoming.thread)
    return True


async def corrected(act: Act, dialog: Dialog, incoming: Incoming) -> bool:
    """Whether this corrects the giver's own words, which wait for a yes: they are shown again."""
    plan = Plan.of(dialog.detail) if dialog.detail is not None else None
    told, text = incoming.replaces, incoming.text
    if plan is None or plan.own is None or plan.own.event_id != told or not text or len(text) > LONGEST:
        return False
    words = Words(text, plan.own.event_id)
    await handing_over.show_own(act, dialog.user_id, replace(plan, own=words))
    return True


async def corrected_since(act: Act, incoming: Incoming) -> bool:
    """The same of words that have gone to who took over a run."""
    text = incoming.text
    if incoming.replaces is None or not text or len(text) > LONGEST:
        return False
    return await leading.correct_words(act, incoming.sender, incoming.replaces, text)


async def taken_back(act: Act, giver: str, event_id: str) -> bool:
    """Whether a message that was deleted held the giver's own words: they go nowhere, or are taken away where they went."""
    query = select(Dialog).where(Dialog.user_id == giver, Dialog.kind == handing_over.DIALOG)
    dialog = await act.session.scalar(query.limit(1))
    plan = Plan.of(dialog.detail) if dialog is not None and dialog.detail is not None else None
    if dialog is None or plan is None or plan.without(event_id) == plan:
        return await leading.take_back_words(act, giver, event_id)
    now = plan.without(event_id)
    if now.own is None and plan.own is not None:
        gone = act.words(await act.language_of(giver), "handover.words_gone")
        await handing_over.show(act, giver, now, gone)
    else:
        dialog.detail = now.kept()
    return True


async def explain(act: Act, dialog: Dialog, incoming: Incoming) -> None:
    words = act.words(await act.language_of(dialog.user_id), "handover.how")
    await act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id)
