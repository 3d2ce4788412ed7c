"""The one table of what happens by the clock. The scheduler holds no state: each job asks the database what is due."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from helpdesk_bot.actions import getting_to_know, unreadable
from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.duty import ahead
from helpdesk_bot.actions.federation import comparing, following, greeting, offering, weeks
from helpdesk_bot.clock import Clock
from helpdesk_bot.schedule.due import run_due
from helpdesk_bot.storage import alarms, delivery, duty, files, inbox, offers
from helpdesk_bot.storage.engine import Database

DEAF_FOR = timedelta(minutes=2)


@dataclass(slots=True)
class Jobs:
    """What the jobs work with. `heard_since`: since when the tables are as the homeserver tells; None while they are
    not, and then nothing is done that rests on what nobody has said."""

    db: Database
    setting: Setting
    clock: Clock
    on_done: Callable[[], None]
    heard_since: Callable[[], datetime | None]
    deaf_since: datetime | None = None

    async def due(self) -> None:
        """Reminders, warnings, overflow: everything with a moment of its own."""
        deaf = self.heard_since() is None
        self.deaf_since = (self.deaf_since or self.clock()) if deaf else None
        # After a start, and after a short silence, what was said meanwhile is waited for.
        if self.deaf_since is not None and self.clock() - self.deaf_since < DEAF_FOR:
            return
        if await run_due(self.db, self.setting, self.clock, deaf=deaf):
            self.on_done()

    async def unreadable(self) -> None:
        heard_since = self.heard_since()
        if heard_since is None:
            return
        async with self.db.transaction() as session:
            await unreadable.tell(Act(session, self.clock(), self.setting), heard_since)
        self.on_done()

    async def meet(self) -> None:
        """Asks how they help, one of those who were here before the helpdesk asked such things."""
        if self.heard_since() is None:
            return
        async with self.db.transaction() as session:
            await getting_to_know.meet_one(Act(session, self.clock(), self.setting))
        self.on_done()

    async def duty(self) -> None:
        """Gaps in the rotas, and whose shift begins."""
        if self.heard_since() is None:  # who helps has to be known for it
            return
        async with self.db.transaction() as session:
            await ahead.tell_ahead(Act(session, self.clock(), self.setting))
        self.on_done()

    async def federation(self) -> None:
        """Signs of life, questions that nobody here can take, and what may have been lost on the way."""
        if self.heard_since() is None:
            return
        async with self.db.transaction() as session:
            act = Act(session, self.clock(), self.setting)
            await following.follow_all(act)
            await offering.look_for_stuck(act)
            await greeting.keep_in_touch(act)
            await comparing.keep_up(act)
            await weeks.tell(act)
        self.on_done()

    async def federation_weeks(self) -> None:
        """Weeks that another helpdesk counts otherwise."""
        async with self.db.transaction() as session:
            await weeks.look_again(Act(session, self.clock(), self.setting))

    async def retention(self) -> None:
        async with self.db.transaction() as session:
            config = self.setting.config
            # Counted from when an event came in, or its sender heard that its key is missing: it is given up late, and
            # then kept as long.
            kept = config.retention.inbox_payloads + config.undecryptable.give_up_after
            await inbox.forget_contents(session, kept, self.clock())
            await delivery.forget_contents(session, config.retention.inbox_payloads, self.clock())
            await inbox.forget_rows(session, config.retention.inbox_rows, self.clock())
            await files.forget(session)
            await offers.end_old(session, self.clock())
            await alarms.forget_links(session, self.clock())
            await duty.forget_notices(session, self.clock())


# name, seconds between two runs, action
TABLE: tuple[tuple[str, float, Callable[[Jobs], Awaitable[None]]], ...] = (
    ("due", 2, Jobs.due),
    ("unreadable", 15, Jobs.unreadable),
    ("meet", 60, Jobs.meet),
    ("duty", 60, Jobs.duty),
    ("federation", 20, Jobs.federation),
    ("federation_weeks", 3600, Jobs.federation_weeks),
    ("retention", 3600, Jobs.retention),
)


def scheduler(jobs: Jobs) -> AsyncIOScheduler:
    """A scheduler with every job in the table; it has to be started."""
    made = AsyncIOScheduler(timezone=UTC)
    for name, seconds, action in TABLE:
        made.add_job(
            action,
            "interval",
            args=[jobs],
            seconds=seconds,
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    return made
