from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from helpdesk_bot.demo.api import Api, ApiError
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


# What `helpdesk init` calls the rooms of a helpdesk with the stadsdelen Noord and West.
ADDRESSES = (
    "helpdesk",
    *(f"{kind}-{stadsdeel}" for kind in ("hulp", "team") for stadsdeel in ("noord", "west")),
    "team-stad",
    "coordinatie",
    "trainers",
)


@pytest.fixture(autouse=True)
async def free_addresses(synapse: Synapse) -> AsyncIterator[None]:
    """The rooms of every helpdesk have the same addresses: a test leaves them to the next."""
    yield
    async with Api(synapse.url, (await synapse.admin()).token) as admin:
        for name in ADDRESSES:
            alias = quote(f"#{name}:{synapse.server_name}", safe="")
            try:
                await admin.call("DELETE", f"/_matrix/client/v3/directory/room/{alias}")
            except ApiError as error:
                if error.status != 404:
                    raise


@pytest.fixture
async def noord(
    synapse: Synapse,
    new_account: NewAccount,
    new_person: NewPerson,
    tmp_path: Path,
) -> AsyncIterator[Noord]:
    account = await new_account("hulp")
    sanne, joris = await new_person("sanne"), await new_person("joris")
    world = await World.make(synapse, account, tmp_path, sanne.user_id, joris.user_id)
    await world.let_in(sanne, "noord.team", "coordination", "overflow")
    await world.let_in(joris, "noord.team")
    await world.bot.start()
    yield Noord(world, account.user_id, sanne, joris, world.room("noord.team"))
    await world.bot.stop()
