"""Somebody who helps is away for a while: nothing new comes to them, and what they hold is kept or given to others.

Every moment of it is a timer about them: when it begins, when it ends, when silence after that is too long.
"""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from helpdesk_bot.actions import technicians
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask_personally, forget_personally
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.handing_back import hand_back
from helpdesk_bot.actions.routing import pass_on
from helpdesk_bot.actions.runs import standing_in
from helpdesk_bot.actions.runs.leading import as_listed, led_by
from helpdesk_bot.domain import decent
from helpdesk_bot.domain.when import moment_of
from helpdesk_bot.storage import people, timers
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Dialog, Technician
from helpdesk_bot.texts.render import Rendered

# What is asked: whether they are away, until when, which tickets they keep, and whether they are back.
OFFERED, UNTIL, KEEP, BACK = ASKED = ("away_offered", "away_until", "keep", "back")
BEGINS, DECIDES, ENDS, SILENT = "away_begins", "away_decides", "away_ends", "away_silent"
TIME_TO_CHOOSE = timedelta(hours=1)
MORNING = time(9)  # on the helpdesk's clock; nobody is welcomed back at midnight


async def go(act: Act, technician: Technician, start: datetime | None, until: datetime) -> None:
    """Away from `start` (now when None) until then. Without an answer to `ask_what_to_keep`, what they hold is given back
    when they are away for long, an hour from now or when it begins."""
    await _forget(act, technician)
    technician.away_from, technician.away_until = start or act.now, until
    about = technicians.about(technician.user_id)
    if start is not None:
        await timers.set_moment(act.session, BEGINS, about, decent.for_requesters(start, act.texts.zone))
    else:
        await timers.set_moment(act.session, DECIDES, about, decides_at(act))
        await pass_on(act, technician.user_id)
    await timers.set_moment(act.session, ENDS, about, _in_daytime(act, until))


def decides_at(act: Act) -> datetime:
    """When what they hold is given back, if they don't answer. Whoever asked hears of it then, so it is not at night."""
    return decent.for_requesters(act.now + TIME_TO_CHOOSE, act.texts.zone)


def in_words(act: Act, moment: datetime) -> date:
    """A moment to be told: only the day when it is the beginning of one."""
    local = moment.astimezone(act.texts.zone)
    return local.date() if local.time() == time(0) else moment


def _in_daytime(act: Act, moment: datetime) -> datetime:
    day = moment.astimezone(act.texts.zone).date()
    return max(moment, moment_of(day, MORNING, act.texts.zone, after=moment))


async def _forget(act: Act, technician: Technician) -> None:
    about = technicians.about(technician.user_id)
    await timers.cancel_moments(act.session, about, BEGINS, DECIDES, ENDS, SILENT)
    await forget_personally(act, technician.user_id, KEEP, BACK)


def is_long(act: Act, technician: Technician) -> bool:
    """Whether others should go on with what they hold, unless they say otherwise."""
    if technician.away_from is None or technician.away_until is None:
        return True
    return technician.away_until - technician.away_from > act.config.people.hand_back_after


def begun(act: Act, technician: Technician) -> bool:
    return technician.away_from is not None and technician.away_from <= act.now


async def ask_what_to_keep(act: Act, technician: Technician, *before: Rendered) -> None:
    """What becomes of the tickets and plans that they have, if they have any; behind what else there is to say."""
    user = technician.user_id
    asks = await _what_they_have(act, technician)
    if not asks and not before:
        return
    room = await chat_with(act, await act.person(user))
    asked = await act.post(room, act.texts.join([*before, *asks]), notify=True)
    if asks:
        await ask_personally(act, room, user, KEEP, asked, keep=None)


async def _what_they_have(act: Act, technician: Technician) -> list[Rendered]:
    held, led = await people.held_by(act.session, technician.user_id), await led_by(act, technician.user_id)
    language = await act.language_of(technician.user_id)
    assert technician.away_from is not None
    when = decides_at(act) if begun(act, technician) else in_words(act, technician.away_from)
    otherwise = "back" if is_long(act, technician) else "keep"
    parts: list[Rendered] = []
    if held:
        parts += [
            act.words(language, "away.you_hold", n=len(held)),
            act.texts.bullets(
                act.words(language, "away.ticket", number=ticket.id, subject=ticket.subject)
                for ticket in held
            ),
            act.words(language, f"away.keep_or_{otherwise}", when=when, number=held[0].id),
        ]
    if led:
        parts += [
            act.words(language, "away.you_lead", n=len(led)),
            act.texts.bullets([await as_listed(walk, technician.user_id, language) for walk in led]),
            act.words(language, f"away.plans_{otherwise}", when=when, number=led[0].run.id),
        ]
    return parts


async def choose(
    act: Act, technician: Technician, dialog: Dialog, keep: set[int], plans: bool | None
) -> Rendered:
    """They say which tickets they keep, and whether their `plans` too (None: as is usual for so long). Done at once, or when
    they go; what was said is returned in words."""
    language = await act.language_of(technician.user_id)
    held, led = await people.held_by(act.session, technician.user_id), await led_by(act, technician.user_id)
    back = [ticket.id for ticket in held if ticket.id not in keep]
    keeps_plans = not is_long(act, technician) if plans is None else plans
    if begun(act, technician):
        await decide(act, technician, keep, plans=keeps_plans)
        when = None
    else:
        dialog.detail = {"keep": sorted(keep), "plans": keeps_plans}
        assert technician.away_from is not None
        when = in_words(act, technician.away_from)
    lines = []
    if back:
        key = "away.gave_back" if when is None else "away.will_give_back"
        numbers = [str(number) for number in back]
        lines.append(act.words(language, key, n=len(back), numbers=numbers, when=when))
    if led and not keeps_plans:
        numbers = [str(walk.run.id) for walk in led]
        key = "away.plans_gone" if when is None else "away.plans_will_go"
        lines.append(act.words(language, key, n=len(led), numbers=numbers, when=when))
    return act.texts.join(lines or [act.words(language, "away.keeps_all")])


