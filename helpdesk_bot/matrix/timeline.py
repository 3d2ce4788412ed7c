"""One room's part of a sync, and what the sync left out of its timeline."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from helpdesk_bot.matrix import backfill
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.matrix.incoming import Incoming, Rubbish, as_dict, as_list, incoming

log = structlog.get_logger(__name__)

# How often a homeserver that refuses to show a gap, or fails at it, is asked again before the gap is said aloud.
REFUSALS = 3
FAILURES = 6


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says of a room, before this sync."""

    membership: str
    members_known: bool


class RoomPart:
    """What a sync says about one room, with every part there. `malformed` counts what was no event at all."""

    def __init__(
        self, room_id: str, membership: str, said: Json, known: Known | None, *, staff: bool, now: datetime
    ) -> None:
        timeline = as_dict(said.get("timeline"))
        self.room_id = room_id
        self.membership = membership
        self.staff = staff
        self.before = known.membership if known else None
        self.members_known = known is not None and known.members_known
        self.new = membership == "join" and self.before != "join"
        self.limited = timeline.get("limited") is True
        prev_batch = timeline.get("prev_batch")
        self.prev_batch = prev_batch if isinstance(prev_batch, str) else None
        self.summary = as_dict(said.get("summary"))
        self.malformed = 0
        self.now = now
        self.timeline = self.parsed(as_list(timeline.get("events")))
        self.state = self.parsed(as_list(as_dict(said.get("state")).get("events")))

    def parsed(self, events: Iterable[object]) -> list[Incoming]:
        found = []
        for event in events:
            try:
                found.append(incoming(event, self.now))
            except Rubbish as error:
                self.malformed += 1
                id_ = event.get("event_id") if isinstance(event, dict) else None
                log.info("event skipped", room_id=self.room_id, event_id=str(id_)[:255], why=str(error))
        return found


@dataclass(frozen=True, slots=True)
class Timeline:
    """The events to act on, the oldest first; `gap` says why some before them are missing."""

    events: list[Incoming]
    gap: str | None = None


class Timelines:
    """Fills gaps. Remembers how often a room's gap could not be filled."""

    def __init__(self, homeserver: Homeserver, user_id: str) -> None:
        self._homeserver = homeserver
        self._user_id = user_id
        self._tries: Counter[str] = Counter()

    async def whole(self, room: RoomPart, since: str | None) -> Timeline:
        """Raises MatrixError when the homeserver must be asked again later."""
        if since is None:
            return Timeline([])  # said before the helpdesk was there
        if room.membership == "leave" and room.before != "join":
            return Timeline([])  # an invitation that was taken back
        if not room.new and not room.limited:
            return Timeline(room.timeline)
        try:
            found = await self._filled(room, since)
        except backfill.GapTooLarge as gap:
            found = Timeline(room.parsed(gap.events) + room.timeline, gap="too_large")
        except MatrixError as error:
            if error.status == 429:
                raise
            self._tries[room.room_id] += 1
            if self._tries[room.room_id] < (FAILURES if error.temporary else REFUSALS):
                raise
            found = Timeline(room.timeline, gap=error.errcode)
        self._tries.pop(room.room_id, None)
        return found

    async def _filled(self, room: RoomPart, since: str) -> Timeline:
        if room.new:
            begin = backfill.Beginning(self._user_id, room.timeline)
            if room.prev_batch is not None:
                async for page in backfill.pages(self._homeserver, room.room_id, room.prev_batch):
                    if begin.found:
                        break
                    begin.look_at(room.parsed(page))
            return Timeline(begin.events)
        if room.prev_batch is None:
            return Timeline(room.timeline, gap="no_position")
        older = await backfill.between(self._homeserver, room.room_id, room.prev_batch, since)
        return Timeline(room.parsed(older) + room.timeline)
