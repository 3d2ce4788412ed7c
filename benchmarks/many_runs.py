"""Whether a thousand runs slow anything down: the real chat code on SQLite, among as many runs as open tickets.

Answers to steps and to tickets are worked on in turn, so that a busy moment of the machine slows both.
"""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from benchmarks import archive
from benchmarks.archive import NOW
from benchmarks.many_tickets import send_all, time_of
from benchmarks.report import Figure, median
from benchmarks.walking import TRAINERS, spread, trainer, walked
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import asks, checking
from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.actions.runs.digest import DIGEST
from helpdesk_bot.actions.runs.moves import LATE
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.domain.runs.states import Run as State
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.playbooks.shelving import shelf_in
from helpdesk_bot.schedule.due import run_due
from helpdesk_bot.storage import inbox, restored, timers
from helpdesk_bot.storage.inbox import RawEvent
from helpdesk_bot.storage.models import Dialog, Timer
from tests.conversation.stage import LAYOUT, Stage

PART = "many runs"
LIBRARY = Path(__file__).parents[1] / "playbooks"
DUE_WITHIN = 0.1  # seconds to ask what is due
DUE = 50  # of it at once
MOST = 1.5  # times as long as a reply to a question


@dataclass
class Town:
    """`turns`: steps that somebody may say to be done with one word, in a chat of their own and in a room."""

    stage: Stage
    turns: dict[bool, Iterator[Asked]]
    tickets: Iterator[int]
    numbers: Iterator[int] = field(default_factory=count)
    taken: int = 0  # the ticket that was taken last

    @classmethod
    async def walked(cls, folder: Path, runs: int) -> "Town":
        """With as many open tickets as runs, and those that were closed behind them."""
        tickets = runs * archive.ONE_OPEN_IN
        stage = await walked(folder, await shelf_in(LIBRARY, folder), runs, tickets)
        turns = await _turns(stage)
        chosen = {alone: iter([turn for turn in turns if _alone(turn) is alone]) for alone in (True, False)}
        return cls(stage, chosen, iter(filter(archive.is_open, range(1, tickets + 1))))

    async def says(self, sender: str, room_id: str, body: str, reply_to: str | None = None) -> float:
        content: dict[str, Any] = {"msgtype": "m.text", "body": body}
        if reply_to is not None:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        raw = RawEvent(f"$bench{next(self.numbers)}", room_id, sender, "m.room.message", content, NOW)
        return await time_of(self.stage.db, self.stage.worker, raw)


def _alone(turn: Asked) -> bool:
    return turn.dialog.room_id.startswith("!dm-")


async def _turns(stage: Stage) -> list[Asked]:
    """Steps in hand of which nothing has to be told."""
    found = []
    async with stage.db.reading() as session:
        act = Act(session, NOW, stage.setting)
        for dialog in (await session.scalars(select(Dialog).order_by(Dialog.id))).all():
            asked = asks.read(dialog)
            if asked is None or asked.what is not Ask.DO or asked.step is None:
                continue
            walk = await Walk.numbered(act, asked.run_id)
            in_hand = walk.run.state is State.RUNNING and walk.states[asked.step] is Step.DOING
            if in_hand and walk.written(asked.step).evidence is None:
                found.append(asked)
    return found


async def _done_alone(town: Town) -> float:
    turn = next(town.turns[True])
    return await town.says(turn.dialog.user_id, turn.dialog.room_id, "gedaan")


async def _done_in_room(town: Town) -> float:
    turn = next(town.turns[False])
    return await town.says(turn.dialog.user_id, turn.dialog.room_id, "gedaan", f"$out{turn.dialog.asked}")


async def _follow_up(town: Town) -> float:
    number = next(town.tickets)
    return await town.says(archive.requester(number), archive.direct_room(number), "het licht knippert ook")


async def _take(town: Town) -> float:
    """The first one of a helper: with it they take the question."""
    town.taken = next(town.tickets)
    return await _reply(town)


