from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import pytest

from helpdesk_bot.storage.engine import Database
from tests.conversation.stage import Stage, in_a_hurry
from tests.support.postgres import Postgres

FATIMA = "@fatima:test"
KWAME = "@kwame:test"
SANNE = "@sanne:test"
JORIS = "@joris:test"
WIM = "@wim:test"
ELS = "@els:test"
HELP = "!help-noord:test"
TEAM = "!team-noord:test"
WEST = "!team-west:test"
CITY = "!team-stad:test"
COORDINATION = "!coordinatie:test"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both_databases: this conversation runs on PostgreSQL too")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every conversation runs on SQLite; those that lean on what databases do differently on both."""
    if "stage" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases") is not None
        metafunc.parametrize("stage", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Notebook:
    """One SQLite file that every test writes anew: SQLAlchemy keeps its compiled statements with the engine."""

    first_page: Path
    path: Path
    db: Database

    def turn_page(self) -> None:
        """Nothing may be connected."""
        for left in ("-wal", "-shm"):
            Path(f"{self.path}{left}").unlink(missing_ok=True)
        copyfile(self.first_page, self.path)


@pytest.fixture(scope="session")
async def first_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which nobody has said anything yet."""
    path = tmp_path_factory.mktemp("stage") / "first.db"
    async with furnished(f"sqlite+aiosqlite:///{path}"):
        return path


@pytest.fixture(scope="session")
def notebook(first_page: Path) -> Notebook:
    path = first_page.with_name("helpdesk.db")
    return Notebook(first_page, path, in_a_hurry(Database(f"sqlite+aiosqlite:///{path}")))


@pytest.fixture
async def stage_sqlite(notebook: Notebook) -> AsyncIterator[Stage]:
    notebook.turn_page()
    yield Stage(notebook.db)
    await notebook.db.close()


@pytest.fixture(scope="session")
async def first_page_postgresql(postgres: Postgres) -> AsyncIterator[str]:
    """As `first_page`, on PostgreSQL."""
    async with postgres.database() as url:
        async with furnished(url):
            pass
        yield url


@pytest.fixture
async def stage_postgresql(postgres: Postgres, first_page_postgresql: str) -> AsyncIterator[Stage]:
    async with postgres.database(like=first_page_postgresql) as url:
        db = Database(url)
        yield Stage(db)
        await db.close()


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Stage:
    """A helpdesk with two technicians in Noord, one in West and a coordinator."""
    stage: Stage = request.getfixturevalue(f"stage_{request.param}")
    return stage


@asynccontextmanager
async def furnished(url: str) -> AsyncIterator[Stage]:
    stage = await Stage.open(url)
    await stage.join(TEAM, SANNE, JORIS, "@hulp:test")
    await stage.join(WEST, WIM, "@hulp:test")
    await stage.join(COORDINATION, ELS, "@hulp:test")
    try:
        yield stage
    finally:
        await stage.db.close()


@pytest.fixture
async def dm(stage: Stage) -> str:
    """Fatima's direct chat."""
    return await stage.direct(FATIMA)


@pytest.fixture
async def asked(stage: Stage, dm: str) -> str:
    """Question 1, from Fatima, in Noord, with everything known: returns the direct chat."""
    await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(FATIMA, dm, "geen")
    return dm


@pytest.fixture
async def helped(stage: Stage, asked: str) -> str:
    """The same, and Sanne helps."""
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    return asked
