"""Walking back through a room, for what a sync left out or for what was sent in a life before this one."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta

from helpdesk_bot.matrix.http import Homeserver, Json
from helpdesk_bot.matrix.incoming import MEMBER, Incoming, as_list, readable

MOST_IN_A_GAP = 5_000
MOST_BEFORE_JOINING = 200
# The homeserver's clock and ours may differ by this much.
CLOCK_MARGIN = timedelta(minutes=10)


class GapTooLarge(Exception):
    """There is more than is ever read back; `events` is the newest part, the oldest first."""

    def __init__(self, events: list[Json]) -> None:
        super().__init__(f"more than {len(events)} events")
        self.events = events


async def between(
    homeserver: Homeserver, room_id: str, start: str, since: str, most: int = MOST_IN_A_GAP
) -> list[Json]:
    """What happened between two positions, the oldest first. Raises GapTooLarge, MatrixError."""
    found: list[Json] = []
    async for page in pages(homeserver, room_id, start, since):
        found += page
        if len(found) > most:
            raise GapTooLarge(found[:most][::-1])
    return found[::-1]


class Beginning:
    """Finds where a room that we have just joined begins to be ours.

    That is our invitation: clients send a person's first message along with it, before we are in. Without one, only
    what came after our joining was meant for us.
    """

    def __init__(self, user_id: str, timeline: Sequence[Incoming]) -> None:
        self._user_id = user_id
        self._newest_first: list[Incoming] = []
        self._joined_at: int | None = None
        self._length: int | None = None
        self.look_at(timeline[::-1])

    @property
    def found(self) -> bool:
        """Whether there is no need to look further back."""
        return self._length is not None

    @property
    def events(self) -> list[Incoming]:
        """What was said since, the oldest first."""
        length = self._length if self._length is not None else self._joined_at
        return self._newest_first[:length][::-1]

    def look_at(self, page: Sequence[Incoming]) -> None:
        """Goes on, with the newest of the page first."""
        for event in page:
            if self.found:
                return
            place = len(self._newest_first)
            if event.type == MEMBER and event.state_key == self._user_id:
                if event.membership == "invite":
                    self._length = place
                elif event.membership == "join" and event.membership_before != "join":
                    self._joined_at = place
                elif self._joined_at is not None:
                    self._length = self._joined_at  # of an earlier stay: this time nobody invited us
            self._newest_first.append(event)
            self._stop_somewhere()

    def _stop_somewhere(self) -> None:
        looked = len(self._newest_first)
        if self._joined_at is None and looked >= MOST_IN_A_GAP:
            self._length = looked
        elif (
            self._joined_at is not None and looked - self._joined_at > MOST_BEFORE_JOINING and not self.found
        ):
            self._length = self._joined_at


async def find_sent(
    homeserver: Homeserver,
    room_id: str,
    user_id: str,
    is_it: Callable[[str], bool],
    not_before: datetime,
    now: datetime,
) -> str | None:
    """The event that one of our transactions became in the room, however long ago and by whichever device."""
    async for page in pages(homeserver, room_id, None):
        events = readable(page, now)
        for event in events:
            if event.sender == user_id and event.ref is not None and is_it(event.ref):
                return event.event_id
        if events and all(event.sent_at < not_before - CLOCK_MARGIN for event in events):
            return None
    return None


async def pages(
    homeserver: Homeserver, room_id: str, start: str | None, until: str | None = None
) -> AsyncIterator[list[Json]]:
    """Pages of events, the newest first."""
    token = start
    while True:
        answer = await homeserver.messages(room_id, token, to=until)
        yield [event for event in as_list(answer.get("chunk")) if isinstance(event, dict)]
        end = answer.get("end")
        if not isinstance(end, str) or end == token:
            return
        token = end
