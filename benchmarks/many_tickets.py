"""Whether the helpdesk gets slower as the years go by: the real chat code on SQLite, with few and with many tickets.

The databases are worked on in turn, so that a busy moment of the machine slows all of them.
"""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks import archive
from benchmarks.archive import NOW
from benchmarks.report import Figure, median
from helpdesk_bot.actions import offers
from helpdesk_bot.actions.candidates import of_team
from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.chat.dispatch import Worker
from helpdesk_bot.chat.router import explain, handle
from helpdesk_bot.config import Config
from helpdesk_bot.domain.layout import Layout, Stadsdeel
from helpdesk_bot.domain.routing import FIRST_ASKED
from helpdesk_bot.schedule.due import run_due
from helpdesk_bot.storage import delivery, inbox, outbox, timers
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.inbox import RawEvent
from helpdesk_bot.storage.models import OutboxRow, Ticket
from helpdesk_bot.storage.outbox import Outgoing
from helpdesk_bot.texts.render import Texts

PART = "many tickets"
DUE_SWEEP = "the due-sweep"
DUE_WITHIN = 0.05  # seconds
MOST = 2.0  # times as long with many as with few
BOT = "@hulp:test"
MOST_REPETITIONS = 1_000 // archive.ONE_OPEN_IN // 2 - 1  # the smallest database has no more to be claimed
OFFER_WITHIN = 20.0  # milliseconds to decide whom to ask
WEEK_WITHIN = 5.0  # seconds for the city's figures of a week, with as many tickets as there are
BACKLOG = 2_000  # unsent messages, for what the sender asks before each
LAYOUT = Layout(
    stadsdelen=tuple(
        Stadsdeel(f"deel-{number}", f"Deel {number}", (), f"!help-{number}:test", f"!team-{number}:test")
        for number in range(8)
    ),
    overflow="!team-stad:test",
    coordination="!coordinatie:test",
)
CONFIG = Config.model_validate(
    {
        "helpdesk": {"name": "Helpdesk"},
        "homeserver": {"url": "http://127.0.0.1:1", "user_id": BOT},
        "stadsdelen": [
            {"id": part.id, "name": part.name, "help_room": part.help_room, "team_room": part.team_room}
            for part in LAYOUT.stadsdelen
        ],
        "rooms": {"overflow": LAYOUT.overflow, "coordination": LAYOUT.coordination},
    }
)


@dataclass
class Years:
    """One helpdesk with so many tickets behind it."""

    tickets: int
    db: Database
    setting: Setting
    worker: Worker
    claims: Iterator[int]
    answers: Iterator[int]
    numbers: Iterator[int] = field(default_factory=count)
    taken: int = 0  # the ticket that was claimed last

    @classmethod
    async def passed(cls, folder: Path, tickets: int) -> "Years":
        db = await archive.filled(f"sqlite+aiosqlite:///{folder}/years-{tickets}.db", LAYOUT, tickets)
        setting = Setting(CONFIG, LAYOUT, Texts.load())
        worker = Worker(db, setting, lambda: NOW, handle, explain, lambda: None)
        waiting = [number for number in range(1, tickets + 1) if archive.is_open(number)]
        return cls(tickets, db, setting, worker, iter(waiting[::2]), iter(waiting[1::2]))

    async def event(self, sender: str, room_id: str | None, type_: str, content: dict[str, Any]) -> float:
        """Somebody does something; seconds until everything about it is committed."""
        assert room_id is not None
        raw = RawEvent(f"$bench{next(self.numbers)}", room_id, sender, type_, content, NOW)
        return await time_of(self.db, self.worker, raw)

    async def says(self, sender: str, room_id: str | None, body: str) -> float:
        return await self.event(sender, room_id, "m.room.message", {"msgtype": "m.text", "body": body})


async def time_of(db: Database, worker: Worker, raw: RawEvent) -> float:
    """Seconds until everything about what somebody did is committed."""
    async with db.transaction() as session:
        await inbox.accept(session, [raw], NOW)
    started = time.perf_counter()
    assert await worker.step()
    while await worker.step():  # a card is a piece of work of its own
        pass
    took = time.perf_counter() - started
    async with db.transaction() as session:
        assert not await inbox.failed(session)
        await send_all(session)
    return took


