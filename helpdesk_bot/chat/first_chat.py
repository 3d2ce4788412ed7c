"""What somebody writes in the first chat about how they help."""

from helpdesk_bot.actions import getting_to_know, technicians
from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.profile_lines import NotUnderstood, read
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.profile import Line
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Dialog, Technician
from helpdesk_bot.texts.render import Rendered


async def answered(act: Act, dialog: Dialog, incoming: Incoming) -> bool:
    """Whether this answers what was asked. Every answer is said back, so that a wrong one is seen."""
    technician = await technicians.technician_of(act, dialog.user_id)
    text = incoming.text
    if technician.asking is None or text is None or incoming.file is not None:
        return False
    if not await technicians.still_helps(act, dialog.user_id):
        await getting_to_know.stop(act, technician)
        return False
    line = Line(technician.asking)
    language = await act.language_of(dialog.user_id)
    key = plain_key(text)
    if key in act.texts.word_list(None, "words.later"):
        await getting_to_know.later(act, technician)
        await act.post(incoming.room_id, act.words(language, "profile.later"), thread=incoming.thread)
        return True
    if key in act.texts.word_list(None, "words.stop"):
        await getting_to_know.stop(act, technician)
        await act.post(incoming.room_id, act.words(language, "profile.stopped"), thread=incoming.thread)
        return True
    if key in act.texts.word_list(None, "words.skip"):
        await getting_to_know.note_answer(act, technician, incoming.room_id, incoming.event_id)
        await getting_to_know.go_on(act, technician, act.words(language, "profile.skipped"))
        return True
    try:
        value = read(act, line, text)
    except NotUnderstood:
        return False
    await getting_to_know.note_answer(act, technician, incoming.room_id, incoming.event_id)
    await getting_to_know.go_on(act, technician, _noted(act, technician, line, value, language))
    return True


async def corrected(act: Act, incoming: Incoming) -> bool:
    """Whether this is a correction of what answered a line, also when the chat has gone on or is over: then the line is
    changed. Raises UserError when it is no answer any more."""
    user, told = incoming.sender, incoming.replaces or ""
    line = await getting_to_know.line_answered(act, incoming.room_id, user, told)
    if line is None or not await technicians.still_helps(act, user):
        return False
    language = await act.language_of(user)
    try:
        value = read(act, line, incoming.text or "")
    except NotUnderstood:
        raise UserError("error.profile_unclear", how=_how(act, line, language)) from None
    noted = _noted(act, await technicians.technician_of(act, user), line, value, language)
    await act.post(incoming.room_id, noted, reply=told)
    return True


def _noted(act: Act, technician: Technician, line: Line, value: technicians.Value, language: str) -> Rendered:
    technicians.set_line(act, technician, line, value)
    said = technicians.said(act, technician, line, language)
    return act.words(language, f"profile.noted_{line}", value=said)


def _how(act: Act, line: Line, language: str) -> Rendered:
    return act.words(language, f"profile.how_{line}", choices=technicians.topic_choices(act, language))


async def explain(act: Act, dialog: Dialog, incoming: Incoming) -> None:
    """It may be an answer or a question: says how to give the one and how to ask the other."""
    technician = await technicians.technician_of(act, dialog.user_id)
    language = await act.language_of(dialog.user_id)
    if technician.asking is None:
        return
    how = _how(act, Line(technician.asking), language)
    words = act.words(language, "profile.unclear", how=how)
    await act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id)


async def put_off(act: Act, dialog: Dialog, incoming: Incoming) -> None:
    """They asked a question of their own first."""
    language = await act.language_of(dialog.user_id)
    await act.post(incoming.room_id, act.words(language, "profile.put_off"), thread=incoming.thread)
