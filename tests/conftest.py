"""One homeserver and one database server for the whole test session; fresh people, rooms and databases per test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest

from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Account, Synapse
from tests.support.postgres import Postgres

NewAccount = Callable[[str], Awaitable[Account]]


class NewPerson(Protocol):
    async def __call__(self, name: str, *, encrypts: bool = True) -> Person: ...


_numbers = count(1)
_LONG = ("chaos", "demo", "e2e")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: begun last, it would keep one process busy while the other has nothing to do."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in _LONG)


@pytest.fixture(scope="session")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    """A real homeserver without rate limits. A test that stops it starts it again."""
    async with Synapse(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest.fixture(scope="session")
async def limited_synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    """A real homeserver with Synapse's own default rate limits."""
    async with Synapse(tmp_path_factory.mktemp("limited"), default_limits=True) as server:
        yield server


@pytest.fixture
def new_account(synapse: Synapse) -> NewAccount:
    """Makes accounts that no other test uses: `await new_account("noor")` is @noor-7, called Noor."""

    async def make(name: str) -> Account:
        return await synapse.register(f"{name}-{next(_numbers)}", displayname=name.capitalize())

    return make


@pytest.fixture
async def new_person(synapse: Synapse, new_account: NewAccount, tmp_path: Path) -> AsyncIterator[NewPerson]:
    """Makes people that no other test knows, listening with their own client until the test ends.

    `await new_person("noor")` is @noor-7, called Noor. Without `encrypts` the client is lighter, for plain rooms.
    """
    async with AsyncExitStack() as here:

        async def make(name: str, *, encrypts: bool = True) -> Person:
            account = await new_account(name)
            folder = tmp_path / account.localpart if encrypts else None
            return await here.enter_async_context(Person.at(synapse, name, folder, account=account))

        yield make


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[Postgres]:
    """A real PostgreSQL server."""
    async with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_server(request: pytest.FixtureRequest) -> Postgres | None:
    """The server behind `database_url`; none for SQLite. Not async, so that PostgreSQL starts only when asked for."""
    if request.param == "sqlite":
        return None
    server: Postgres = request.getfixturevalue("postgres")
    return server


@pytest.fixture
async def database_url(database_server: Postgres | None, tmp_path: Path) -> AsyncIterator[str]:
    """The SQLAlchemy URL of a fresh, empty database; the test runs once on each kind."""
    if database_server is None:
        yield f"sqlite+aiosqlite:///{tmp_path / 'helpdesk.db'}"
        return
    async with database_server.database() as url:
        yield url
