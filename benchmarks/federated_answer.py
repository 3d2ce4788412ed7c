"""How long an answer is on its way from a technician of another helpdesk to the screen of whoever asked.

Two helpdesks on two homeservers that federate, everything encrypted. In turn, in another order each time: a message from the
technician there to the person here in a room of the two, without any bot; an answer to a question that is lent to the
technician's helpdesk; and an answer of a technician of the person's own helpdesk.
"""

import asyncio
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from benchmarks.report import Figure, median, p95
from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo.federation import federation
from helpdesk_bot.demo.person import Person
from helpdesk_bot.protocol.words import EVENT_TYPE
from helpdesk_bot.storage.models import InboxEvent, OutboxRow
from tests.federation.helpdesks import Helpdesk, become_peers, helpdesk, quiet

PART = "federation"
# Times a message between the two homeservers: so much longer it may take because the technician is elsewhere.
MOST = 2.0
BETWEEN = 0.3  # seconds: what the last answer set in motion must not slow the next
PATIENCE = 60.0
PLAIN, LENT, OWN = "a message, no bot", "an answer from the other helpdesk", "an answer from the own helpdesk"
STAGES = (
    "to the bot there",
    "in the bot there",
    "to the bot here",
    "in the bot here",
    "to the screen",
)


@dataclass(frozen=True)
class Way:
    """How words come from somebody's keyboard to the screen of whoever asked. `text` has a place for the word looked for."""

    name: str
    writer: Person
    room: str
    text: str
    reader: Person
    shown_in: str

    async def once(self, word: str) -> "Passage":
        mark, began = self.reader.mark(), utc_now()
        started = time.perf_counter()
        written = await self.writer.send(self.room, self.text.format(word))
        shown = await self.reader.wait_for(self.shown_in, word, PATIENCE, after=mark)
        return Passage(time.perf_counter() - started, began, utc_now(), written, shown.event_id)


@dataclass(frozen=True, slots=True)
class Passage:
    """`seconds` from Enter to the screen; when that was; and the event ids at both ends."""

    seconds: float
    began: datetime
    ended: datetime
    written: str
    shown: str


async def measure(folder: Path, repetitions: int, rng: random.Random) -> list[Figure]:
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(federation(folder / "homeservers", "noord", "west"))
        here = await stack.enter_async_context(helpdesk(servers[0], folder / "noord", "noord", "Noord"))
        there = await stack.enter_async_context(helpdesk(servers[1], folder / "west", "west", "West"))
        await asyncio.gather(here.bot.start(), there.bot.start())
        await become_peers(here, there)
        noor = await stack.enter_async_context(Person.at(here.server, "noor", folder / "noor"))
        ways = await _ways(here, there, noor)
        await quiet(here, there)
        passages = await _run(ways, repetitions, rng)
        return [*_figures(passages), *await _stages(here, there, passages[LENT])]


async def _ways(here: Helpdesk, there: Helpdesk, noor: Person) -> list[Way]:
    helps = there.coordinator
    plain = await noor.create_room(invite=[helps.user_id], encrypted=True, preset="trusted_private_chat")
    await helps.accept_invite(plain, PATIENCE)
    dm = await noor.create_dm(here.bot_id)
    own = await _asked(here, noor, dm, "de printer")
    await here.coordinator.send(here.team, f"!pak {own}")
    lent = await _asked(here, noor, dm, "de wifi")
    theirs = await _lent(here, there, noor, dm, lent)
    return [
        Way(PLAIN, helps, plain, "Zet hem uit en aan: {}", noor, plain),
        Way(LENT, helps, there.team, f"!antwoord {theirs} Zet hem uit en aan: {{}}", noor, dm),
        Way(OWN, here.coordinator, here.team, f"!antwoord {own} Zet hem uit en aan: {{}}", noor, dm),
    ]


async def _asked(here: Helpdesk, noor: Person, dm: str, about: str) -> int:
    await noor.send(dm, f"!nieuw Een vraag over {about}")
    card = await here.coordinator.wait_for(here.team, rf"Vraag \d+ .*{about}", PATIENCE)
    return _number(card.body, r"Vraag (\d+)")