async def _claim(years: Years) -> float:
    number = years.taken = next(years.claims)
    about = {"rel_type": "m.annotation", "event_id": archive.card_event(number), "key": "✋"}
    return await years.event(*_at_card(number), "m.reaction", {"m.relates_to": about})


async def _answer(years: Years) -> float:
    number = next(years.answers)
    about = {"m.in_reply_to": {"event_id": archive.card_event(number)}}
    content = {"msgtype": "m.text", "body": "we komen langs", "m.relates_to": about}
    return await years.event(*_at_card(number), "m.room.message", content)


def _at_card(number: int) -> tuple[str, str | None]:
    """A technician of the ticket's team, and the team's room."""
    team = archive.team_of(number, LAYOUT)
    return archive.technician(team, 1), LAYOUT.stadsdelen[team].team_room


async def _offer_in_team(years: Years) -> float:
    return await _decide(years, None)


async def _offer_in_city(years: Years) -> float:
    return await _decide(years, LAYOUT.overflow)


async def _decide(years: Years, room_id: str | None) -> float:
    """Whom to ask about an open question: everything about everybody of its team, or of this room, and who goes first."""
    async with years.db.reading() as session:
        open_ones = years.tickets // archive.ONE_OPEN_IN
        ticket = await session.get_one(Ticket, archive.ONE_OPEN_IN * (1 + next(years.numbers) % open_ones))
        session.expunge(ticket)  # it is only looked at as if it were there
        ticket.team_room = room_id or ticket.team_room
        act = Act(session, NOW, years.setting)
        started = time.perf_counter()
        chosen = await offers.pick(act, ticket, await of_team(act, ticket))
        took = time.perf_counter() - started
        assert len(chosen) == FIRST_ASKED
        return took


async def _open_in_team(years: Years) -> float:
    return await years.says(archive.technician(0, 1), LAYOUT.stadsdelen[0].team_room, "!open")


async def _open_in_city(years: Years) -> float:
    return await years.says(archive.technician(0, 0), LAYOUT.coordination, "!open")


async def _ask(years: Years) -> float:
    number = next(years.numbers) * 7 % years.tickets
    return await years.says(archive.requester(number), archive.direct_room(number), "!nieuw mijn mail hapert")


async def _go_on(years: Years) -> float:
    number = next(years.numbers) * 7 % years.tickets
    return await years.says(archive.requester(number), archive.direct_room(number), "het licht knippert ook")


async def _mine(years: Years) -> float:
    return await years.says(archive.technician(0, 1), LAYOUT.stadsdelen[0].team_room, "!mijn")


async def _search(years: Years) -> float:
    return await years.says(archive.technician(0, 1), LAYOUT.stadsdelen[0].team_room, "!zoek buurthuis 16")


async def _search_in_vain(years: Years) -> float:
    return await years.says(archive.technician(0, 1), LAYOUT.stadsdelen[0].team_room, "!zoek fietspomp")


async def _due(years: Years) -> float:
    """A helper has not answered: what is due is looked for among everything that will be, and said."""
    about = timers.of_ticket(years.taken)
    async with years.db.transaction() as session:
        await timers.set_moment(session, "answer_half", about, NOW)
    started = time.perf_counter()
    done = await run_due(years.db, years.setting, lambda: NOW)
    took = time.perf_counter() - started
    assert done == 2  # the step, and what is said about it
    async with years.db.transaction() as session:
        await send_all(session)
    return took


async def _next_to_send(years: Years) -> float:
    """What the sender asks before each message: here with nothing but the history behind it."""
    started = time.perf_counter()
    async with years.db.reading() as session:
        await delivery.heads(session, NOW, [], 4)
        await delivery.next_moment(session, NOW)
    return time.perf_counter() - started


