"""Months of a helpdesk, made up by a seed: the rows as the bot would have left them, and a plain log of what happened.

The log is what the figures are recounted from. It is kept by the one who made the rows, not read back from them.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.runs.states import RUNS, RunMove
from helpdesk_bot.domain.runs.states import Run as RunState
from helpdesk_bot.domain.tickets import TRANSITIONS, Move, Priority, Status
from helpdesk_bot.storage.models import (
    Organisation,
    Person,
    Run,
    RunEvent,
    RunRole,
    Snapshot,
    Technician,
    Ticket,
    TicketEvent,
    Voucher,
    Work,
)

ZONE = ZoneInfo("Europe/Amsterdam")
START, END = datetime(2026, 2, 2, tzinfo=UTC), datetime(2027, 4, 12, tzinfo=UTC)
STADSDELEN = ["noord", "west", "nieuw-west", None]
TEAMS = {
    "noord": "!team-noord:test",
    "west": "!team-west:test",
    "nieuw-west": "!team-nw:test",
    None: "!team-stad:test",
}
TOPICS = ["mail", "files", "website", None]
WALKERS = [f"@walker-{n}:test" for n in range(4)]
HELPERS = [f"@helper-{n}:test" for n in range(7)]
# Moments at which a week that is reckoned in the wrong zone, or a day too long, goes wrong.
EDGES = [
    datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 29, 22, 0, tzinfo=UTC),
    datetime(2026, 3, 22, 22, 59, 59, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 22, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
    datetime(2026, 12, 27, 23, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    datetime(2027, 1, 3, 22, 59, 59, tzinfo=UTC),
    datetime(2027, 1, 3, 23, 0, tzinfo=UTC),
    datetime(2027, 3, 28, 22, 0, tzinfo=UTC),
]


@dataclass
class Told:
    """One ticket as the generator knows it. `story`: moment, what, who, and the status after it."""

    id: int
    asked: datetime
    by: str
    stadsdeel: str | None
    topic: str | None
    organisation: int | None
    team: str
    lent_to: str | None
    due: dict[str, datetime | None]
    story: list[dict[str, Any]] = field(default_factory=list)
    rests: datetime | None = None
    into: int | None = None


@dataclass
class Months:
    """Everything that happened."""

    tickets: list[Told]
    work: list[dict[str, Any]]
    vouchers: list[dict[str, Any]]
    organisations: list[dict[str, Any]]
    skills: dict[str, list[str]]
    runs: list[dict[str, Any]] = field(default_factory=list)


def months(seed: int, tickets: int = 500) -> Months:
    dice = random.Random(seed)
    organisations = [
        {"id": n, "stadsdeel": dice.choice(STADSDELEN), "backup": dice.choice([None, HELPERS[0]])}
        for n in range(1, 13)
    ]
    told: list[Told] = []
    for number in range(1, tickets + 1):
        told.append(_ticket(dice, number, told))
    vouchers = [
        {
            "id": n,
            "organisation": dice.randint(1, 12),
            "minutes": dice.choice([60, 300, 600, 1200]),
            "expires": (START + timedelta(days=dice.randint(20, 430))).date(),
            "made": START + timedelta(days=dice.randint(0, 200)),
            "ended": dice.choice([None, None, START + timedelta(days=dice.randint(200, 430))]),
        }
        for n in range(1, 16)
    ]
    return Months(
        told,
        [_work(dice, n, told, vouchers) for n in range(1, tickets)],
        vouchers,
        organisations,
        {user: dice.sample(["mail", "files", "website", "chat"], dice.randint(0, 2)) for user in HELPERS[:5]},
        [_run(dice, n) for n in range(1, 61)],
    )


def _moment(dice: random.Random) -> datetime:
    if dice.random() < 0.15:
        return dice.choice(EDGES) + timedelta(seconds=dice.choice([-1, 0, 0, 1]))
    return START + timedelta(seconds=dice.randint(0, int((END - START).total_seconds()) - 1))


def _ticket(dice: random.Random, number: int, others: list[Told]) -> Told:
    asked = _moment(dice)
    stadsdeel = dice.choice(STADSDELEN)
    due = {
        kind: asked + timedelta(minutes=dice.randint(10, longest)) if dice.random() < 0.8 else None
        for kind, longest in (("claim", 3_000), ("answer", 8_000), ("solve", 40_000))
    }
    told = Told(
        number,
        asked,
        f"@asker-{dice.randint(1, 40)}:test",
        stadsdeel,
        dice.choice(TOPICS),
        dice.choice([None, *range(1, 13)]),
        TEAMS[stadsdeel] if dice.random() < 0.8 else dice.choice(list(TEAMS.values())),
        dice.choice(list(TEAMS.values())) if dice.random() < 0.1 else None,
        due,
    )
    _live(dice, told, others)
    return told


def _live(dice: random.Random, told: Told, others: list[Told]) -> None:
    """Moves as the table of statuses allows them, until it is left as it is."""
    status, at = Status.NEW, told.asked
    for _ in range(dice.randint(0, 12)):
        at = _later(dice, at)
        if at >= END:
            break
        if dice.random() < 0.15:  # nothing that counts
            told.story.append({"at": at, "what": "note", "who": HELPERS[1], "after": status})
            continue
        # What goes home is a question of another helpdesk, which counts it.
        possible = [move for (before, move) in TRANSITIONS if before == status and move is not Move.GO_HOME]
        move = dice.choice(possible)
        if move is Move.MERGE and (not others or dice.random() < 0.7):
            continue
        status = TRANSITIONS[status, move]
        told.story.append(_step(dice, told, move, at, status))
        if status is Status.MERGED:
            told.into = dice.choice(others).id
            return
        if status is Status.CLOSED and dice.random() < 0.5:
            at = _say_thanks(dice, told, at)
    if status is Status.WAITING and dice.random() < 0.5:
        told.rests = told.story[-1]["at"]


def _later(dice: random.Random, at: datetime) -> datetime:
    at += timedelta(seconds=dice.choice([0, 60, 3_600, 86_400, 400_000]) + dice.randint(0, 90_000))
    return max(at, dice.choice(EDGES)) if dice.random() < 0.1 else at


def _step(dice: random.Random, told: Told, move: Move, at: datetime, status: Status) -> dict[str, Any]:
    favourite = HELPERS[(told.organisation or 0) % len(HELPERS)]
    helpers = [favourite] * 30 + HELPERS
    who: str | None = dice.choice(helpers)
    if move in (Move.CONFIRM, Move.REOPEN, Move.REQUEUE, Move.REQUESTER_WROTE):
        who = told.by
    if move is Move.EXPIRE:
        who = None
    step: dict[str, Any] = {"at": at, "what": str(move), "who": who, "after": status}
    if move is Move.HAND_OVER:
        step["to"] = dice.choice(helpers)
    if move in (Move.REOPEN, Move.REQUEUE) and told.due["solve"] is not None:
        step["due"] = told.due["solve"]
        told.due["solve"] = at + timedelta(minutes=dice.randint(10, 40_000))
    return step


def _say_thanks(dice: random.Random, told: Told, at: datetime) -> datetime:
    for what in dice.sample(["rated", "thanked", "rated"], dice.randint(1, 3)):
        at += timedelta(seconds=dice.randint(0, 5_000))
        if at < END:
            stars = {"stars": dice.randint(1, 5)} if what == "rated" else {}
            told.story.append({"at": at, "what": what, "who": told.by, "after": Status.CLOSED, **stars})
    return at


def _work(
    dice: random.Random, number: int, told: list[Told], vouchers: list[dict[str, Any]]
) -> dict[str, Any]:
    paid = dice.random() < 0.4
    entry = {
        "id": number,
        "ticket": dice.choice(told).id,
        "who": dice.choice(HELPERS),
        "minutes": dice.randint(1, 240),
        "paid": paid,
        "voucher": dice.choice(vouchers)["id"] if paid and dice.random() < 0.7 else None,
        "day": _moment(dice).astimezone(ZONE).date(),
    }
    return {**entry, "undecided": paid and entry["voucher"] is None and number % 2 == 0}


def _run(dice: random.Random, number: int) -> dict[str, Any]:
    """A run of a playbook, with the moves of the whole run as the table allows them."""
    at, state, story = _moment(dice), RunState.ACCEPTING, []
    run = {
        "id": number,
        "started": at,
        "organisation": dice.choice([None, *range(1, 13)]),
        "walker": dice.choice(WALKERS),
    }
    for _ in range(dice.randint(0, 6)):
        at = _later(dice, at)
        possible = [move for (before, move) in RUNS if before == state]
        if at >= END or not possible:
            break
        move = dice.choice(possible)
        state = RUNS[state, move]
        worth = {}
        if move is RunMove.FINISH:
            left = dice.sample(["Google Drive", "Zoom", "Slack"], dice.randint(0, 2))
            worth = {"left": left, "people": dice.randint(0, 40), "euros": dice.randint(0, 900)}
        story.append({"at": at, "what": f"run_{move}", "after": str(state), "worth": worth})
    return {**run, "story": story}


def _run_rows(run: dict[str, Any]) -> list[Any]:
    state = RunState(run["story"][-1]["after"]) if run["story"] else RunState.ACCEPTING
    over = state in (RunState.FINISHED, RunState.STOPPED, RunState.ROLLED_BACK)
    row = Run(
        id=run["id"],
        playbook="p",
        sha256="p",
        organisation_id=run["organisation"],
        room_id="!own:test",
        language="nl",
        state=state,
        inputs={},
        started_by="@t:test",
        started_at=run["started"],
        ended_at=run["story"][-1]["at"] if over else None,
    )
    role = RunRole(run_id=run["id"], role="initiative", user_id=run["walker"])
    return [row, role]


async def write(session: AsyncSession, made: Months) -> None:
    """The rows, as actions would have left them."""
    for one in made.organisations:
        session.add(
            Organisation(
                id=one["id"],
                name=f"Initiatief {one['id']}",
                name_key=f"initiatief {one['id']}",
                stadsdeel=one["stadsdeel"],
                backup=one["backup"],
                created_at=START,
            )
        )
    await session.flush()
    for told in made.tickets:
        session.add(_row(told))
    await session.flush()
    steps = sorted(
        (
            (step["at"], told.id, place, step)
            for told in made.tickets
            for place, step in enumerate(told.story)
        ),
        key=lambda entry: entry[:3],
    )
    for at, ticket_id, _, step in steps:
        detail = {"helper": step["to"]} if "to" in step else {}
        detail |= {"solve_due": step["due"].isoformat()} if "due" in step else {}
        detail |= {"stars": step["stars"]} if "stars" in step else {}
        session.add(
            TicketEvent(ticket_id=ticket_id, at=at, actor=step["who"], what=step["what"], detail=detail)
        )
    for voucher in made.vouchers:
        session.add(
            Voucher(
                id=voucher["id"],
                organisation_id=voucher["organisation"],
                funder="Fonds",
                minutes=voucher["minutes"],
                expires_on=voucher["expires"],
                created_by="@els:test",
                created_at=voucher["made"],
                ended_at=voucher["ended"],
            )
        )
    await session.flush()
    for entry in made.work:
        session.add(
            Work(
                ticket_id=entry["ticket"],
                user_id=entry["who"],
                minutes=entry["minutes"],
                paid=entry["paid"],
                voucher_id=entry["voucher"],
                undecided=entry["undecided"],
                worked_on=entry["day"],
                event_id=f"$work{entry['id']}",
                created_at=START,
            )
        )
    session.add(Snapshot(sha256="p", playbook="p", version="1.0.0", text="{}"))
    for number, walker in enumerate(WALKERS):
        session.add(Person(user_id=walker, stadsdeel=STADSDELEN[number], created_at=START))
    await session.flush()
    for run in made.runs:
        row, role = _run_rows(run)
        session.add(row)
        await session.flush()
        session.add(role)
        for step in run["story"]:
            session.add(RunEvent(run_id=run["id"], at=step["at"], what=step["what"], detail=step["worth"]))
    for user, skills in made.skills.items():
        session.add(
            Technician(
                user_id=user,
                skills=skills,
                learning=[],
                languages=[],
                stadsdelen=[],
                quiet_days=[],
                created_at=START,
                changed_at=START,
            )
        )


def _row(told: Told) -> Ticket:
    status = told.story[-1]["after"] if told.story else Status.NEW
    assignee: str | None = None
    claimed = answered = solved = closed = None
    for step in told.story:
        what, at = step["what"], step["at"]
        if what in ("claim", "hand_over"):
            claimed = claimed or at
            assignee = step.get("to", step["who"])
        elif what in ("release", "requeue"):
            assignee = None
        elif what in ("solve", "await"):
            assignee = assignee or step["who"]
        if what == "answer":
            answered = answered or at
        solved = at if what == "solve" else None if what in ("reopen", "requeue") else solved
        closed = (
            at
            if what in ("confirm", "expire", "merge")
            else None
            if what in ("reopen", "requeue")
            else closed
        )
    noticed = [step["at"] for step in told.story if step["what"] != "note"]
    return Ticket(
        id=told.id,
        requester=told.by,
        opened_by=told.by,
        room_id="!dm:test",
        language="nl",
        subject=f"Vraag {told.id}",
        question=f"Vraag {told.id}",
        stadsdeel=told.stadsdeel,
        organisation_id=told.organisation,
        status=status,
        priority=Priority.NORMAL,
        assignee=assignee,
        team_room=told.team,
        suggested=[],
        topic=told.topic,
        lent_to=told.lent_to,
        claim_due=told.due["claim"],
        answer_due=told.due["answer"],
        solve_due=told.due["solve"],
        rests=told.rests,
        created_at=told.asked,
        changed_at=max(noticed, default=told.asked),
        claimed_at=claimed,
        answered_at=answered,
        solved_at=solved,
        closed_at=closed,
        merged_into=told.into,
    )


def first_moment(year: int, number: int) -> datetime:
    """The first moment of an ISO week: week 1 is the one that holds 4 January."""
    day = date(year, 1, 4)
    while day.weekday() != 0:
        day -= timedelta(days=1)
    day += timedelta(days=7 * (number - 1))
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)