async def _reply(town: Town) -> float:
    team = archive.team_of(town.taken, LAYOUT)
    at_card = archive.technician(team, 1), str(LAYOUT.stadsdelen[team].team_room)
    return await town.says(*at_card, "we komen langs", archive.card_event(town.taken))


async def _asked(town: Town) -> float:
    """All that is asked to see what is due, of which something may be."""
    stage, started = town.stage, time.perf_counter()
    async with stage.db.reading() as session:
        await restored.recently(session, NOW)
        await timers.next_due(session, NOW)
        await inbox.next_pending(session)
        await checking.due(session, NOW, [], stage.setting.config.checks.at_once)
    return time.perf_counter() - started


async def _swept(town: Town) -> float:
    started = time.perf_counter()
    await run_due(town.stage.db, town.stage.setting, lambda: NOW)
    took = time.perf_counter() - started
    async with town.stage.db.transaction() as session:
        await send_all(session)
    return took


async def _make_due(town: Town) -> None:
    """Steps of so many runs wait at their day."""
    async with town.stage.db.transaction() as session:
        found = select(Timer.id).where(Timer.kind == LATE).order_by(Timer.about).limit(DUE)
        await session.execute(update(Timer).where(Timer.id.in_(found)).values(due_at=NOW))


async def _digest(town: Town) -> float:
    """One trainer hears what waits for them in all their runs."""
    about = f"trainer:{trainer(next(town.numbers))}"
    async with town.stage.db.transaction() as session:
        await timers.set_moment(session, DIGEST, about, NOW)
    return await _swept(town)


ALONE, IN_ROOM = "a step is done, in a chat of one's own", "a step is done, in a room, as a reply"
FOLLOW_UP, TAKE, REPLY = "more from who asked", "a helper's first reply", "a helper's reply"
TRIALS: dict[str, Callable[[Town], Awaitable[float]]] = {
    ALONE: _done_alone,
    FOLLOW_UP: _follow_up,
    TAKE: _take,
    REPLY: _reply,
    IN_ROOM: _done_in_room,
}


async def measure(folder: Path, runs: int, repetitions: int) -> list[Figure]:
    town = await Town.walked(folder, runs)
    try:
        where = await spread(town.stage)
        figures = [*await _sweeps(town, repetitions), *await _answers(town, repetitions)]
        return [Figure(PART, "runs", runs, "", remark=where), *figures]
    finally:
        await town.stage.db.close()


async def _sweeps(town: Town, repetitions: int) -> list[Figure]:
    nothing = [max(await _asked(town), await _swept(town)) for _ in range(repetitions)]
    await _make_due(town)
    asked = [await _asked(town) for _ in range(repetitions)]
    said = await _swept(town)
    digests = [await _digest(town) for _ in range(repetitions)]
    each = f"{said / DUE * 1000:.1f} ms each, each in a transaction of its own"
    return [
        Figure(PART, "what is due? Nothing", median(nothing), "s", DUE_WITHIN),
        Figure(PART, f"what is due? {DUE} steps", median(asked), "s", DUE_WITHIN),
        Figure(PART, f"{DUE} people hear that a step still waits", said, "s", None, each),
        Figure(PART, f"one of {TRAINERS} trainers hears what waits in their runs", median(digests), "s"),
    ]


async def _answers(town: Town, repetitions: int) -> list[Figure]:
    times: dict[str, list[float]] = defaultdict(list)
    for number in range(-1, repetitions):  # the first time counts for nothing
        for name, trial in TRIALS.items():
            took = await trial(town)
            if number >= 0:
                times[name].append(took)
    medians = {name: median(took) for name, took in times.items()}
    beside = ", ".join(f"{name} {medians[name] * 1000:.1f}" for name in (REPLY, TAKE, FOLLOW_UP))
    return [
        Figure(
            PART,
            f"{name}, beside {REPLY}",
            medians[name] / medians[REPLY],
            "×",
            MOST,
            f"{medians[name] * 1000:.1f} ms; {beside}",
        )
        for name in (ALONE, IN_ROOM)
    ]
