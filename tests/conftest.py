"""One homeserver and one database server for the whole test session; fresh people, rooms and databases per test."""

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import Protocol

import pytest

from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Account, Synapse
from helpdesk_bot.storage.migrate import upgrade
from tests.support.postgres import Postgres
from tests.support.together import Scheduling

# Where nothing compiled may be kept, each of the hundreds of helpdesks that the tests start compiles itself anew, and so do
# the tests with every process that collects them.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

NewAccount = Callable[[str], Awaitable[Account]]


class NewPerson(Protocol):
    async def __call__(self, name: str, *, encrypts: bool = True) -> Person: ...


_numbers = count(1)
_LONG = ("chaos", "demo", "e2e", "federation")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: begun last, it would keep one process busy while the other has nothing to do."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in _LONG)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    return Scheduling(config, log)


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


@pytest.fixture(scope="session")
async def blank_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the tables of this version, to be copied: making them takes longer than most tests."""
    path = tmp_path_factory.mktemp("blank") / "helpdesk.db"
    await upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
async def blank_postgresql(postgres: Postgres) -> AsyncIterator[str]:
    """The same on PostgreSQL."""
    async with postgres.database() as url:
        await upgrade(url)
        yield url


@pytest.fixture
def sqlite_url(blank_sqlite: Path, tmp_path: Path) -> str:
    """A fresh SQLite database with the tables of this version."""
    path = tmp_path / "helpdesk.db"
    copyfile(blank_sqlite, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def postgresql_url(postgres: Postgres, blank_postgresql: str) -> AsyncIterator[str]:
    """The same on PostgreSQL."""
    async with postgres.database(like=blank_postgresql) as url:
        yield url


@pytest.fixture
def current_url(database_server: Postgres | None, request: pytest.FixtureRequest) -> str:
    """As `database_url`, with the tables of this version."""
    url: str = request.getfixturevalue("sqlite_url" if database_server is None else "postgresql_url")
    return url