async def decide(act: Act, technician: Technician, keep: set[int], *, plans: bool) -> None:
    """What they don't keep goes back to the team; their plans go to others, unless they keep those."""
    await forget_personally(act, technician.user_id, KEEP)
    await timers.cancel_moments(act.session, technicians.about(technician.user_id), DECIDES)
    if not plans:
        await standing_in.goes_away(act, technician.user_id)
    held = await people.held_by(act.session, technician.user_id)
    back = [ticket for ticket in held if ticket.id not in keep]
    if not back:
        return
    assert technician.away_until is not None
    until = in_words(act, technician.away_until)
    n = await hand_back(act, back, "away.requester", "away.team", who=technician.user_id)
    name = await act.name(technician.user_id)
    await act.tell_coordinators("away.coordinators", name=name, until=until, n=n)


async def decide_by_itself(act: Act, user_id: str) -> None:
    """They did not say which: what happens then was told. The same at the moment they go."""
    technician = await technicians.technician_of(act, user_id)
    if not begun(act, technician):
        return
    await pass_on(act, user_id)
    held = {ticket.id for ticket in await people.held_by(act.session, user_id)}
    long = is_long(act, technician)
    keep, plans = await _chosen(act, user_id) or (set() if long else held, not long)
    await decide(act, technician, keep, plans=plans)


async def _chosen(act: Act, user_id: str) -> tuple[set[int], bool] | None:
    """The tickets that they keep, and whether their plans too; None when they did not say."""
    query = select(Dialog.detail).where(Dialog.user_id == user_id, Dialog.kind == KEEP)
    detail = await act.session.scalar(query.order_by(Dialog.id.desc()).limit(1))
    if detail is None or detail.get("keep") is None:
        return None
    return set(detail["keep"]), bool(detail.get("plans", True))


async def pause(act: Act, technician: Technician, by: str, until: datetime | None = None) -> tuple[int, int]:
    """A break, for as long as it takes or `until` then: everything they have goes to others at once. Returns how many
    tickets and plans that were.

    The coordinators hear that, and not why. `by`: who says so.
    """
    await _forget(act, technician)
    technician.away_from, technician.away_until = act.now, until
    if until is not None:
        await timers.set_moment(
            act.session, ENDS, technicians.about(technician.user_id), _in_daytime(act, until)
        )
    await pass_on(act, technician.user_id)
    held = await people.held_by(act.session, technician.user_id)
    n = await hand_back(act, held, "away.requester", "away.team", who=by)
    plans = await standing_in.goes_away(act, technician.user_id)
    name = await act.name(technician.user_id)
    await act.tell_coordinators("away.coordinators_pause" if n else "away.coordinators_idle", name=name, n=n)
    return n, plans


async def welcome_back(act: Act, user_id: str) -> None:
    """The day of return: asks whether they are back, and waits a while for any sign of life."""
    technician = await technicians.technician_of(act, user_id)
    if technician.away_until is None or technician.away_until > act.now:
        return
    language = await act.language_of(user_id)
    held = await people.held_by(act.session, user_id)
    room = await chat_with(act, await act.person(user_id))
    silent = act.now + act.config.people.silent_after
    parts = [act.words(language, "away.are_you_back")]
    if held:
        parts.append(act.words(language, "away.you_still_hold", n=len(held), when=silent))
    if led := await led_by(act, user_id):
        parts.append(act.words(language, "away.you_still_lead", n=len(led), when=silent))
    asked = await act.post(room, act.texts.join(parts), notify=True)
    await ask_personally(act, room, user_id, BACK, asked)
    await timers.set_moment(act.session, SILENT, technicians.about(user_id), silent)


async def nothing_heard(act: Act, user_id: str) -> None:
    """Gone past the day of return: what they still hold goes to others, and the coordinators hear so, once.

    Anything they wrote anywhere since is a sign that they are back.
    """
    technician = await technicians.technician_of(act, user_id)
    until = technician.away_until
    if until is None or until > act.now:
        return
    who = await standing_of(act.session, act.layout, user_id)
    if await people.heard_since(act.session, user_id, until) or not who.staff:
        await back(act, technician)
        return
    await forget_personally(act, user_id, BACK)
    technician.away_from, technician.away_until = act.now, None
    await pass_on(act, user_id)
    held = await people.held_by(act.session, user_id)
    n = await hand_back(act, held, "away.requester", "away.team_silent")
    plans = await standing_in.goes_away(act, user_id)
    name = await act.name(user_id)
    key = "away.coordinators_silent"
    if not n:
        key = "away.coordinators_silent_plans" if plans else "away.coordinators_silent_idle"
    await act.tell_coordinators(key, name=name, until=in_words(act, until), n=n)
    language = await act.language_of(user_id)
    room = await chat_with(act, await act.person(user_id))
    told = [act.words(language, "away.we_went_on", n=n)] if n else []
    told += [act.words(language, "away.we_went_on_plans", n=plans)] if plans else []
    await act.post(room, act.texts.join(told or [act.words(language, "away.we_wait")]))


async def back(act: Act, technician: Technician) -> None:
    """They are here again, from now on."""
    await _forget(act, technician)
    was_away = begun(act, technician)
    technician.away_from = technician.away_until = None
    if was_away:
        await standing_in.is_back(act, technician.user_id)
