"""`!pauze`: I need a break, and somebody else goes on with what I hold. Coordinators say it for a colleague too."""

from helpdesk_bot.actions import being_away, getting_to_know, technicians
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.chat import absence
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.away import period
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered | None:
    """What is said to them is theirs alone, wherever they wrote it. Other words than a time are why they need it."""
    act = call.act
    user = await absence.whose(call)
    away = period(call.rest, act.now, act.texts.zone) if call.rest else None
    if away is not None and away.start is not None:
        raise UserError("error.pause_is_now", start=being_away.in_words(act, away.start))
    until = away.until if away is not None else None
    technician = await technicians.technician_of(act, user)
    await getting_to_know.stop(act, technician)
    n, plans = await being_away.pause(act, technician, call.who.user_id, until)
    if user != call.who.user_id:
        await absence.tell(call, user, "away.pause_said")
        # In their own room the coordinators have just read it.
        in_their_room = call.room is RoomKind.COORDINATION
        return None if in_their_room else call.words("away.coordinators_idle", name=await act.name(user))
    key = "away.pause" if until is None else "away.pause_until"
    parts = [call.words(key, until=until and being_away.in_words(act, until))]
    if n:
        parts.append(call.words("away.pause_handed_over", n=n))
    if plans:
        parts.append(call.words("away.pause_plans", n=plans))
    words = act.texts.join(parts)
    if call.room is RoomKind.DIRECT:
        return words
    await act.post(await chat_with(act, await act.person(call.who.user_id)), words, notify=True)
    return None


COMMAND = Command("pause", ("pauze",), ("pause", "break"), run, For.HELPERS, inside=True)
