"""The only wiring: every part is made here, once, and given what it needs."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, repeat
from typing import TypeVar

import aiohttp
import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.actions import targets, weekly
from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.federation import greeting
from helpdesk_bot.actions.routing import rehome
from helpdesk_bot.actions.runs import adopting
from helpdesk_bot.actions.undelivered import undelivered
from helpdesk_bot.alarm.sending import Alarms
from helpdesk_bot.chat.dispatch import Worker
from helpdesk_bot.chat.router import explain, handle
from helpdesk_bot.clock import Clock, utc_now
from helpdesk_bot.config import Config
from helpdesk_bot.domain.layout import Layout, Stadsdeel
from helpdesk_bot.matrix.account import Account
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.peer_keys import PeerKeys
from helpdesk_bot.matrix.receive import POSITION, Receiver
from helpdesk_bot.matrix.send import Sender
from helpdesk_bot.playbooks.shelving import shelf_in
from helpdesk_bot.probe.judging import Prober
from helpdesk_bot.probe.work import Looker
from helpdesk_bot.reports import pen
from helpdesk_bot.schedule.jobs import Jobs, scheduler
from helpdesk_bot.storage import delivery, inbox, only_one
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import upgrade
from helpdesk_bot.storage.models import InboxEvent, OutboxRow
from helpdesk_bot.texts.render import Texts
from helpdesk_bot.web.alarm_page import alarm_routes
from helpdesk_bot.web.application import make_app, serving
from helpdesk_bot.web.health import HealthState
from helpdesk_bot.web.metrics import registry_of

log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(slots=True)
class Helpdesk:
    """Everything that runs, wired together."""

    config: Config
    db: Database
    setting: Setting
    receiver: Receiver
    sender: Sender
    worker: Worker
    jobs: Jobs
    peer_keys: PeerKeys
    alarms: Alarms
    looker: Looker
    clock: Clock
    stay_alone: only_one.Watch

    async def run(self) -> None:
        """Runs until it is cancelled. An error that no part can mend ends all of it, loudly."""
        clockwork = scheduler(self.jobs)
        web = self.config.web
        registry = registry_of(
            {
                "receive": self.receiver.counts,
                "work": self.worker.counts,
                "send": self.sender.counts,
                "alarm": self.alarms.counts,
                "check": self.looker.counts,
            }
        )
        async with self.db.transaction() as session:
            act = Act(session, self.clock(), self.setting)
            await rehome(act)
            await weekly.plan(act)
            await targets.begin_all(act)
            await adopting.offer_all(act)
            await greeting.begin(act)
        await self.peer_keys.begin()
        pages = alarm_routes(self.db, self.setting, self.clock, self.jobs.on_done)
        async with serving(make_app(self.health(), registry, pages), web.host, web.port) as port:
            clockwork.start()
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.sender.run())
                    group.create_task(self.worker.run())
                    group.create_task(self.receiver.run())
                    group.create_task(self.receiver.mender.run())
                    group.create_task(self.peer_keys.run())
                    group.create_task(self.alarms.run())
                    group.create_task(self.looker.run())
                    group.create_task(self.stay_alone())
                    log.info("running", port=port)
            finally:
                clockwork.shutdown(wait=False)

    def health(self) -> HealthState:
        web = self.config.web
        return HealthState(
            sync_age=lambda: self.clock() - self.receiver.last_sync if self.receiver.last_sync else None,
            outbox=self._backlog,
            inbox=self._inbox,
            sync_stale_after=web.sync_stale_after,
            outbox_stale_after=web.outbox_stale_after,
            inbox_stale_after=web.inbox_stale_after,
        )

    async def _backlog(self) -> tuple[int, timedelta]:
        async with self.db.reading() as session:
            return await delivery.backlog(session, self.clock())

    async def _inbox(self) -> tuple[timedelta, int]:
        async with self.db.reading() as session:
            query = select(func.count()).where(InboxEvent.state == "failed")
            return await inbox.backlog(session, self.clock()), await session.scalar(query) or 0


@asynccontextmanager
async def opened(
    config: Config, clock: Clock = utc_now, patience: int = only_one.PATIENCE
) -> AsyncIterator[Helpdesk]:
    """Opens database, account and homeserver, and wires the parts. Raises UserError, MatrixError, ConfigError.

    `patience`: how many seconds another helpdesk has to let go of the database.
    """
    texts = Texts.load(config.default_language, config.helpdesk.languages, config.helpdesk.timezone)
    account = Account.load(config.account_dir)
    # Before anything changes: what runs now may be of an older version.
    async with only_one.holding(config.database_url, patience) as stay_alone, aiohttp.ClientSession() as http:
        await upgrade(config.database_url)
        await asyncio.to_thread(
            config.hours, None
        )  # looks the public holidays up, before anybody waits for it
        db = Database(config.database_url)
        homeserver = Homeserver(config.homeserver.url, account.access_token, session=http)
        refusal = texts.word(config.default_language, "verify.reason")
        crypto = await _patiently(lambda: Crypto.open(account, homeserver, clock=clock, refusal=refusal))
        try:
            shelf = await shelf_in(config.playbooks.folder, config.data_dir)
            setting = Setting(config, layout_of(config), texts, shelf)
            yield _wired(config, db, setting, homeserver, crypto, account, clock, stay_alone)
        finally:
            await crypto.close()
            await db.close()


async def _patiently(start: Callable[[], Awaitable[T]]) -> T:
    """A homeserver that is away at the start is waited for, as it is later on. Raises MatrixError for a refusal."""
    for pause in chain((1, 2, 5, 10), repeat(30)):
        try:
            return await start()
        except MatrixError as error:
            if not error.temporary:
                raise
            log.warning("homeserver away", error=error.errcode, status=error.status, pause=pause)
            await asyncio.sleep(error.retry_after or pause)
    raise AssertionError("unreachable")


def _wired(
    config: Config,
    db: Database,
    setting: Setting,
    homeserver: Homeserver,
    crypto: Crypto,
    account: Account,
    clock: Clock,
    stay_alone: only_one.Watch,
) -> Helpdesk:
    async def give_up(session: AsyncSession, row: OutboxRow, error: str) -> None:
        await undelivered(Act(session, clock(), setting), row, error)

    # A circle: what came in wakes the worker, what it did wakes the sender, which waits until all is heard.
    receiver = Receiver(
        db,
        homeserver,
        crypto,
        user_id=account.user_id,
        staff_rooms=lambda: setting.layout.staff_rooms,
        clock=clock,
        on_work=lambda: worker.wake(),
    )
    sender = Sender(
        db,
        homeserver,
        crypto,
        user_id=account.user_id,
        device_id=account.device_id,
        clock=clock,
        on_failed=give_up,
        caught_up=receiver.caught_up,
        max_in_flight=config.sending.max_in_flight,
        draw=pen.draw,
    )
    alarms = Alarms(db, setting, clock, on_done=sender.wake)
    looker = Looker(db, setting, clock, Prober.of(config), on_done=sender.wake)

    def something_to_say() -> None:
        sender.wake()
        # A call may leave a moment later than an answer, which would have to wait while the database is asked for calls.
        asyncio.get_running_loop().call_later(0.05, alarms.wake)

    worker = Worker(
        db,
        setting,
        clock,
        handle,
        explain,
        on_done=something_to_say,
        caught_up=receiver.caught_up,
        serve_people=sender.serve_people,
    )
    jobs = Jobs(db, setting, clock, on_done=something_to_say, heard_since=lambda: receiver.heard_since)
    peer_keys = PeerKeys(db, setting, homeserver, crypto, clock)
    return Helpdesk(
        config, db, setting, receiver, sender, worker, jobs, peer_keys, alarms, looker, clock, stay_alone
    )


def layout_of(config: Config) -> Layout:
    """The rooms of the configuration, which are there by their ids: `run` refuses an alias, and `init` writes none."""
    rooms = config.rooms
    return Layout(
        stadsdelen=tuple(
            Stadsdeel(s.id, s.name, tuple(s.aliases), s.help_room, s.team_room) for s in config.stadsdelen
        ),
        overflow=rooms.overflow,
        coordination=rooms.coordination,
        trainers=rooms.trainers,
        space=rooms.space,
    )


async def begin(config: Config) -> None:
    """Notes where the homeserver's stream is now, once: what is written from here on is for the helpdesk.

    Without this, a question asked between the set-up and the first start would be taken for history.
    """
    async with opened(config, patience=0) as helpdesk:
        async with helpdesk.db.reading() as session:
            begun = await inbox.bookmark(session, POSITION)
        if begun is None:
            await helpdesk.receiver.once()


async def run(config: Config, clock: Clock = utc_now) -> None:
    """Runs the helpdesk until SIGTERM or SIGINT. What is in work then is finished at the next start."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def open_and_run() -> None:
        async with opened(config, clock) as helpdesk:
            _set_apart_what_stays()
            await helpdesk.run()

    running = asyncio.create_task(open_and_run())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not running.done():
        log.info("stopping")
        running.cancel()
        await asyncio.wait({running})
        return
    if error := running.exception():
        raise _innermost(error)


def _set_apart_what_stays() -> None:
    """What was made up to here stays until the end. Python looks through everything only when a quarter of it is new;
    with all of the code counted in, that would let garbage grow by tens of MB, and each look take longer."""
    gc.collect()
    gc.freeze()


def _innermost(error: BaseException) -> BaseException:
    """What made the parts end, out of the group that they ended in: a person may be able to mend it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
