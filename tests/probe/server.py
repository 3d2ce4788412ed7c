"""A web server that does as it is told."""

from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from helpdesk_bot.probe.addresses import Gate
from helpdesk_bot.web.application import serving

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Answers as it is told, and remembers what was asked."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[web.Request] = []
        self.handler: Handler = _hello

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self.handler(request)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def gate(self) -> Gate:
        return Gate({f"127.0.0.1:{self.port}"})


async def _hello(_: web.Request) -> web.StreamResponse:
    return web.Response(text="hallo")


async def serve() -> AsyncIterator[Server]:
    server = Server()
    app = web.Application()
    app.add_routes([web.get("/{tail:.*}", server.take)])
    async with serving(app, "127.0.0.1", 0) as server.port:
        yield server
