"""One asks another to take over a shift. Nothing changes before they have said yes."""

from datetime import timedelta

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask_as_well, forget_asked
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.duty.agreeing import agree
from helpdesk_bot.actions.duty.rotas import duty_of, is_away, may_serve, where
from helpdesk_bot.domain.rota import Duty, Shift
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import duty as agreed
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.models import DutySwap
from helpdesk_bot.texts.render import Person

STANDS = timedelta(days=1)
AHEAD = timedelta(weeks=26)
DIALOG = "swap"
LAPSES = "swap_lapses"


async def ask_to_swap(act: Act, duty: Duty, mine: Shift, user: str, room_id: str) -> DutySwap:
    """Asks `user` in their direct chat to take this shift, and to give their own next one for it if they have one.

    `room_id`: where the one who asks hears what came of it. Raises UserError when `user` does not help
    there, or is away.
    """
    assert mine.user_id is not None
    asker, rota = mine.user_id, duty.rota.id
    if user in (asker, act.setting.bot):
        raise UserError("duty.swap_with_whom")
    if not await may_serve(act, rota, user):
        raise UserError("duty.does_not_help", name=await act.name(user), where=where(act, rota))
    if await is_away(act, user, mine.begin, mine.end):
        raise UserError("duty.is_away", name=await act.name(user))
    if await agreed.swap_asked(act.session, rota, asker, user, mine.end):
        raise UserError("duty.swap_asked_already", name=await act.name(user))
    theirs = [
        shift
        for shift in duty.shifts(act.now, act.now + AHEAD)
        if shift.user_id == user and shift.begin > act.now and not (mine.begin <= shift.begin < mine.end)
    ]
    fit = [shift for shift in theirs if not await is_away(act, asker, shift.begin, shift.end)]
    back = fit[0] if fit else None
    language = await act.language_of(user)
    place = where(act, rota, language)
    name = Person(user, await act.name(user), ping=True)
    until = act.now + STANDS
    if back is None:
        words = act.words(
            language, "duty.swap_asked_for_nothing", user=name, name=await act.name(asker), where=place,
            begin=mine.begin, end=mine.end, until=until,
        )  # fmt: skip
    else:
        words = act.words(
            language, "duty.swap_asked", user=name, name=await act.name(asker), where=place, begin=mine.begin,
            end=mine.end, back_begin=back.begin, back_end=back.end, until=until,
        )  # fmt: skip
    chat = await chat_with(act, await act.person(user))
    asked = await act.post(chat, words, notify=True)
    swap = DutySwap(
        rota=rota,
        asked_by=asker,
        user_id=user,
        room_id=room_id,
        begins_at=mine.begin,
        ends_at=mine.end,
        back_begins_at=back.begin if back else None,
        back_ends_at=back.end if back else None,
        asked=asked,
        asked_at=act.now,
    )
    act.session.add(swap)
    await act.session.flush()
    await ask_as_well(act, chat, user, DIALOG, asked, swap=swap.id)
    await timers.set_moment(act.session, LAPSES, f"swap:{swap.id}", until)
    return swap


async def answer_swap(act: Act, swap: DutySwap, *, yes: bool) -> None:
    """They said yes or no. What has changed since may make it impossible, and then both hear so. Raises UserError for a
    yes of somebody who is away then: nobody would be on duty."""
    if yes and await is_away(act, swap.user_id, max(swap.begins_at, act.now), swap.ends_at):
        raise UserError("duty.you_are_away")
    if yes and not await _still_possible(act, swap):
        await _end(act, swap, "void")
        await _tell(act, swap, swap.user_id, "duty.swap_void", swap.asked_by)
        await _tell_asker(act, swap, "duty.swap_void")
        return
    await _end(act, swap, "yes" if yes else "no")
    if not yes:
        await _tell(act, swap, swap.user_id, "duty.swap_refused_noted", swap.asked_by)
        await _tell_asker(act, swap, "duty.swap_refused")
        return
    await agree(act, swap.rota, swap.user_id, swap.begins_at, swap.ends_at, swap.asked_by)
    if swap.back_begins_at is not None and swap.back_ends_at is not None:
        await agree(act, swap.rota, swap.asked_by, swap.back_begins_at, swap.back_ends_at, swap.user_id)
    await _tell(act, swap, swap.user_id, "duty.swap_agreed_noted", swap.asked_by)
    await _tell_asker(act, swap, "duty.swap_agreed")
    await act.tell_coordinators(
        "duty.swap_told",
        name=await act.name(swap.user_id),
        other=await act.name(swap.asked_by),
        where=where(act, swap.rota),
        begin=swap.begins_at,
        end=swap.ends_at,
    )
    if swap.back_begins_at is not None and swap.back_ends_at is not None:
        await act.tell_coordinators(
            "duty.swap_told",
            name=await act.name(swap.asked_by),
            other=await act.name(swap.user_id),
            where=where(act, swap.rota),
            begin=swap.back_begins_at,
            end=swap.back_ends_at,
        )


async def lapse(act: Act, key: str) -> None:
    """Nobody answered within a day: everything stays as it was, and both hear so."""
    swap = await act.session.get_one(DutySwap, int(key))
    if swap.outcome is None:
        await _end(act, swap, "lapsed")
        await _tell(act, swap, swap.user_id, "duty.swap_lapsed_noted", swap.asked_by)
        await _tell_asker(act, swap, "duty.swap_lapsed")


async def _still_possible(act: Act, swap: DutySwap) -> bool:
    duty = await duty_of(act, swap.rota)
    if duty is None or swap.ends_at <= act.now or not await may_serve(act, swap.rota, swap.user_id):
        return False
    begin, end = max(swap.begins_at, act.now), swap.ends_at
    theirs = {shift.user_id for shift in duty.shifts(begin, end)} <= {swap.asked_by, None}
    if swap.back_begins_at is None or swap.back_ends_at is None:
        return theirs
    back = {shift.user_id for shift in duty.shifts(swap.back_begins_at, swap.back_ends_at)}
    return theirs and back == {swap.user_id} and swap.back_begins_at > act.now


async def _end(act: Act, swap: DutySwap, outcome: str) -> None:
    swap.outcome, swap.ended_at = outcome, act.now
    await forget_asked(act, swap.asked)
    await timers.cancel_moments(act.session, f"swap:{swap.id}", LAPSES)


async def _tell_asker(act: Act, swap: DutySwap, key: str) -> None:
    """Where they asked: the others there may have read it."""
    language = await act.language_of(swap.asked_by)
    words = act.words(
        language,
        key,
        user=Person(swap.asked_by, await act.name(swap.asked_by), ping=True),
        name=await act.name(swap.user_id),
        where=where(act, swap.rota, language),
        begin=swap.begins_at,
        end=swap.ends_at,
    )
    await act.post(swap.room_id, words, notify=True)


async def _tell(act: Act, swap: DutySwap, user: str, key: str, other: str) -> None:
    language = await act.language_of(user)
    words = act.words(
        language,
        key,
        name=await act.name(other),
        user=await act.name(user),
        where=where(act, swap.rota, language),
        begin=swap.begins_at,
        end=swap.ends_at,
    )
    await act.post(await chat_with(act, await act.person(user)), words)
