"""What is said while the other homeserver is down, before the two bots ever wrote to each other."""

import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from helpdesk_bot.matrix.http import Homeserver
from tests.federation.conftest import Pair, Stations
from tests.federation.speaker import Speaker
from tests.federation.talk import hears, meet, offer
from tests.matrix.device import Device
from tests.matrix.station import Station

SECONDS = 20.0  # in which what waited for a homeserver must have come after its return
_numbers = count(1)


@pytest.fixture
async def west(homeservers: Pair, postgresql_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    account = await homeservers[1].register(f"west-{next(_numbers)}")
    async with Station.at(homeservers[1], tmp_path / "west", postgresql_url, account.localpart) as station:
        await station.receiver.once()
        yield station


@pytest.fixture
async def witness(homeservers: Pair) -> AsyncIterator[Device]:
    """Somebody else in their room, on the first homeserver."""
    account = await homeservers[0].register(f"witness-{next(_numbers)}")
    async with aiohttp.ClientSession() as session:
        homeserver = Homeserver(homeservers[0].url, account.token, session=session)
        device = Device(account.user_id, account.device_id, homeserver)
        await device.publish(one_time_keys=5)
        yield device


def rows(path: Path, query: str, *values: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query, values).fetchall()


@pytest.mark.parametrize("known", [False, True], ids=["device unknown", "device known"])
async def test_the_first_words(
    homeservers: Pair, west: Station, witness: Device, sqlite_url: str, tmp_path: Path, known: bool
) -> None:
    noord_server, west_server = homeservers
    folder = tmp_path / "noord"
    name = f"noord-{next(_numbers)}"
    await noord_server.register(name)
    async with Station.at(noord_server, folder, sqlite_url, name) as noord:
        await noord.receiver.once()
        room = await meet(noord, west)
        await noord.homeserver.invite(room, witness.user_id)
        await witness.homeserver.join(room)
        if known:
            await noord.crypto._devices.refresh([west.user_id])

    async def left() -> bool:
        query = "SELECT membership FROM members WHERE room_id=? AND user_id=?"
        return rows(tmp_path / "helpdesk.db", query, room, witness.user_id) == [("leave",)]

    async def paid() -> bool:
        return rows(folder / "keys.db", "SELECT id FROM owed_keys") == []

    await west_server.kill()
    async with west.running():
        async with Speaker.of(noord_server, folder, sqlite_url, room) as speaker:
            await speaker.says(1)
            await speaker.stops()
        async with Speaker.of(noord_server, folder, sqlite_url, room) as speaker:
            await speaker.says(2)
            await witness.homeserver.leave(room)
            await west.until(left)
            await speaker.says(3)  # with a new key, as somebody has left
        # And this one was killed.
        query = "SELECT DISTINCT session_id FROM owed_keys WHERE user_id=?"
        assert len(rows(folder / "keys.db", query, west.user_id)) == 3
        async with Speaker.of(noord_server, folder, sqlite_url, room) as speaker:
            await speaker.says(4)
            await west_server.start()
        # So was this one, about when it was being paid.
        async with Speaker.of(noord_server, folder, sqlite_url, room):
            await hears(west, room, 1, 2, 3, 4, within=SECONDS)
            await west.until(paid)


async def test_a_homeserver_that_takes_connections_and_says_nothing(
    homeservers: Pair, stations: Stations, witness: Device
) -> None:
    noord, west = stations
    room = await meet(noord, west)
    await noord.homeserver.invite(room, witness.user_id)
    await witness.homeserver.join(room)
    assert homeservers[1].pid
    os.kill(homeservers[1].pid, signal.SIGSTOP)
    try:
        async with noord.running():
            await noord.put(offer(room, number=1))
            await noord.drained(within=50.0)  # our homeserver would wait for minutes
            [number_2] = await noord.put(offer(room, number=2))
            await noord.drained(within=5.0)
            event_id = (await noord.row(number_2)).event_id
            assert event_id
            await witness.sync()
            event = await witness.homeserver.event(room, event_id)
            assert witness.reads(event)["content"]["number"] == 2
            os.kill(homeservers[1].pid, signal.SIGCONT)
            async with west.running():
                await hears(west, room, 1, 2, within=SECONDS)
    finally:
        os.kill(homeservers[1].pid, signal.SIGCONT)
