"""Calls that leave Matrix: mail, messages, text messages, whatever Apprise reaches. Here they become rows."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.panic import COORDINATORS, State
from helpdesk_bot.storage import alarms
from helpdesk_bot.storage.models import Panic, PanicCall, Ticket

CALL, OFF = "call", "off"


def ring_outside(act: Act, call: PanicCall) -> None:
    """By every channel of whoever is called."""
    who = call.user_id or COORDINATORS
    for channel in act.config.channels.keys(who):
        alarms.add(act.session, call.id, who, channel, CALL, act.now)


async def ring_no_more(act: Act, call: PanicCall) -> None:
    """What has not left, or is to be tried again, does not leave."""
    for alarm in await alarms.of_call(act.session, call.id, CALL):
        if alarm.state == "pending":
            alarm.state = "dropped"


async def quiet_outside(act: Act, call: PanicCall, told: set[tuple[str, str]]) -> None:
    """They need not come any more: what has not left does not, and what has left is followed by that. So is what may have:
    a service that took it can be too slow to say so, and the helpdesk can die before it has written it down. `told`: the
    people and channels that hear so already, because they were called twice."""
    await ring_no_more(act, call)
    for alarm in await alarms.of_call(act.session, call.id, CALL):
        if alarm.attempts and (alarm.who, alarm.channel) not in told:
            told.add((alarm.who, alarm.channel))
            alarms.add(act.session, call.id, alarm.who, alarm.channel, OFF, act.now)


async def all_failed(act: Act, call: PanicCall) -> bool:
    """Whether somebody could be reached by none of their channels."""
    rows = await alarms.of_call(act.session, call.id, CALL)
    return bool(rows) and all(row.state == "failed" for row in rows)


async def reaches_outside(act: Act, call: PanicCall) -> bool:
    """Whether one of their channels took the call, or still may."""
    rows = await alarms.of_call(act.session, call.id, CALL)
    return any(row.state in ("pending", "sent") for row in rows)


async def rings(act: Act, call: PanicCall) -> tuple[Panic, Ticket]:
    """What somebody is called for."""
    panic = await act.session.get_one(Panic, call.panic_id)
    return panic, await act.session.get_one(Ticket, panic.ticket_id)


def goes_on(panic: Panic, call: PanicCall) -> bool:
    """Whether this call is still waited for."""
    return panic.state == State.CALLING and call.outcome is None
