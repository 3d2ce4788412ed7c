from collections.abc import AsyncIterator

import pytest

from tests.probe.nameserver import Nameserver, answering
from tests.probe.server import Server, serve


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async for one in serve():
        yield one


@pytest.fixture
async def nameserver() -> AsyncIterator[Nameserver]:
    async for one in answering():
        yield one
