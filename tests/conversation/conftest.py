from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversation.stage import Stage

FATIMA = "@fatima:test"
SANNE = "@sanne:test"
JORIS = "@joris:test"
COORDINATOR = "@els:test"
TEAM = "!team-noord:test"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A helpdesk with two technicians in Noord, one in West and a coordinator."""
    stage = await Stage.open(f"sqlite+aiosqlite:///{tmp_path / 'helpdesk.db'}")
    await stage.join(TEAM, SANNE, JORIS, "@hulp:test")
    await stage.join("!team-west:test", "@wim:test", "@hulp:test")
    await stage.join("!coordinatie:test", COORDINATOR, "@hulp:test")
    yield stage
    await stage.db.close()
