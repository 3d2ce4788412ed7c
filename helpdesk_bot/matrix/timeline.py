"""One room's part of a sync, and what the sync left out of its timeline."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from helpdesk_bot.matrix import backfill
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.matrix.incoming import Incoming, Rubbish, as_dict, as_list, incoming

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says of a room, before this sync."""

    membership: str
    members_known: bool


class RoomPart:
    """What a sync says about one room, with every part there. `malformed` counts what was no event at all."""

    def __init__(
        self, room_id: str, membership: str, said: Json, known: Known | None, *, watched: bool, now: datetime
    ) -> None:
        timeline = as_dict(said.get("timeline"))
        self.room_id = room_id
        self.membership = membership
        self.watched = watched
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
class Missing:
    """A part of a timeline that could not be had now: everything after `until`, up to `start`."""

    start: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The events to act on, the oldest first.

    `gap` says why some before them will never come; `missing` what has to be asked for once more.
    """

    events: list[Incoming]
    gap: str | None = None
    missing: Missing | None = None


class Timelines:
    """Fills gaps."""

    def __init__(self, homeserver: Homeserver, user_id: str) -> None:
        self._homeserver = homeserver
        self._user_id = user_id

    async def whole(self, room: RoomPart, since: str | None, deadline: float) -> Timeline:
        """What a sync says was said in a room, with what it left out, if that can be had before the `deadline`.

        One room that can't be read must not hold up the others. `deadline` is on the event loop's clock.
        """
        if since is None:
            return Timeline([])  # said before the helpdesk was there
        if room.membership == "leave" and room.before != "join":
            return Timeline([])  # an invitation that was taken back
        if not room.new and not room.limited:
            return Timeline(room.timeline)
        if not room.new and room.prev_batch is None:
            return Timeline(room.timeline, gap="no_position")
        try:
            async with asyncio.timeout_at(deadline):
                if room.new:
                    return await self._beginning(room)
                return await self.filled(room, Missing(room.prev_batch, since))
        except (MatrixError, TimeoutError) as error:
            log.warning("gap put off", room_id=room.room_id, why=str(error) or "TIMEOUT")
            if room.new:  # nothing yet says which part of it is for us
                return Timeline([], missing=Missing(None, None))
            return Timeline(room.timeline, missing=Missing(room.prev_batch, since))

    async def filled(self, room: RoomPart, missing: Missing) -> Timeline:
        """The room's part, with what is missing before it. Raises MatrixError."""
        if missing.until is None:
            return await self._beginning(room)
        assert missing.start is not None
        try:
            older = await backfill.between(self._homeserver, room.room_id, missing.start, missing.until)
        except backfill.GapTooLarge as gap:
            return Timeline(room.parsed(gap.events) + room.timeline, gap="too_large")
        return Timeline(room.parsed(older) + room.timeline)

    async def _beginning(self, room: RoomPart) -> Timeline:
        """What is for us in a room that we have come into. With nothing in hand it is read from the newest event on."""
        begin = backfill.Beginning(self._user_id, room.timeline)
        more = room.prev_batch is not None or not room.timeline
        if more and not begin.found:
            async for page in backfill.pages(self._homeserver, room.room_id, room.prev_batch):
                begin.look_at(room.parsed(page))
                if begin.found:
                    break
        return Timeline(begin.events)
