"""'Hoi' and no more is no question yet: whoever greets hears how to ask one."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.questions import how_to_ask
from helpdesk_bot.domain.layout import RoomKind, plain_key


async def answered(act: Act, incoming: Incoming, kind: RoomKind) -> bool:
    """Whether it was only a greeting. While their language is not known they are answered in all of the helpdesk's."""
    text = incoming.text or ""
    said = plain_key(text).split()
    if incoming.file is not None or "?" in text or not said:
        return False
    if not act.texts.word_list(None, "words.greeting").issuperset(said):
        return False
    known = (await act.person(incoming.sender)).language
    languages = [known] if known else act.texts.languages
    how = [act.words(language, how_to_ask(kind).key) for language in languages]
    await act.post(
        incoming.room_id, act.texts.join(how), thread=incoming.thread, reply=incoming.event_id, notify=True
    )
    return True
