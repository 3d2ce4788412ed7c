"""What a restored backup means for the work after it.

All that came in since the backup is worked on a second time, and what it says may have been said before, by a life
that this database knows nothing of. The homeserver forgets transaction ids after a day and for each new device, so
such rows are looked for in their room before they are sent.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage import delivery, echoes, inbox
from helpdesk_bot.storage.models import Echo

_BOOKMARK = "restored"
_ERA = "era"
# The homeserver's clock and ours may differ by this much.
_CLOCK_MARGIN = timedelta(minutes=10)
# Longer than a message waits for its key, or a question for its last reminder.
_COUNTS_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Restored:
    """`since`: when the backup was made. `until`: when the restored helpdesk had first heard everything; None before."""

    since: datetime
    until: datetime | None

    def covers(self, moment: datetime) -> bool:
        """Whether what was said at this moment may have been worked on before."""
        return self.until is None or moment < self.until + _CLOCK_MARGIN


async def note(session: AsyncSession, since: datetime, now: datetime) -> None:
    """Called by the restore, inside the database that it brings back."""
    before = await recently(session, now)
    if before:  # what was restored then may not be finished yet
        since = min(since, before.since)
    await delivery.suspect_all(session)
    await echoes.skip_numbers(session)
    await _write(session, Restored(since, None))
    await inbox.move_bookmark(session, _ERA, str(int(now.timestamp())))


async def era(session: AsyncSession) -> int:
    """When this database was put back last, in seconds since 1970; 0 for never. Other helpdesks notice by it."""
    return int(await inbox.bookmark(session, _ERA) or 0)


async def caught_up(session: AsyncSession, now: datetime) -> Restored | None:
    """To be called when everything up to now is in the inbox: what is said later is said for the first time."""
    known = await recently(session, now)
    if known is None:
        await session.execute(delete(Echo))
    if known is None or known.until is not None:
        return known
    await _write(session, Restored(known.since, now))
    return await recently(session, now)


async def hear(session: AsyncSession, heard: Mapping[str, str], now: datetime) -> None:
    """Takes in our own words as they come back: the events by their transaction ids."""
    known = await recently(session, now) if heard else None
    for key, event_id in heard.items():
        if known is None:
            await delivery.mark_sent(session, key, event_id, now)
        elif not await delivery.heard(session, key, event_id, now):
            await echoes.remember(session, key, event_id)


async def recently(session: AsyncSession, now: datetime) -> Restored | None:
    """The last restore, as long as something may still be done for the second time."""
    value = await inbox.bookmark(session, _BOOKMARK)
    if value is None:
        return None
    since, until = (moment and datetime.fromisoformat(moment) for moment in json.loads(value))
    return Restored(since, until) if until is None or now - until < _COUNTS_FOR else None


async def _write(session: AsyncSession, restored: Restored) -> None:
    value = [restored.since.isoformat(), restored.until.isoformat() if restored.until else None]
    await inbox.move_bookmark(session, _BOOKMARK, json.dumps(value))
