from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from helpdesk_bot.web.application import serving
from tests.conversation.conftest import FATIMA
from tests.conversation.duty import with_duty
from tests.conversation.panic.outside import Endpoint
from tests.conversation.stage import Stage


@pytest.fixture
async def duty(stage: Stage, dm: str) -> Stage:
    """Sanne is on duty in Noord, Kim in the whole city. Fatima is in Noord."""
    await with_duty(stage)
    await stage.says(FATIMA, dm, "!stadsdeel Noord")
    return stage


@pytest.fixture
async def ringing(duty: Stage, dm: str) -> str:
    """Fatima has raised the alarm, and Sanne is called: returns Fatima's direct chat."""
    await duty.says(FATIMA, dm, "!paniek we zijn gehackt")
    return dm


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    found = Endpoint()
    app = web.Application()
    app.add_routes([web.post("/{tail:.*}", found.take)])
    async with serving(app, "127.0.0.1", 0) as found.port:
        yield found


@pytest.fixture
async def dead_port() -> int:
    """Where nobody listens."""
    async with serving(web.Application(), "127.0.0.1", 0) as port:
        return port
