"""Sends what has to leave outside Matrix. Each row at least once; a channel that fails or is slow holds up no other."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.panic import calling, outside
from helpdesk_bot.actions.panic.first_aid import kind_words
from helpdesk_bot.actions.panic.ringing import place_of
from helpdesk_bot.alarm.channel import deliver
from helpdesk_bot.boundaries import passing
from helpdesk_bot.clock import Clock
from helpdesk_bot.domain.panic import LINK_STANDS
from helpdesk_bot.errands import Errands
from helpdesk_bot.storage import alarms, outbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Alarm, PanicCall

log = structlog.get_logger(__name__)

Deliver = Callable[[SecretStr, str, str], Awaitable[str | None]]

AT_ONCE = 16
TRIES = 3
WAIT = (timedelta(seconds=5), timedelta(seconds=20))  # before the second try, and the third


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves. It holds nothing of what was asked, because others may read it on the way."""

    address: SecretStr
    title: str
    body: str


class Alarms(Errands):
    """Sends what is due, and counts what was sent, retried and failed. `wake` after something was added; `on_done` is called after what Matrix has to say of it."""

    def __init__(
        self,
        db: Database,
        setting: Setting,
        clock: Clock,
        on_done: Callable[[], None],
        deliver: Deliver = deliver,
    ) -> None:
        super().__init__()
        self._db = db
        self._setting = setting
        self._clock = clock
        self._on_done = on_done
        self._deliver = deliver

    @property
    @override
    def at_once(self) -> int:
        return AT_ONCE

    @override
    async def due(self, busy: Collection[int], most: int) -> Sequence[int]:
        async with self._db.reading() as session:
            return await alarms.due(session, self._clock(), busy, most)

    @override
    async def do(self, row_id: int) -> None:
        made = await self._made(row_id)
        if made is not None:
            passing("outside.made")
            error = await self._deliver(made.address, made.title, made.body)
            passing("outside.sent")
            await self._note(row_id, error)
        self._on_done()

    async def _made(self, row_id: int) -> Message | None:
        """The words, with a new link in them. None when nothing has to be sent."""
        async with self._db.transaction() as session:
            alarm = await session.get_one(Alarm, row_id)
            if alarm.state != "pending":
                return None
            act = self._act(session, f"alarm:{row_id}:gone")
            address = act.config.channels.address(alarm.who, alarm.channel)
            if address is None:
                await self._failed(act, alarm, "no longer among the channels")
                return None
            title, body = await self._words(act, alarm)
            alarm.attempts += 1  # before it leaves: whoever reads this later can't rule out that it arrived
            return Message(address, title, body)

    async def _words(self, act: Act, alarm: Alarm) -> tuple[str, str]:
        call = await act.session.get_one(PanicCall, alarm.call_id)
        panic, ticket = await outside.rings(act, call)
        language = await act.language_of(call.user_id) if call.user_id else act.texts.default
        place = place_of(act, ticket, language)
        title = act.words(language, "alarm.title", helpdesk=act.setting.name).body
        if alarm.kind == outside.OFF:
            return title, act.words(language, "alarm.off", number=ticket.id, where=place).body
        what = act.words(
            language,
            "alarm.call",
            number=ticket.id,
            where=place,
            kind=kind_words(act, language, panic.kind),
        )
        base = act.config.web.public_url
        if (
            base is None or call.user_id is None
        ):  # by a channel of several people nobody knows who it is that comes
            how = act.words(language, "alarm.in_matrix")
        else:
            token = await alarms.new_link(act.session, call.id, act.now + LINK_STANDS)
            how = act.words(language, "alarm.by_link", link=f"{base}/alarm/{token}")
        return title, act.texts.join([what, how]).body

    async def _note(self, row_id: int, error: str | None) -> None:
        async with self._db.transaction() as session:
            alarm = await session.get_one(Alarm, row_id)
            act = self._act(session, f"alarm:{row_id}:{alarm.attempts}")
            if error is None:
                alarm.state, alarm.sent_at, alarm.error = "sent", act.now, None
                self.counts["sent"] += 1
                return
            alarm.error = error
            if alarm.attempts < TRIES:
                alarm.not_before = act.now + WAIT[alarm.attempts - 1]
                self.counts["retried"] += 1
                return
            await self._failed(act, alarm, error)

    async def _failed(self, act: Act, alarm: Alarm, error: str) -> None:
        alarm.error = error
        log.warning("alarm failed", alarm=alarm.id, error=error)
        self.counts["failed"] += 1
        if alarm.state != "pending":
            return  # it was called off meanwhile
        alarm.state = "failed"
        await act.session.flush()
        if alarm.kind == outside.CALL:
            await calling.unreachable(act, await act.session.get_one(PanicCall, alarm.call_id))

    def _act(self, session: AsyncSession, cause: str) -> Act:
        outbox.caused_by(session, cause)
        return Act(session, self._clock(), self._setting)
