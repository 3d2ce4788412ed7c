"""Every step of the protocol between two helpdesks by its name, and what goes wrong in the middle of it.

A step is a word that is said or heard, at one of the moments between two writes on its way. The words are those of the code
itself, so a new one can't be forgotten: a step that was never reached fails the run.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.chaos.result import Result
from helpdesk_bot.clock import utc_now
from helpdesk_bot.protocol.reading import written
from helpdesk_bot.protocol.words import BY_TYPE, EVENT_TYPE, VERSION, Sync
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import Peer
from helpdesk_bot.storage.outbox import Outgoing
from tests.federation.helpdesks import Helpdesk

# Of a word that is said, and of one that is heard.
MOMENTS = ("send.before", "send.after", "send.marked", "work.written", "work.committed")
# Where a homeserver goes down: of whoever says it, before it has it; of whoever hears it, before and after that one has it.
HALTS = ("send.before", "send.after", "work.written")
TO_THE_OTHER = "send.after"
DOWN = 1.0  # seconds that it is away
PATIENCE = 180.0  # seconds in which the next step must be reached
AGAIN = 20.0  # seconds after which what people don't bring about is brought about once more
UNKNOWN = "dance"  # a word that no helpdesk knows, so the answer is a problem


def steps(moments: Collection[str], boundaries: Collection[str]) -> tuple[list[str], list[str]]:
    """As `helpdesk_bot/boundaries.py` names places, as far as they are at these boundaries: those of the one side, and those of
    the other. Each side has some of each word."""
    sides: tuple[list[str], list[str]] = ([], [])
    for number, word in enumerate(BY_TYPE):
        for at, moment in enumerate(moment for moment in moments if moment in boundaries):
            sides[(number + at) % 2].append(f"{moment}@{word}")
    return sides


async def killed_at_each(result: Result, side: Helpdesk, other: Helpdesk, places: Collection[str]) -> None:
    """Its bot dies at every one of these places, whichever it comes to first, and is started again at once."""
    left = set(places)
    await side.bot.kill()
    while left:
        await _bring_about(side, other, left)
        side.bot.launch(kill_at=",".join(sorted(left)))
        if not await side.bot.died_as_armed(PATIENCE):
            result.unreached += [f"{place} in {side.part}" for place in sorted(left)]
            break
        [place] = side.bot.reached()
        left.remove(place)
        result.kills[place] += 1
    await side.bot.kill()
    await side.bot.start()


async def outage_at_each(
    result: Result, side: Helpdesk, other: Helpdesk, places: Collection[str], sending: asyncio.Lock
) -> None:
    """A homeserver goes down while a bot stands still at each of these places: that of whoever says the word, when it is said or
    about to be; or that of whoever hears it."""
    left = set(places)
    await side.bot.kill()
    side.bot.launch(halt_at=",".join(sorted(left)))
    while left:
        place = await _next_halt(side, other, left)
        if place is None:
            result.unreached += [f"{place} in {side.part}, without a homeserver" for place in sorted(left)]
            break
        left.remove(place)
        server = (other if place.startswith(TO_THE_OTHER) else side).server
        async with sending:
            await server.kill()
            side.bot.goes_on()
            await asyncio.sleep(DOWN)
            await server.start()
        result.kills[f"homeserver of {server.folder.name} at {place}"] += 1
    await side.bot.kill()
    await side.bot.start()


async def _next_halt(side: Helpdesk, other: Helpdesk, left: Collection[str]) -> str | None:
    for _ in range(round(PATIENCE / AGAIN)):
        # A bot may stand still in the middle of a write, so that its database is locked; the next time it does not.
        with suppress(OperationalError):
            await _bring_about(side, other, left)
        with suppress(TimeoutError):
            async with asyncio.timeout(AGAIN):
                while True:
                    for place in side.bot.reached():
                        if place in left:
                            return place
                    await asyncio.sleep(0.05)
    return None


async def _bring_about(side: Helpdesk, other: Helpdesk, left: Collection[str]) -> None:
    """One of the words that people don't bring about, on both sides, if it is still to be reached."""
    awaited = {place.partition("@")[2] for place in left}
    if "week" in awaited:
        for each in (side, other):
            await _through(each, _tell_the_week)
    if said := next((word for word in ("hello", "sync", "problem") if word in awaited), None):
        for here, there in ((side, other), (other, side)):
            peer, theirs = await here.peer(there), await there.peer(here)
            content = {
                "hello": {**(theirs.hello or {}), "answer": True},
                "sync": written(Sync(lends=[], answer=True)),
                "problem": {"protocol": VERSION, "type": UNKNOWN},
            }[said]
            await _through(here, _saying(str(peer.room_id), content))


Change = Callable[[AsyncSession], Awaitable[None]]


async def _through(side: Helpdesk, change: Change) -> None:
    db = side.database
    try:
        async with db.transaction() as session:
            await change(session)
    finally:
        await db.close()


def _saying(room: str, content: dict[str, Any]) -> Change:
    async def say(session: AsyncSession) -> None:
        await outbox.enqueue(session, Outgoing(room, content, type=EVENT_TYPE), utc_now())

    return say


async def _tell_the_week(session: AsyncSession) -> None:
    """As when it was told something that it does not count any more."""
    for peer in (await session.scalars(select(Peer))).all():
        peer.week_told = None
