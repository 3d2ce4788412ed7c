"""Homeservers that federate: two for the whole session. Whoever stops one starts it again."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import pytest

from helpdesk_bot.demo.synapse import Synapse
from tests.federation.gate import Gated, behind_gates
from tests.matrix.station import Station

Pair = tuple[Synapse, Synapse]
Stations = tuple[Station, Station]

_numbers = count(1)


@pytest.fixture(scope="session")
async def gated(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gated]:
    async with behind_gates(tmp_path_factory.mktemp("homeservers"), "noord", "west") as found:
        yield found


@pytest.fixture(scope="session")
def homeservers(gated: Gated) -> Pair:
    return gated.servers[0], gated.servers[1]


@pytest.fixture
async def stations(
    homeservers: Pair, sqlite_url: str, postgresql_url: str, tmp_path: Path
) -> AsyncIterator[Stations]:
    """A bot of each homeserver, without a helpdesk, running: one on SQLite, one on PostgreSQL."""
    async with AsyncExitStack() as here:
        found = []
        for server, url in zip(homeservers, (sqlite_url, postgresql_url), strict=True):
            account = await server.register(f"bot-{next(_numbers)}")
            folder = tmp_path / account.localpart
            station = await here.enter_async_context(Station.at(server, folder, url, account.localpart))
            await station.receiver.once()
            found.append(station)
        yield found[0], found[1]
