"""'Yes' or 'no' of whoever was asked to show somebody how it is done."""

from helpdesk_bot.actions import mentoring
from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.meaning import meaning
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.storage.models import Dialog


async def answered(act: Act, dialog: Dialog, incoming: Incoming) -> bool:
    text = incoming.text or ""
    said = meaning(act, text)
    yes = said.yes or plain_key(text) in act.texts.word_list(None, "words.please")
    if incoming.file is not None or dialog.detail is None or not (yes or said.no):
        return False
    words = await mentoring.answer(act, dialog, yes=yes)
    await act.post(incoming.room_id, words, thread=incoming.thread)
    return True


async def explain(act: Act, dialog: Dialog, incoming: Incoming) -> None:
    words = act.words(await act.language_of(dialog.user_id), "mentor.how")
    await act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id)