async def _lent(here: Helpdesk, there: Helpdesk, noor: Person, dm: str, number: int) -> int:
    """The question is with the other helpdesk, under the number that is returned."""
    await here.coordinator.send(here.team, f"!leen {number}")
    await noor.wait_for(dm, rf"voor vraag {number} hulp", PATIENCE)
    await noor.send(dm, "ja")
    offered = await there.coordinator.wait_for(there.team, "kunnen overnemen", PATIENCE)
    theirs = _number(offered.body, r"wij vraag (\d+)")
    await there.coordinator.send(there.team, f"!pak {theirs}")
    await there.coordinator.wait_for(there.team, r"schrijft:\s", PATIENCE)
    return theirs


def _number(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    assert found is not None, text
    return int(found[1])


async def _run(ways: list[Way], repetitions: int, rng: random.Random) -> dict[str, list[Passage]]:
    """All of them in turn, in another order each time; the first two times count for nothing: keys are shared then."""
    passages: dict[str, list[Passage]] = {way.name: [] for way in ways}
    for number in range(-2, repetitions):
        for way in rng.sample(ways, len(ways)):
            passage = await way.once(f"w{rng.randrange(10**9):09d}x")
            if number >= 0:
                passages[way.name].append(passage)
            await asyncio.sleep(BETWEEN)
    return passages


def _figures(passages: dict[str, list[Passage]]) -> Iterator[Figure]:
    times = {name: [passage.seconds for passage in found] for name, found in passages.items()}
    for name, taken in times.items():
        remark = f"p95 {p95(taken) * 1000:.0f} ms, {len(taken)} times"
        yield Figure(PART, name, median(taken) * 1000, "ms", remark=remark)
    plain = median(times[PLAIN])
    more = median([lent - own for lent, own in zip(times[LENT], times[OWN], strict=True)])
    yield Figure(
        PART,
        "what it takes longer because the helper is elsewhere, to a message",
        more / plain,
        "×",
        MOST,
        f"{more * 1000:.0f} ms, the median of the differences",
    )
    yield Figure(PART, "an answer from the other helpdesk, to a message", median(times[LENT]) / plain, "×")


async def _stages(here: Helpdesk, there: Helpdesk, passages: list[Passage]) -> list[Figure]:
    """Where the time of an answer from the other helpdesk goes, by what both databases wrote down."""
    came_there, left_there = await _came(there), await _left(there)
    came_here, left_here = await _came(here), await _left(here)
    # What was said is forgotten once it is sent; but nothing else is said between the two meanwhile.
    spoken = [row for row in left_there.values() if row.type == EVENT_TYPE]
    times: dict[str, list[float]] = defaultdict(list)
    for passage in passages:
        heard = came_there[passage.written]
        word = next(row for row in spoken if row.created_at >= heard)
        moments = (
            passage.began,
            heard,
            _sent(word),
            came_here[str(word.event_id)],
            _sent(left_here[passage.shown]),
            passage.ended,
        )
        for stage, begin, end in zip(STAGES, moments, moments[1:], strict=False):
            times[stage].append((end - begin).total_seconds())
    return [
        Figure(PART, f"of which {stage}", median(times[stage]) * 1000, "ms", remark="median")
        for stage in STAGES
    ]


def _sent(row: OutboxRow) -> datetime:
    assert row.sent_at is not None
    return row.sent_at


async def _came(side: Helpdesk) -> dict[str, datetime]:
    """When its bot had each event."""
    db = side.database
    async with db.reading() as session:
        rows = (await session.execute(select(InboxEvent.event_id, InboxEvent.received_at))).all()
    await db.close()
    return {row.event_id: row.received_at for row in rows}


async def _left(side: Helpdesk) -> dict[str, OutboxRow]:
    """What its bot has sent, by event id."""
    db = side.database
    async with db.reading() as session:
        rows = (
            await session.scalars(
                select(OutboxRow).where(OutboxRow.event_id.is_not(None)).order_by(OutboxRow.id)
            )
        ).all()
    await db.close()
    return {str(row.event_id): row for row in rows}
