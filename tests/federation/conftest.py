"""Homeservers that federate: two for the whole session. Whoever stops one starts it again."""

from collections.abc import AsyncIterator

import pytest

from helpdesk_bot.demo.federation import federation
from helpdesk_bot.demo.synapse import Synapse

Pair = tuple[Synapse, Synapse]


@pytest.fixture(scope="session")
async def homeservers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    async with federation(tmp_path_factory.mktemp("homeservers"), "noord", "west") as (noord, west):
        yield noord, west
