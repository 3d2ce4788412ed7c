"""'Ik ben weg tot vrijdag': somebody who helps says to the bot, as to a colleague, that they are away. Nothing is done
before they have said yes, because it may have been meant otherwise."""

from datetime import datetime

from helpdesk_bot.actions import being_away
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask_personally, forget_personally
from helpdesk_bot.chat import absence
from helpdesk_bot.chat.agreements import agreed
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.domain import period
from helpdesk_bot.domain.away import Away
from helpdesk_bot.domain.away import period as away_period
from helpdesk_bot.domain.language import guess
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.phrases import says
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Dialog


async def offered(act: Act, incoming: Incoming) -> bool:
    """Whether this says that they are away and nothing else, so that it is asked whether `!weg` is meant."""
    text = incoming.text or ""
    if incoming.file is not None or not _says_it(act, text):
        return False
    if not (await standing_of(act.session, act.layout, incoming.sender)).staff:
        return False
    away = away_period(text, act.now, act.texts.zone)
    if away is None or away.until is None:
        await absence.ask_until_when(act, incoming.sender)
        return True
    person = await act.person(incoming.sender)
    language = person.language or guess(text, act.texts.languages) or act.texts.default
    key = "away.offer" if away.start is None else "away.offer_later"
    start = away.start and being_away.in_words(act, away.start)
    words = act.words(language, key, start=start, until=being_away.in_words(act, away.until))
    asked = await act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id)
    begins = away.start.isoformat() if away.start else None
    await ask_personally(
        act,
        incoming.room_id,
        incoming.sender,
        being_away.OFFERED,
        asked,
        start=begins,
        until=away.until.isoformat(),
    )
    return True


def _says_it(act: Act, text: str) -> bool:
    """Whether every word is about being away, or about when: 'ik ben vrijdag weg, wie doet de agenda' asks something."""
    if "?" in text:
        return False
    when = period.period(text, act.now, act.texts.zone, day_at=being_away.MORNING)
    words = act.texts.word_list
    return says(
        when.rest if when else text, words(None, "words.being_away"), words(None, "words.beside_away")
    )


async def answered(act: Act, dialog: Dialog, incoming: Incoming) -> bool:
    text = incoming.text or ""
    if incoming.file is not None or dialog.detail is None:
        return False
    said = agreed(act, text)
    away = _offered_then(dialog.detail)
    language = await act.language_of(dialog.user_id)
    if said is False or plain_key(text) in act.texts.word_list(None, "words.never_mind"):
        await forget_personally(act, dialog.user_id, being_away.OFFERED)
        await act.post(incoming.room_id, act.words(language, "away.not_gone"), thread=incoming.thread)
        return True
    if not said or away.until is None or away.until <= act.now:
        return False
    if away.start is not None and away.start <= act.now:
        away = Away(None, away.until)
    await absence.leave(act, incoming, away, language)
    return True


def _offered_then(kept: dict[str, str | None]) -> Away:
    start, until = (datetime.fromisoformat(at) if at else None for at in (kept["start"], kept["until"]))
    return Away(start, until)


async def explain(act: Act, dialog: Dialog, incoming: Incoming) -> None:
    words = act.words(await act.language_of(dialog.user_id), "away.how_offer")
    await act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id)
