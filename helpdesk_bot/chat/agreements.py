"""'Ja' or 'nee' of a colleague who was asked to swap, in their direct chat: by a word or a reaction."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.duty.swapping import answer_swap
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.phrases import says, says_first
from helpdesk_bot.domain.replies import HANDS, NO_SIGNS, YES_SIGNS
from helpdesk_bot.storage.models import Dialog, DutySwap


async def answered(act: Act, dialog: Dialog, incoming: Incoming) -> bool:
    """Whether this message says yes or no to the swap that was asked."""
    said = agreed(act, incoming.text or "") if incoming.file is None else None
    if said is None or dialog.detail is None:
        return False
    swap = await act.session.get_one(DutySwap, dialog.detail["swap"])
    await answer_swap(act, swap, yes=said)
    return True


async def explain(act: Act, dialog: Dialog, incoming: Incoming) -> None:
    """It may be an answer, but which?"""
    words = act.words(await act.language_of(dialog.user_id), "duty.swap_yes_or_no")
    await act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id)


def agreed(act: Act, text: str) -> bool | None:
    """Whether the whole message says yes, or its first words no; None when it says something else."""
    said = plain_key(text)
    if not said and text.strip():
        signs = set(text)
        yes, no = not signs.isdisjoint(YES_SIGNS | HANDS), not signs.isdisjoint(NO_SIGNS)
        return None if yes == no else yes
    if "?" in text:
        return None
    words = act.texts.word_list
    if says(text, words(None, "words.agree"), words(None, "words.beside_agree")):
        return True
    no = says_first(text, words(None, "words.decline"), words(None, "words.beside_cannot"))
    return False if no else None
