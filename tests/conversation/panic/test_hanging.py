"""Services that take a call and never come to an end with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from helpdesk_bot.alarm import channel
from helpdesk_bot.alarm.channel import deliver
from tests.conversation.panic.outside import Endpoint

MANY = 40  # more than a pool of threads has on any small machine


@asynccontextmanager
async def dripping() -> AsyncIterator[int]:
    """A server that answers one letter at a time, so that no limit on silence ends it."""
    over = asyncio.Event()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX-Never: ")
        while not over.is_set():
            writer.write(b"x")
            await asyncio.sleep(0.1)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        over.set()
        server.close()
        await asyncio.sleep(0.2)


async def test_they_use_up_no_place_of_others(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dripping() as port:
        hanging = SecretStr(f"json://127.0.0.1:{port}/")
        with monkeypatch.context() as quick:
            quick.setattr(channel, "LONGEST", 1.0)
            given_up = await asyncio.gather(*(deliver(hanging, "title", "words") for _ in range(MANY)))
        assert set(given_up) == {"no answer in time"}
        assert await deliver(SecretStr(endpoint.address("sanne")), "title", "words") is None
        assert endpoint.to("sanne") == ["words"]
        # Nor does anything else in the process wait for them, such as looking up a name.
        async with asyncio.timeout(1):
            await asyncio.to_thread(int)
