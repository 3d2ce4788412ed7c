"""A server that answers as homeservers and the proxies before them do on a bad day."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from helpdesk_bot.matrix.http import Homeserver

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
TOKEN = "syt_a_very_secret_token"


class Faulty:
    """Gives one answer to everything, and remembers what was asked."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[web.Request] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self._answer(request)


@asynccontextmanager
async def faulty(answer: Answer) -> AsyncIterator[tuple[Faulty, Homeserver]]:
    handler = Faulty(answer)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler.handle)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        handler.url = str(server.make_url("/"))
        yield handler, Homeserver(handler.url, TOKEN, session=session)


def plain(status: int, body: bytes | str = b"", headers: dict[str, str] | None = None) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        raw = body.encode() if isinstance(body, str) else body
        return web.Response(status=status, body=raw, headers=headers)

    return answer


async def cut_off(request: web.Request) -> web.StreamResponse:
    """Promises more than it sends."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"next_batch": "s1", "roo')
    assert request.transport is not None
    request.transport.close()
    return response


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" " * 65_536)


async def silent(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


async def hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()
