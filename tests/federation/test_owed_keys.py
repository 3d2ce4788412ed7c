"""What is said while the other homeserver is down, before the two bots ever wrote to each other."""

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from helpdesk_bot.matrix.http import Homeserver
from tests.federation.conftest import Pair
from tests.federation.speaker import Speaker
from tests.federation.talk import hears, meet
from tests.matrix.device import Device
from tests.matrix.station import Station

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
            begun = time.monotonic()
            await hears(west, room, 1, 2, 3, 4)
            assert time.monotonic() - begun < 15
            await west.until(paid)
