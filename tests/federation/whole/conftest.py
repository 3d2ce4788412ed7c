"""Whole helpdesks on homeservers that federate, one on SQLite and one on PostgreSQL, and people with real clients on them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import pytest

from helpdesk_bot.demo.federation import federating
from helpdesk_bot.demo.person import Person
from tests.federation.conftest import Pair
from tests.federation.helpdesks import Helpdesk, become_peers, helpdesk
from tests.support.postgres import Postgres

Two = tuple[Helpdesk, Helpdesk]
Three = tuple[Helpdesk, Helpdesk, Helpdesk]
_numbers = count(1)


@pytest.fixture(scope="package")
async def two(
    homeservers: Pair, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Two]:
    folder = tmp_path_factory.mktemp("helpdesks")
    noord, west = homeservers
    async with (
        postgres.database() as url,
        helpdesk(noord, folder / "noord", "noord", "Noord") as one,
        helpdesk(west, folder / "west", "west", "West", url) as other,
    ):
        await asyncio.gather(one.bot.start(), other.bot.start())
        await become_peers(one, other)
        yield one, other


@pytest.fixture(scope="package")
async def three(two: Two, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Three]:
    """The third one, on SQLite, and the first trust each other; the third has only added the second."""
    noord, west = two
    folder = tmp_path_factory.mktemp("third")
    async with (
        federating(noord.server.folder.parent, "oost") as server,
        helpdesk(server, folder, "oost", "Oost") as oost,
    ):
        await oost.bot.start()
        await become_peers(noord, oost)
        await oost.coordinator.send(oost.coordination, f"!federatie toevoegen {west.bot_id}")
        yield noord, west, oost


@pytest.fixture
async def people(two: Two, tmp_path: Path) -> AsyncIterator[list[Person]]:
    """Somebody who asks in each."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                Person.at(each.server, f"asks-{next(_numbers)}", tmp_path / each.part)
            )
            for each in two
        ]