# What is done, how, and whether it must stay as fast as it was. For a word that is nowhere `!zoek` reads
# all that the team ever wrote.
TRIALS: tuple[tuple[str, Callable[[Years], Awaitable[float]], bool], ...] = (
    ("claim", _claim, True),
    ("!open in a team room", _open_in_team, True),
    ("!open for the whole city", _open_in_city, True),
    ("answer", _answer, True),
    ("new question", _ask, True),
    ("offer decided, in a team", _offer_in_team, True),
    ("offer decided, among 500", _offer_in_city, True),
    ("follow-up", _go_on, True),
    ("!mijn", _mine, True),
    ("what to send next", _next_to_send, True),
    (DUE_SWEEP, _due, True),
    ("!zoek", _search, True),
    ("!zoek, nothing found", _search_in_vain, False),
)


async def measure(folder: Path, sizes: Sequence[int], repetitions: int) -> list[Figure]:
    all_years = [await Years.passed(folder, size) for size in sizes]
    try:
        times: dict[tuple[str, int], list[float]] = defaultdict(list)
        for number in range(-1, repetitions):  # the first time counts for nothing
            for name, trial, _ in TRIALS:
                for years in all_years:
                    took = await trial(years)
                    if number >= 0:
                        times[name, years.tickets].append(took)
        figures = [figure for name, _, flat in TRIALS for figure in _figures(name, flat, sizes, times)]
        sweep = median(times[DUE_SWEEP, sizes[-1]])
        in_words = f"{sweep * 1000:.1f} ms with {sizes[-1]:,}"
        figures.append(Figure(PART, DUE_SWEEP, sweep, "s", DUE_WITHIN, in_words))
        figures += _decisions(sizes, times)
        return [*figures, *[await _week(years) for years in all_years], await _backlog(all_years[0])]
    finally:
        for years in all_years:
            await years.db.close()


def _figures(
    name: str, flat: bool, sizes: Sequence[int], times: dict[tuple[str, int], list[float]]
) -> Iterator[Figure]:
    medians = [median(times[name, size]) for size in sizes]
    in_words = ", ".join(
        f"{took * 1000:.1f} ms with {size:,}" for took, size in zip(medians, sizes, strict=True)
    )
    yield Figure(PART, name, medians[-1] / medians[0], "×", MOST if flat else None, in_words)


def _decisions(sizes: Sequence[int], times: dict[tuple[str, int], list[float]]) -> Iterator[Figure]:
    """In milliseconds, with as many tickets as there are."""
    for name in ("offer decided, in a team", "offer decided, among 500"):
        took = median(times[name, sizes[-1]]) * 1000
        yield Figure(PART, f"{name}, with {sizes[-1]:,} tickets", took, "ms", OFFER_WITHIN)


async def _week(years: Years) -> Figure:
    """Of the whole city: the last one, and one of years ago, since when every ticket has changed."""
    times = {}
    for name, command in (("the last", "!week"), ("years ago", "!week 2023-40")):
        took = [await years.says(archive.technician(0, 0), LAYOUT.coordination, command) for _ in range(3)]
        times[name] = median(took)
    in_words = ", ".join(f"{name} {took * 1000:.0f} ms" for name, took in times.items())
    return Figure(
        PART, f"!week of the city, {years.tickets:,} tickets", max(times.values()), "s", WEEK_WITHIN, in_words
    )


async def _backlog(years: Years) -> Figure:
    """What the sender asks before each message, with one and with many unsent ones in as many rooms."""
    times = []
    for rows in (1, BACKLOG):
        async with years.db.transaction() as session:
            for number in range(rows):
                await outbox.enqueue(session, Outgoing(f"!backlog-{number % 500}:test", {}), NOW)
        times.append(median([await _next_to_send(years) for _ in range(15)]))
    in_words = f"{times[0] * 1000:.1f} ms with 1, {times[1] * 1000:.1f} ms with {BACKLOG:,} unsent"
    return Figure(PART, "what to send next, after an outage", times[1] / times[0], "×", None, in_words)


async def send_all(session: AsyncSession) -> None:
    await session.execute(
        update(OutboxRow).where(OutboxRow.state == "pending").values(state="sent", event_id=OutboxRow.txn_id)
    )
