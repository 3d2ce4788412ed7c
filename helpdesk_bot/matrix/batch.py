"""What one sync means for the helpdesk, worked out before anything of it is written.

Nothing that a stranger sends stops the rest: every event and every room is read on its own.
"""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from helpdesk_bot.matrix import happenings
from helpdesk_bot.matrix.crypto import Crypto, Decrypted, Malformed, Undecryptable
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.matrix.incoming import (
    ENCRYPTED,
    MEMBER,
    REDACTION,
    SAID,
    Incoming,
    Rubbish,
    as_dict,
    as_list,
    in_the_clear,
    readable,
    wholesome,
)
from helpdesk_bot.matrix.rooms import RoomNews, counted, invitation, members_of
from helpdesk_bot.matrix.timeline import Known, Missing, RoomPart, Timeline, Timelines
from helpdesk_bot.storage.inbox import RawEvent
from helpdesk_bot.storage.models import InboxEvent

log = structlog.get_logger(__name__)

SECONDS_FOR_MORE = 10.0  # for all that one sync left out; what takes longer is asked for later
_BREATH = 50  # events, between two moments in which others may go on


@dataclass(slots=True)
class Batch:
    """Everything that one transaction will write."""

    rooms: list[RoomNews] = field(default_factory=list)
    events: list[RawEvent] = field(default_factory=list)
    echoes: dict[str, str] = field(default_factory=dict)  # our transaction id: the event it became
    redacted: dict[str, list[str]] = field(default_factory=dict)  # per room
    missing: dict[str, Missing] = field(default_factory=dict)  # per room, to be asked for later
    members_missing: bool = False  # of a room that is watched
    # Held events whose key came, by their row; None for those that say nothing to us.
    released: dict[int, RawEvent | None] = field(default_factory=dict)
    unread: list[tuple[str, Json]] = field(default_factory=list)  # room and event whose key is missing

    @property
    def incomplete(self) -> bool:
        """Whether something has to be asked for afterwards."""
        return bool(self.unread or self.missing or self.members_missing)


