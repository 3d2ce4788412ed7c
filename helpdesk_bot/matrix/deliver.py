"""One outbox row at the homeserver: whatever kind of thing it is, it is done there once.

A row's transaction id never changes, so sending again what did arrive does nothing: for 24 hours, on the same device.
After that, and on another device, the room is looked through first.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from operator import eq

from helpdesk_bot.boundaries import passing
from helpdesk_bot.clock import Clock
from helpdesk_bot.matrix import backfill
from helpdesk_bot.matrix.content import Pointless, event_content
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.direct import DirectChats
from helpdesk_bot.matrix.following import follow
from helpdesk_bot.matrix.http import Homeserver
from helpdesk_bot.matrix.incoming import as_dict
from helpdesk_bot.matrix.made_room import MadeRooms
from helpdesk_bot.matrix.peer_rooms import PeerRooms
from helpdesk_bot.matrix.sealing import Sealing
from helpdesk_bot.matrix.uploads import Draw, Uploads
from helpdesk_bot.protocol.words import word_of
from helpdesk_bot.storage import delivery, keys
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import OutboxRow
from helpdesk_bot.storage.restored import Restored

# The homeserver remembers a transaction id for 24 hours.
REMEMBERED = timedelta(hours=20)


class Delivery:
    """Knows nothing of order, pauses and further tries (see `send`). `restored`: the last restore, while it matters."""

    def __init__(
        self,
        db: Database,
        homeserver: Homeserver,
        crypto: Crypto,
        *,
        user_id: str,
        clock: Clock,
        draw: Draw | None = None,
    ) -> None:
        self._db = db
        self._homeserver = homeserver
        self._user_id = user_id
        self._clock = clock
        self._sealing = Sealing(db, homeserver, crypto, clock)
        self._uploads = Uploads(db, homeserver, self._sealing, draw)
        self._made: dict[str, MadeRooms] = {
            "direct": DirectChats(db, homeserver, user_id, clock),
            "peer": PeerRooms(db, homeserver, user_id, clock),
        }
        self.restored: Restored | None = None

    async def do(self, row: OutboxRow) -> None:
        """Raises MatrixError for a no or no answer, Pointless and Unmade for what need not or can't be done any more."""
        unmade = next((made for made in self._made.values() if made.stands_for(row.room_id)), None)
        match row.kind:
            case "send" | "redact" if unmade is not None:
                await unmade.move(row)
            case "send":
                await self._send(row)
            case "redact":
                await self._redact(row)
            case "join" if "after" in row.content:
                await follow(self._db, self._homeserver, row)
                await self._settle(row)
            case "join":
                await self._homeserver.join(row.room_id)
                await self._settle(row)
            case "leave":
                await self._homeserver.leave(row.room_id)
                await self._settle(row)
            case "direct" | "peer":
                await self._made[row.kind].make(row)
            case _:
                raise ValueError(f"unknown kind {row.kind}")

    async def _send(self, row: OutboxRow) -> None:
        if self._doubtful(row) and (found := await self._find_sent(row)):
            await self._mark_sent(row, found)
            return
        refs: dict[str, str | None] = dict(row.refs)
        if any(str(ref).startswith("row:") for ref in refs.values()):
            async with self._db.reading() as session:
                refs = await delivery.resolve(session, row.refs)
        content = await self._uploads.with_file(row, event_content(row, refs))
        type_, content = await self._sealing.sealed(row, content)
        word = word_of(row.type, row.content)
        passing("send.before", word)
        event_id = await self._homeserver.send_event(row.room_id, type_, row.txn_id, content)
        passing("send.after", word)
        await self._mark_sent(row, event_id)

    async def _find_sent(self, row: OutboxRow) -> str | None:
        since = row.created_at
        is_it: Callable[[str], bool] = partial(eq, row.txn_id)
        if self.restored is not None and row.look_first:
            since = min(since, self.restored.since)
            if "edits" not in row.refs:  # of a correction, only the same one is as good
                is_it = partial(keys.same_place, row.txn_id)
        return await backfill.find_sent(
            self._homeserver, row.room_id, self._user_id, is_it, since, self._clock()
        )

    async def _redact(self, row: OutboxRow) -> None:
        async with self._db.reading() as session:
            target = (await delivery.resolve(session, row.refs)).get("about")
        if target is None:
            raise Pointless("what should be deleted was never sent")
        if self._doubtful(row):
            event = await self._homeserver.event(row.room_id, target)
            because = as_dict(as_dict(event.get("unsigned")).get("redacted_because"))
            if isinstance(because.get("event_id"), str):
                await self._mark_sent(row, because["event_id"])
                return
        passing("send.before")
        event_id = await self._homeserver.redact(row.room_id, target, row.txn_id)
        passing("send.after")
        await self._mark_sent(row, event_id)

    def _doubtful(self, row: OutboxRow) -> bool:
        return row.look_first or self._clock() - row.created_at > REMEMBERED

    async def _mark_sent(self, row: OutboxRow, event_id: str) -> None:
        now = self._clock()
        async with self._db.transaction() as session:
            await delivery.mark_sent(session, row.txn_id, event_id, now)
        passing("send.marked", word_of(row.type, row.content))

    async def _settle(self, row: OutboxRow) -> None:
        async with self._db.transaction() as session:
            await delivery.settle(session, row.id, self._clock())
