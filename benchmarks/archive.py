"""A database as it is after years: so many tickets, with everything that belongs to them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from helpdesk_bot.domain.layout import Layout
from helpdesk_bot.domain.tickets import Priority, Status
from helpdesk_bot.domain.topics import TOPICS
from helpdesk_bot.schedule.steps import CLOCKS
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import upgrade
from helpdesk_bot.storage.models import (
    Base,
    Copy,
    InboxEvent,
    Member,
    Message,
    OutboxRow,
    Person,
    Room,
    Technician,
    Ticket,
    TicketEvent,
    TicketOffer,
    Timer,
)
from helpdesk_bot.storage.timers import of_ticket

Row = dict[str, Any]

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TECHNICIANS_PER_TEAM = 63  # five hundred in eight teams
TICKETS_PER_REQUESTER = 20
YEARS = timedelta(days=4 * 365)  # in which they were asked, evenly
ONE_OPEN_IN = 11  # and with it every team has some
_BATCH = 2_000
_STEPS: dict[str, Row] = {
    "claim": {"from": "new", "to": "claimed"},
    "answer": {},
    "solve": {"from": "claimed", "to": "solved"},
    "confirm": {"from": "solved", "to": "closed"},
}


def requester(ticket: int) -> str:
    return f"@vrager-{ticket // TICKETS_PER_REQUESTER}:test"


def direct_room(ticket: int) -> str:
    return f"!dm-{ticket // TICKETS_PER_REQUESTER}:test"


def technician(team: int, number: int) -> str:
    return f"@helper-{team}-{number}:test"


def card_event(ticket: int) -> str:
    """The event of a ticket's card in its team room."""
    return f"$out{_first_row(ticket)}"


def team_of(ticket: int, layout: Layout) -> int:
    return ticket % len(layout.stadsdelen)


def is_open(ticket: int) -> bool:
    return ticket % ONE_OPEN_IN == 0


async def filled(url: str, layout: Layout, tickets: int) -> Database:
    """A database with so many tickets; the caller closes it."""
    await upgrade(url)
    db = Database(url)
    async with db.engine.begin() as connection:
        await connection.run_sync(_fill, layout, tickets)
    return db


def _fill(connection: Connection, layout: Layout, tickets: int) -> None:
    _insert(connection, Room, _rooms(layout, tickets))
    _insert(connection, Member, _members(layout, tickets))
    _insert(connection, Person, _people(tickets))
    _insert(connection, Technician, _technicians(layout))
    for first in range(1, tickets + 1, _BATCH):
        numbers = range(first, min(first + _BATCH, tickets + 1))
        _insert(connection, Ticket, (_ticket(number, layout, tickets) for number in numbers))
        _insert(connection, InboxEvent, (row for number in numbers for row in _inbox(number, layout)))
        _insert(connection, Message, (row for number in numbers for row in _messages(number, layout)))
        _insert(connection, OutboxRow, (row for number in numbers for row in _outbox(number, layout)))
        _insert(connection, Copy, (row for number in numbers for row in _copies(number)))
        _insert(connection, TicketEvent, _events(numbers, layout, tickets))
        _insert(
            connection, TicketOffer, (row for number in numbers for row in _offers(number, layout, tickets))
        )
        _insert(connection, Timer, (row for number in numbers for row in _timers(number)))
    connection.exec_driver_sql("ANALYZE")


def _timers(number: int) -> Iterator[Row]:
    """What is to happen about an open ticket, all of it later than now."""
    for place, kind in enumerate(CLOCKS) if is_open(number) else ():
        due_at = NOW + timedelta(minutes=1 + number % 5_000 + place)
        yield {"kind": kind, "about": of_ticket(number), "due_at": due_at, "attempts": 0}


def _insert(connection: Connection, model: type[Base], rows: Iterator[Row]) -> None:
    connection.execute(insert(model.__table__), list(rows))  # type: ignore[arg-type]  # it is a Table


