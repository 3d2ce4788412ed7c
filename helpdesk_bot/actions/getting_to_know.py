"""The first chat with somebody who comes to help: some short questions, one at a time, at their own pace.

It stops where they stop and goes on from there, after days or a restart. Who leaves it alone is reminded once.
"""

from helpdesk_bot.actions import technicians
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import (
    ask_personally,
    forget_personally,
    open_dialogs,
    remember_said,
    said_before,
)
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.domain.profile import ASKED, Line, after, place_of
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Technician
from helpdesk_bot.texts.render import Rendered

DIALOG = "profile"
ANSWERS = "profile_answers"  # not asked, but kept: which message answered which line
MEET, REMIND = "meet", "meet_again"
# On the helpdesk's clock: who sits in a team room already is not asked at night.
EARLIEST, LATEST = 9, 20


async def expect(act: Act, user_id: str) -> None:
    """Somebody came into a team room: a little later, when they have looked around, they are asked how they help."""
    about = technicians.about(user_id)
    if (
        user_id == act.setting.bot
        or await _met(act, user_id)
        or await timers.moment(act.session, about, MEET) is not None
    ):
        return
    await timers.set_moment(act.session, MEET, about, act.now + act.config.people.meet_after)


async def meet(act: Act, user_id: str) -> None:
    """Begins the chat. Not with whoever has left again, and never a second time."""
    who = await standing_of(act.session, act.layout, user_id)
    if not who.technician or await _met(act, user_id):
        return
    technician = await technicians.technician_of(act, user_id)
    technician.met_at, technician.asking = act.now, ASKED[0]
    language = await act.language_of(user_id)
    rooms = [act.layout.name_of(act.layout.stadsdeel_of(room)) for room in sorted(who.teams)]
    city = act.words(language, "route.whole_city").body
    greeting = act.words(
        language,
        "profile.hello",
        name=await act.name(user_id, min(who.teams)),
        teams=[room or city for room in rooms],
        bot=act.setting.name,
        n=len(ASKED),
    )
    await ask(act, technician, greeting)
    await timers.set_moment(
        act.session, REMIND, technicians.about(user_id), act.now + act.config.people.remind_after
    )


async def _met(act: Act, user_id: str) -> bool:
    technician = await act.session.get(Technician, user_id)
    return technician is not None and technician.met_at is not None


async def meet_one(act: Act) -> None:
    """Of those who sat in a team room before the helpdesk asked such things, one: nobody wants a flood of invitations."""
    if not EARLIEST <= act.now.astimezone(act.texts.zone).hour < LATEST:
        return
    for user_id in await technicians.unmet(act):
        if await timers.moment(act.session, technicians.about(user_id), MEET) is None:
            await timers.set_moment(act.session, MEET, technicians.about(user_id), act.now)
            return


async def ask(act: Act, technician: Technician, *before: Rendered) -> None:
    """Puts the question where they stopped in their direct chat, behind what else there is to say."""
    assert technician.asking is not None
    line = Line(technician.asking)
    language = await act.language_of(technician.user_id)
    question = act.words(
        language,
        f"profile.ask_{line}",
        place=place_of(line),
        n=len(ASKED),
        **_choices(act, line, language),
    )
    words = [*before, question]
    if line is Line.QUIET and (usual := technicians.usual_rest(act)):
        words.append(act.words(language, "profile.usual_rest", **usual))
    room = await chat_with(act, await act.person(technician.user_id))
    asked = await act.post(room, act.texts.join(words), notify=True)
    await ask_personally(act, room, technician.user_id, DIALOG, asked)


def _choices(act: Act, line: Line, language: str) -> dict[str, str]:
    if line is Line.SKILLS:
        return {"choices": technicians.topic_choices(act, language)}
    if line is Line.STADSDELEN:
        places = enumerate(act.layout.stadsdelen, start=1)
        return {"choices": ", ".join(f"{place} {s.name}" for place, s in places)}
    return {}


async def go_on(act: Act, technician: Technician, *before: Rendered) -> None:
    """The line that was asked has been answered or passed over: asks the next, or says that this was all."""
    assert technician.asking is not None
    following = after(Line(technician.asking))
    technician.asking = following
    if following is not None:
        await _still_there(act, technician)
        await ask(act, technician, *before)
        return
    await stop(act, technician)
    language = await act.language_of(technician.user_id)
    room = await chat_with(act, await act.person(technician.user_id))
    end = [*before, act.words(language, "profile.finished"), in_words(act, technician, language)]
    await act.post(room, act.texts.join(end), notify=True)


async def note_answer(act: Act, technician: Technician, room_id: str, event_id: str) -> None:
    """Keeps which message answers the line that is asked, so that a correction of it can be followed."""
    user = technician.user_id
    answers = await said_before(act, room_id, user, ANSWERS)
    await remember_said(act, room_id, user, ANSWERS, **(answers | {event_id: technician.asking}))


async def line_answered(act: Act, room_id: str, user_id: str, event_id: str) -> Line | None:
    """The line that this message answered."""
    line = (await said_before(act, room_id, user_id, ANSWERS)).get(event_id)
    return Line(line) if line is not None else None


async def ask_again(act: Act, user_id: str, room_id: str, *before: Rendered) -> bool:
    """Puts the question that waits here once more, in the language that they read now; whether there is one."""
    technician = await act.session.get(Technician, user_id)
    waits = any(dialog.kind == DIALOG for dialog in await open_dialogs(act, room_id, user_id))
    if technician is None or technician.asking is None or not waits:
        return False
    await ask(act, technician, *before)
    return True


async def stop(act: Act, technician: Technician) -> None:
    """Nothing more is asked."""
    technician.asking = None
    await forget_personally(act, technician.user_id, DIALOG)
    await timers.cancel_moments(act.session, technicians.about(technician.user_id), REMIND)


async def later(act: Act, technician: Technician) -> None:
    """They have no time now: what they write next is no answer."""
    await forget_personally(act, technician.user_id, DIALOG)
    await _still_there(act, technician)


async def _still_there(act: Act, technician: Technician) -> None:
    """The reminder counts from the last sign of life; once it has been given there is none any more."""
    about = technicians.about(technician.user_id)
    if await timers.moment(act.session, about, REMIND) is not None:
        await timers.set_moment(act.session, REMIND, about, act.now + act.config.people.remind_after)


async def remind(act: Act, user_id: str) -> None:
    """Once, to whoever has not finished, is not away and still helps."""
    technician = await technicians.technician_of(act, user_id)
    away = technician.away_from is not None and technician.away_from <= act.now
    if technician.asking is None or away or not await technicians.still_helps(act, user_id):
        return
    language = await act.language_of(user_id)
    await ask(act, technician, act.words(language, "profile.reminder"))


def in_words(act: Act, technician: Technician, language: str) -> Rendered:
    """The whole profile, a line each, with the word by which it is changed."""
    return act.texts.bullets(
        act.words(language, f"profile.line_{line}", value=technicians.said(act, technician, line, language))
        for line in (*ASKED, Line.LEARNING)
    )
