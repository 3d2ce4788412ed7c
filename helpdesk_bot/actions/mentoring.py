"""Who learns from whom. Both agree, or a coordinator arranges it; both are told."""

from sqlalchemy import select

from helpdesk_bot.actions import technicians
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask_as_well
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Dialog, Technician
from helpdesk_bot.texts.render import Rendered

DIALOG = "mentor"


async def ask(act: Act, learner: str, mentor: str) -> None:
    """The learner wants it; the mentor is asked, once, also when others have asked them."""
    await _must_fit(act, learner, mentor)
    if await _asked(act, mentor, learner):
        raise UserError("error.mentor_asked", name=await act.name(mentor))
    language = await act.language_of(mentor)
    name, topics = await act.name(learner), await _learning(act, learner, language)
    words = act.words(language, "mentor.will_you", name=name, topics=topics)
    room = await chat_with(act, await act.person(mentor))
    asked = await act.post(room, words, notify=True)
    await ask_as_well(act, room, mentor, DIALOG, asked, learner=learner)


async def _asked(act: Act, mentor: str, learner: str) -> bool:
    query = select(Dialog.detail).where(Dialog.user_id == mentor, Dialog.kind == DIALOG)
    return any(
        detail is not None and detail["learner"] == learner for detail in await act.session.scalars(query)
    )


async def answer(act: Act, dialog: Dialog, *, yes: bool) -> Rendered:
    """The mentor has said so; the learner hears it. Returns what the mentor is told."""
    assert dialog.detail is not None
    mentor, learner = dialog.user_id, str(dialog.detail["learner"])
    await act.session.delete(dialog)
    language = await act.language_of(mentor)
    if yes:
        await _must_fit(act, learner, mentor)
        (await technicians.technician_of(act, learner)).mentor = mentor
    told = await act.language_of(learner)
    key = "mentor.said_yes" if yes else "mentor.said_no"
    room = await chat_with(act, await act.person(learner))
    await act.post(room, act.words(told, key, name=await act.name(mentor)), notify=True)
    return act.words(
        language, "mentor.you_said_yes" if yes else "mentor.you_said_no", name=await act.name(learner)
    )


async def pair(act: Act, learner: str, mentor: str) -> None:
    """A coordinator arranges it."""
    await _must_fit(act, learner, mentor)
    (await technicians.technician_of(act, learner)).mentor = mentor
    for user, other, key in ((learner, mentor, "mentor.you_learn"), (mentor, learner, "mentor.you_teach")):
        language = await act.language_of(user)
        topics = await _learning(act, learner, language)
        room = await chat_with(act, await act.person(user))
        words = act.words(language, key, name=await act.name(other), topics=topics)
        await act.post(room, words, notify=True)


async def part(act: Act, learner: str) -> None:
    (await technicians.technician_of(act, learner)).mentor = None


async def _learning(act: Act, learner: str, language: str) -> list[str] | Rendered:
    technician = await technicians.technician_of(act, learner)
    names = [technicians.topic_name(act, topic, language) for topic in technician.learning]
    return names or act.words(language, "mentor.whatever_comes")


async def _must_fit(act: Act, learner: str, mentor: str) -> None:
    """Raises UserError for who is nobody's colleague, for oneself, and for two who would teach each other."""
    for user in (learner, mentor):
        if user == act.setting.bot or not await technicians.still_helps(act, user):
            raise UserError("error.no_technician", name=await act.name(user))
    taught = await act.session.get(Technician, mentor)
    if learner == mentor or (taught is not None and taught.mentor == learner):
        raise UserError("error.mentor_circle")