def _staff_rooms(layout: Layout) -> list[str]:
    return sorted(layout.staff_rooms)


def _rooms(layout: Layout, tickets: int) -> Iterator[Row]:
    for room_id in _staff_rooms(layout):
        yield _room(room_id, encrypted=True)
    for number in range(tickets // TICKETS_PER_REQUESTER + 1):
        yield _room(direct_room(number * TICKETS_PER_REQUESTER), encrypted=False)


def _room(room_id: str, *, encrypted: bool) -> Row:
    return {
        "room_id": room_id,
        "membership": "join",
        "encrypted": encrypted,
        "join_rule": "invite",
        "members_known": True,
        "member_count": 2,
    }


def _members(layout: Layout, tickets: int) -> Iterator[Row]:
    for team, stadsdeel in enumerate(layout.stadsdelen):
        for number in range(TECHNICIANS_PER_TEAM):
            user_id = technician(team, number)
            for room_id in {stadsdeel.team_room, layout.overflow}:
                yield _member(str(room_id), user_id)
    yield _member(layout.coordination, technician(0, 0))
    for number in range(tickets // TICKETS_PER_REQUESTER + 1):
        first = number * TICKETS_PER_REQUESTER
        yield _member(direct_room(first), requester(first))


def _member(room_id: str, user_id: str) -> Row:
    return {"room_id": room_id, "user_id": user_id, "membership": "join", "name": user_id[1:-5].title()}


def _people(tickets: int) -> Iterator[Row]:
    for number in range(tickets // TICKETS_PER_REQUESTER + 1):
        yield {
            "user_id": requester(number * TICKETS_PER_REQUESTER),
            "language": "nl",
            "language_said": True,
            "stadsdeel": "deel-0",
            "created_at": NOW - timedelta(days=900),
        }


def _technicians(layout: Layout) -> Iterator[Row]:
    """Everybody has said how they help; one in seven has a mentor."""
    for team, stadsdeel in enumerate(layout.stadsdelen):
        for number in range(TECHNICIANS_PER_TEAM):
            yield {
                "user_id": technician(team, number),
                "skills": [TOPICS[number % len(TOPICS)], TOPICS[(number * 3 + 1) % len(TOPICS)]],
                "learning": ["mail"] if number % 7 == 0 else [],
                "languages": ["nl", "en"],
                "stadsdelen": [stadsdeel.id, layout.stadsdelen[(team + number) % len(layout.stadsdelen)].id],
                "paid": number % 4 == 0,
                "quiet_from": "21:00",
                "quiet_until": "08:00",
                "quiet_said": True,
                "quiet_days": [6],
                "show_name": True,
                "mentor": technician(team, number + 1) if number % 7 == 0 else None,
                "created_at": NOW,
                "changed_at": NOW,
            }


def _offers(number: int, layout: Layout, tickets: int) -> Iterator[Row]:
    """Two were asked: one took it, and one let it pass. What is open has been asked of nobody yet."""
    team, at = team_of(number, layout), asked_at(number, tickets)
    for place, outcome in enumerate(() if is_open(number) else ("claimed", "widened")):
        yield {
            "ticket_id": number,
            "user_id": technician(team, (number + place) % TECHNICIANS_PER_TEAM),
            "wave": 1,
            "reason": "skill",
            "offered_at": at,
            "outcome": outcome,
            "ended_at": at,
        }


def asked_at(number: int, tickets: int) -> datetime:
    return NOW - YEARS * (tickets - number + 1) / (tickets + 1)


def _ticket(number: int, layout: Layout, tickets: int) -> Row:
    team = team_of(number, layout)
    waiting = is_open(number)
    at = asked_at(number, tickets)
    return {
        "id": number,
        "requester": requester(number),
        "opened_by": requester(number),
        "room_id": direct_room(number),
        "root_event": f"$q{number}",
        "language": "nl",
        "subject": f"Vraag over de printer van buurthuis {number}",
        "question": f"Vraag over de printer van buurthuis {number}: hij doet het niet meer, wie helpt?",
        "stadsdeel": layout.stadsdelen[team].id,
        "status": Status.NEW if waiting else Status.CLOSED,
        "priority": Priority.NORMAL,
        "assignee": None if waiting else technician(team, number % TECHNICIANS_PER_TEAM),
        "team_room": layout.stadsdelen[team].team_room,
        "card": _first_row(number),
        "suggested": [],
        "created_at": at,
        "claimed_at": None if waiting else at,
        "answered_at": None if waiting else at + timedelta(minutes=1),
        "claim_due": at + timedelta(hours=4),
        "solve_due": at + timedelta(days=3),
        "topic": ("mail", "files", "devices")[number % 3],
        "changed_at": at if waiting else at + timedelta(minutes=3),
        "closed_at": None if waiting else at + timedelta(minutes=3),
        "confirmed": not waiting,
    }


def _inbox(number: int, layout: Layout) -> Iterator[Row]:
    for place, (kind, room_id) in enumerate(_conversation(number, layout), start=1):
        yield {
            "event_id": f"${kind[0]}{number}" if place == 1 else f"$m{number}-{place}",
            "room_id": room_id,
            "sender": requester(number),
            "type": "m.room.message",
            "encrypted": True,
            "sent_at": NOW,
            "received_at": NOW,
            "state": "done",
        }


def _messages(number: int, layout: Layout) -> Iterator[Row]:
    for place, (kind, room_id) in enumerate(_conversation(number, layout), start=1):
        yield {
            "id": number * 4 + place,
            "ticket_id": number,
            "event_id": f"$q{number}" if place == 1 else f"$m{number}-{place}",
            "room_id": room_id,
            "sender": requester(number) if kind == "question" else technician(team_of(number, layout), 1),
            "direction": kind,
            "text": f"Bericht {place} over de printer van buurthuis {number}",
            "sent_at": NOW,
        }


def _conversation(number: int, layout: Layout) -> list[tuple[str, str]]:
    team_room = str(layout.stadsdelen[team_of(number, layout)].team_room)
    return [
        ("question", direct_room(number)),
        ("question", direct_room(number)),
        ("answer", team_room),
        ("note", team_room),
    ]


def _first_row(number: int) -> int:
    """The outbox row of a ticket's card."""
    return number * 5


def _outbox(number: int, layout: Layout) -> Iterator[Row]:
    team_room = str(layout.stadsdelen[team_of(number, layout)].team_room)
    rooms = (team_room, direct_room(number), direct_room(number), team_room, team_room)
    for row, room_id in enumerate(rooms, start=_first_row(number)):
        yield {
            "id": row,
            "txn_id": f"txn-{row}",
            "kind": "send",
            "room_id": room_id,
            "type": "m.room.message",
            "content": {},
            "refs": {},
            "priority": 0,
            "ticket_id": number,
            "state": "sent",
            "created_at": NOW,
            "sent_at": NOW,
            "event_id": f"$out{row}",
        }


def _copies(number: int) -> Iterator[Row]:
    for place in (2, 3):
        yield {"outbox_id": _first_row(number) + place, "message_id": number * 4 + place, "part": "text"}


def _events(numbers: Iterable[int], layout: Layout, tickets: int) -> Iterator[Row]:
    """A minute between each."""
    for number in numbers:
        steps = ("opened", "routed") if is_open(number) else ("opened", "routed", *_STEPS)
        for minute, what in enumerate(steps, start=-2):
            yield {
                "ticket_id": number,
                "at": asked_at(number, tickets) + timedelta(minutes=max(0, minute)),
                "actor": technician(team_of(number, layout), number % TECHNICIANS_PER_TEAM),
                "what": what,
                "detail": _STEPS.get(what, {}),
            }