class Reader:
    """Reads syncs for one account. `counts` says what was skipped and why, for the metrics."""

    def __init__(self, homeserver: Homeserver, crypto: Crypto, user_id: str) -> None:
        self._homeserver = homeserver
        self._crypto = crypto
        self._user_id = user_id
        self._timelines = Timelines(homeserver, user_id)
        self.counts: Counter[str] = Counter()

    async def read(
        self,
        sync: Json,
        since: str | None,
        position: str,
        known: Mapping[str, Known],
        watched: Collection[str],
        now: datetime,
    ) -> Batch:
        """Never waits long: what can't be had at once is in the batch's `missing`."""
        batch = Batch()
        deadline = asyncio.get_running_loop().time() + SECONDS_FOR_MORE
        rooms = as_dict(sync.get("rooms"))
        per_room = [
            self._invited(batch, room_id, as_dict(said.get("invite_state")), position, now)
            for room_id, said in _each(rooms, "invite")
        ]
        for membership in ("join", "leave"):
            for room_id, said in _each(rooms, membership):
                before = known.get(room_id)
                if membership == "join" or before:
                    part = RoomPart(room_id, membership, said, before, watched=room_id in watched, now=now)
                    per_room.append(await self._room(batch, part, since, position, deadline))
        batch.events = in_order(per_room)
        return batch

    async def older(self, room_id: str, missing: Missing, *, watched: bool, now: datetime) -> Timeline:
        """What was missing in a room's timeline, still as it came. Raises MatrixError."""
        return await self._timelines.filled(_empty(room_id, watched=watched, now=now), missing)

    def read_older(self, room_id: str, found: Timeline, *, watched: bool, now: datetime) -> Batch:
        """What that means. Who came and went meanwhile is not in it: the members are asked for when they matter."""
        batch = Batch()
        room = _empty(room_id, watched=watched, now=now)
        if found.gap is not None:
            batch.events.append(
                self.gap(room_id, found.events[0].event_id if found.events else "all", found.gap, now)
            )
        batch.events += [raw for event in found.events if (raw := self._event(batch, room, event))]
        return batch

    def release(self, rows: Iterable[InboxEvent]) -> dict[int, RawEvent | None]:
        """Tries held events again; says what those are that can be read now."""
        found: dict[int, RawEvent | None] = {}
        for row in rows:
            event = as_dict((row.content or {}).get("event"))
            raw = RawEvent(row.event_id, row.room_id, row.sender, row.type, {}, row.sent_at, encrypted=True)
            try:
                found[row.id] = _decrypted(self._crypto.decrypt(row.room_id, event), raw)
            except Undecryptable:
                continue
            except (Malformed, Rubbish) as error:
                self._skip(row.event_id, row.room_id, error)
                found[row.id] = None
            except (sqlite3.Error, OSError):
                raise  # not the event's doing
            except Exception:  # it stays held, is given up after days and said aloud; the others go on
                log.exception("held event unreadable", event_id=row.event_id)
                self.counts["unreadable"] += 1
        return found

    async def members(self, room_id: str, now: datetime) -> dict[str, tuple[str, str | None]] | None:
        """Everybody in a room and their names; None when the homeserver does not say."""
        try:
            return members_of(readable(await self._homeserver.members(room_id), now))
        except MatrixError as error:
            log.warning("members unknown", room_id=room_id, error=error.errcode)
            return None

    # Rooms

    def _invited(
        self, batch: Batch, room_id: str, state: Json, position: str, now: datetime
    ) -> list[RawEvent]:
        stripped = invitation(as_list(state.get("events")), self._user_id)
        asked = happenings.invited(room_id, position, stripped, now)
        if asked is None:
            self.counts["malformed"] += 1
            return []
        # Stripped state has no event ids.
        events = ({"event_id": "stripped", **event} for event in stripped.values())
        batch.rooms.append(RoomNews(room_id, "invite", state=readable(events, now)))
        return [asked]

    async def _room(
        self, batch: Batch, room: RoomPart, since: str | None, position: str, deadline: float
    ) -> list[RawEvent]:
        timeline = await self._timelines.whole(room, since, deadline)
        self.counts["malformed"] += room.malformed
        events: list[RawEvent] = []
        if timeline.gap is not None:
            events.append(self.gap(room.room_id, position, timeline.gap, room.now))
        if timeline.missing is not None:
            batch.missing[room.room_id] = timeline.missing
        if room.new:
            events.extend(happenings.arrived(room, position))
        news = await self._news(room, timeline.events, deadline)
        if not _nothing_new(room, news):
            batch.rooms.append(news)
        if _members_wanted(room, news) and news.members is None:
            batch.members_missing = True
        self._echoes(batch, room.timeline)
        for number, event in enumerate(timeline.events, 1):
            if number % _BREATH == 0:
                await asyncio.sleep(0)
            found = self._event(batch, room, event)
            if found:
                events.append(found)
        if room.membership == "leave":
            events.extend(happenings.removed(room, position, self._user_id))
        return events

    async def _news(self, room: RoomPart, events: Sequence[Incoming], deadline: float) -> RoomNews:
        news = RoomNews(room.room_id, room.membership, member_count=counted(room.summary))
        # What lies in a gap is older than the state that the sync gives. Only comings and goings are missing there,
        # because the sync leaves out members who say nothing.
        in_sync = {event.event_id for event in room.timeline}
        gone_by = [e for e in events if e.type == MEMBER and e.event_id not in in_sync]
        news.state = [e for e in (*gone_by, *room.state, *room.timeline) if e.state_key is not None]
        news.members_doubtful = room.new or room.limited
        if _members_wanted(room, news):
            with suppress(TimeoutError):
                async with asyncio.timeout_at(deadline):
                    news.members = await self.members(room.room_id, room.now)
        return news

    def gap(self, room_id: str, position: str, why: str, now: datetime) -> RawEvent:
        """What is said aloud where something was said that will never be read."""
        self.counts["gaps"] += 1
        log.warning("gap in a room", room_id=room_id, why=why)
        return happenings.gap(room_id, position, why, self._user_id, now)

    # Events

    def _event(self, batch: Batch, room: RoomPart, event: Incoming) -> RawEvent | None:
        if event.sender == self._user_id:
            self._echoes(batch, [event])
            return None
        try:
            if event.type == ENCRYPTED:
                return self._encrypted(batch, room, event)
            found = in_the_clear(event, room.room_id, watched=room.watched)
        except (Rubbish, Malformed) as error:
            self._skip(event.event_id, room.room_id, error)
            return None
        except (sqlite3.Error, OSError):
            raise  # not the event's doing
        except Exception:  # what it does to us must stop no other; it is said aloud as a gap
            log.exception("event unreadable", event_id=event.event_id)
            self.counts["unreadable"] += 1
            return self.gap(room.room_id, event.event_id, "unreadable", room.now)
        if found and found.type == REDACTION:
            batch.redacted.setdefault(room.room_id, []).append(found.content["redacts"])
        return found

    def _encrypted(self, batch: Batch, room: RoomPart, event: Incoming) -> RawEvent | None:
        if event.redacted or event.state_key is not None:
            return None
        source = {
            "event_id": event.event_id,
            "sender": event.sender,
            "type": ENCRYPTED,
            "content": event.content,
        }
        raw = RawEvent(
            event_id=event.event_id,
            room_id=room.room_id,
            sender=event.sender,
            type=ENCRYPTED,
            content={"event": source},
            sent_at=event.sent_at,
            encrypted=True,
        )
        try:
            return _decrypted(self._crypto.decrypt(room.room_id, source), raw)
        except Undecryptable as error:
            self.counts["undecryptable"] += 1
            batch.unread.append((room.room_id, source))
            return replace(raw, session_id=error.session_id)

    def _echoes(self, batch: Batch, events: Iterable[Incoming]) -> None:
        for event in events:
            # A room that we made carries a transaction id too, in its first state; making it is more than that.
            if event.sender == self._user_id and event.ref is not None and event.state_key is None:
                batch.echoes[event.ref] = event.event_id

    def _skip(self, event_id: str, room_id: str, error: Exception) -> None:
        self.counts["malformed"] += 1
        log.info("event skipped", event_id=event_id, room_id=room_id, why=str(error))


