"""Where a tombstone leads: the bot follows a room to its successor, and to nowhere else."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from helpdesk_bot.demo.api import path
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import refusals
from helpdesk_bot.storage import delivery
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import OutboxRow
from helpdesk_bot.storage.outbox import Outgoing
from tests.conftest import NewAccount, NewPerson
from tests.matrix.station import Station

OLD = "!old:x.org"


@pytest.fixture
async def station(
    synapse: Synapse,
    new_account: NewAccount,
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Station]:
    monkeypatch.setattr(refusals, "TRIES", (0.05, 0.05))
    account = await new_account("hulp")
    async with Station.at(synapse, tmp_path / "bot", sqlite_url, account.localpart) as station:
        await station.receiver.once()
        yield station


async def public_room(person: Person, **creation: Any) -> str:
    return await person.create_room(preset="public_chat", creation_content=creation)


async def follows(station: Station, room: str, after: str = OLD) -> OutboxRow:
    """Goes where a tombstone in the room `after` points; says what became of it."""
    content = {"via": [station.user_id.partition(":")[2]], "after": after}
    async with station.running():
        (row,) = await station.put(Outgoing(room, content, type="m.room.member", kind="join"))
        await station.drained()
    return await station.row(row)


async def test_into_the_successor(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor", encrypts=False)
    new = await public_room(noor, predecessor={"room_id": OLD})
    assert (await follows(station, new)).state == "sent"
    assert new in await station.homeserver.joined_rooms()
    await station.until(lambda: _says_so(station, new))


async def _says_so(station: Station, room: str) -> bool:
    await station.receiver.once()
    rows = [row for row in await station.heard(room) if row.type == "helpdesk.arrived"]
    return [row.content for row in rows] == [{"predecessor": OLD}]


@pytest.mark.parametrize("creation", [{}, {"predecessor": {"room_id": "!third:x.org"}}, {"predecessor": 7}])
async def test_not_into_the_room_of_others(
    station: Station, new_person: NewPerson, creation: dict[str, Any]
) -> None:
    noor = await new_person("noor", encrypts=False)
    theirs = await public_room(noor, **creation)
    row = await follows(station, theirs)
    assert row.state == "dropped"
    assert theirs not in await station.homeserver.joined_rooms()
    assert station.failed == [], "whoever points at others' rooms does not get the coordinators' attention"


async def test_it_stays_where_it_was_invited(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor", encrypts=False)
    theirs = await noor.create_room(invite=[station.user_id])
    for _ in range(20):
        if await station.room(theirs):
            break
        await station.receiver.once(1_000)
    assert (await follows(station, theirs)).state == "sent"
    assert theirs in await station.homeserver.joined_rooms()


async def test_a_closed_successor_is_said_aloud_and_open_again_entered(
    station: Station, new_person: NewPerson, sqlite_url: str
) -> None:
    noor = await new_person("noor", encrypts=False)
    closed = await noor.create_room(creation_content={"predecessor": {"room_id": OLD}})
    row = await follows(station, closed)
    assert station.failed == [(row.id, "M_FORBIDDEN")]

    await noor.api.call(
        "PUT", path("rooms", closed, "state", "m.room.join_rules", ""), json={"join_rule": "public"}
    )
    async with station.running():
        other_process = Database(sqlite_url)
        async with other_process.transaction() as session:
            assert await delivery.replay(session, row.id) == (1, 0)
        await other_process.close()
        await station.drained(within=10)  # nobody wakes the sender
    assert closed in await station.homeserver.joined_rooms()
