from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse
from tests.conftest import NewAccount, NewPerson
from tests.e2e.world import World


@dataclass
class Noord:
    """A running helpdesk with two technicians in Noord; Sanne is coordinator too."""

    world: World
    bot: str
    sanne: Person
    joris: Person
    team: str


@pytest.fixture
async def synapse(tmp_path: Path) -> AsyncIterator[Synapse]:
    """A homeserver of its own for each test, because the rooms of a helpdesk have fixed addresses."""
    async with Synapse(tmp_path / "synapse") as server:
        yield server


@pytest.fixture
async def noord(
    synapse: Synapse, new_account: NewAccount, new_person: NewPerson, tmp_path: Path
) -> AsyncIterator[Noord]:
    account = await new_account("hulp")
    sanne, joris = await new_person("sanne"), await new_person("joris")
    world = await World.make(synapse, account, tmp_path, sanne.user_id, joris.user_id)
    await world.let_in(sanne, "noord.team", "coordination", "overflow")
    await world.let_in(joris, "noord.team")
    await world.bot.start()
    yield Noord(world, account.user_id, sanne, joris, world.room("noord.team"))
    await world.bot.stop()
