"""What is due, done: one transaction per due moment, the row gone together with its effect."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.actions import (
    asking,
    being_away,
    finishing,
    getting_to_know,
    nudging,
    promising,
    reminding,
    resting,
    snoozing,
    weekly,
)
from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.duty import swapping
from helpdesk_bot.actions.federation import borrowing, comparing, following, offering
from helpdesk_bot.actions.panic import calling, raising
from helpdesk_bot.actions.runs import accepting, digest, ending, moves, roles, standing_in
from helpdesk_bot.actions.runs import due as runs_due
from helpdesk_bot.actions.saying import SAY
from helpdesk_bot.actions.targets import SNOOZE
from helpdesk_bot.boundaries import passing
from helpdesk_bot.clock import Clock
from helpdesk_bot.schedule.postponing import REMINDERS, postponed
from helpdesk_bot.schedule.steps import CLOCKS, take
from helpdesk_bot.storage import inbox, outbox, restored, timers
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Ticket, Timer
from helpdesk_bot.storage.restored import Restored

log = structlog.get_logger(__name__)

Effect = Callable[
    [Act, str], Awaitable[None]
]  # given what stands behind the colon in what the timer is about


def on_ticket(effect: Callable[[Act, Ticket], Awaitable[None]]) -> Effect:
    """An effect on the ticket that the timer is about."""

    async def run(act: Act, key: str) -> None:
        await effect(act, await act.session.get_one(Ticket, int(key)))

    return run


KINDS: dict[str, Effect] = {
    weekly.TIMER: weekly.post,
    weekly.UNREAD: weekly.remind,
    "overflow": on_ticket(asking.overflow),
    asking.GREET: on_ticket(asking.greet_late),
    "remind": on_ticket(finishing.remind),
    "warn": on_ticket(finishing.warn),
    "close": on_ticket(finishing.expire),
    "confirm_warn": on_ticket(finishing.warn),
    "confirm_close": on_ticket(finishing.expire),
    getting_to_know.MEET: getting_to_know.meet,
    getting_to_know.REMIND: getting_to_know.remind,
    swapping.LAPSES: swapping.lapse,
    calling.SILENT: calling.silent,
    raising.UNDECIDED: raising.undecided,
    being_away.BEGINS: being_away.decide_by_itself,
    being_away.DECIDES: being_away.decide_by_itself,
    being_away.ENDS: being_away.welcome_back,
    being_away.SILENT: being_away.nothing_heard,
    SAY: nudging.at_place,
    resting.RESTED: resting.over,
    SNOOZE: on_ticket(snoozing.over),
    promising.DUE: promising.due,
    reminding.DUE: reminding.due,
    moves.WAKE: runs_due.rested,
    moves.LATE: runs_due.late,
    digest.DIGEST: digest.send,
    ending.LATER: runs_due.how_was_it,
    accepting.UNDECIDED: runs_due.accept_late,
    roles.VACANT: standing_in.still_vacant,
    offering.EXPIRES: on_ticket(offering.expired),
    borrowing.LAPSES: on_ticket(borrowing.lapsed),
    comparing.COMPARE: comparing.due,
}
KINDS |= {kind: take(*place) for kind, place in CLOCKS.items()}
# These rest on somebody's silence.
ON_SILENCE = (
    *REMINDERS,
    *CLOCKS,
    SAY,
    resting.RESTED,
    asking.GREET,
    raising.UNDECIDED,
    promising.DUE,
    getting_to_know.REMIND,
    swapping.LAPSES,
    calling.SILENT,
    weekly.UNREAD,
    being_away.DECIDES,
    being_away.SILENT,
    moves.LATE,
    digest.DIGEST,
    ending.LATER,
    accepting.UNDECIDED,
    roles.VACANT,
    offering.EXPIRES,
    borrowing.LAPSES,
)
# These can't wait for a homeserver that is away.
IN_NEED = (calling.SILENT,)
MAX_ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=30)


async def run_due(db: Database, setting: Setting, clock: Clock, *, deaf: bool = False) -> int:
    """Does everything that is due, the oldest first, and returns how much that was. Late ones fire once.

    `deaf`: nobody could be heard for a while. Then only that is done which can't wait.
    """
    done = 0
    while await _one(db, setting, clock, deaf=deaf):
        done += 1
    return done


async def _one(db: Database, setting: Setting, clock: Clock, *, deaf: bool) -> bool:
    failed_id: int | None = None
    try:
        async with db.transaction() as session:
            now = clock()
            back = await restored.recently(session, now)
            timer = await (_next_though_deaf(session, now, back) if deaf else _next(session, now, back))
            if timer is None:
                return False
            failed_id = timer.id
            later = await postponed(Act(session, now, setting), timer)
            if later is not None:
                timer.due_at = later
                return True
            # Not by its moment: after a restore the same timer is set again, and is due at another one.
            outbox.caused_by(session, f"timer:{timer.kind}:{timer.about}", again=back is not None)
            # Before its effect, because the effect may set the next one of the same kind.
            await timers.cancel_moments(session, timer.about, timer.kind)
            act = Act(session, now, setting)
            await KINDS[timer.kind](act, timers.key_of(timer.about))
            await following.follow(act)
            await session.flush()
            passing("timer.written")
    except Exception as error:  # one broken moment must not hold up the others
        if failed_id is None:
            raise
        log.exception("timer failed", timer=failed_id)
        await _set_aside(db, setting, clock, failed_id, error)
    return True


async def _next(session: AsyncSession, now: datetime, back: Restored | None) -> Timer | None:
    """What is due, but for what has to wait until all that people said has been worked on: they may have answered."""
    timer = await timers.next_due(session, now)
    if timer is None or (back and back.until is None):
        return None
    if await inbox.next_pending(session) is None:
        return timer
    return None if back else await timers.next_due(session, now, without=ON_SILENCE)


async def _next_though_deaf(session: AsyncSession, now: datetime, back: Restored | None) -> Timer | None:
    """Who is called in an emergency can answer without the homeserver, by a link: when it is away the next one is called
    all the same."""
    if back is not None and back.until is None:
        return None
    return await timers.longest_due(session, now, IN_NEED)


async def _set_aside(db: Database, setting: Setting, clock: Clock, timer_id: int, error: Exception) -> None:
    """Tries again a little later, three times in all; then the coordinators are told."""
    async with db.transaction() as session:
        act = Act(session, clock(), setting)
        timer = await session.get(Timer, timer_id)
        if timer is None:
            return
        timer.attempts += 1
        if timer.attempts < MAX_ATTEMPTS:
            timer.due_at = act.now + RETRY_AFTER * timer.attempts
            return
        await act.tell_coordinators(
            "alert.timer_failed", what=f"{timer.kind} ({timer.about})", error=type(error).__name__
        )
        await session.delete(timer)