def _decrypted(said: Decrypted, raw: RawEvent) -> RawEvent | None:
    if said.type not in SAID:
        return None
    return replace(raw, type=said.type, content=wholesome(said.content))


def sources(rows: Iterable[InboxEvent]) -> list[tuple[str, Json]]:
    """Room and event of held rows, still encrypted."""
    return [(row.room_id, row.content["event"]) for row in rows if row.content]


def _members_wanted(room: RoomPart, news: RoomNews) -> bool:
    """The members of a room that is watched have a role, so all of them must be known."""
    return room.membership == "join" and room.watched and (news.members_doubtful or not room.members_known)


def _nothing_new(room: RoomPart, news: RoomNews) -> bool:
    """As in most syncs: somebody has said something, and the room is as it was."""
    told = news.state or news.members is not None or news.member_count is not None
    return room.before == room.membership and not told and not news.members_doubtful


def _empty(room_id: str, *, watched: bool, now: datetime) -> RoomPart:
    return RoomPart(room_id, "join", {}, None, watched=watched, now=now)


def in_order(per_room: Iterable[Sequence[RawEvent]]) -> list[RawEvent]:
    """All events by the time they were sent, but never out of their room's own order."""
    keyed: list[tuple[datetime, RawEvent]] = []
    for events in per_room:
        latest: datetime | None = None
        for event in events:
            latest = max(latest or event.sent_at, event.sent_at)
            keyed.append((latest, event))
    return [event for _, event in sorted(keyed, key=lambda pair: pair[0])]


def _each(rooms: Json, section: str) -> Iterable[tuple[str, Json]]:
    return ((room_id, as_dict(said)) for room_id, said in as_dict(rooms.get(section)).items())
