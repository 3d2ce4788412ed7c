"""A small site on this machine that stands for what organisations use: a folder that is shared with the world until somebody
closes it, and a Nextcloud that is being set up until it is ready."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

_FOLDER = "/s/ledenlijst"


@dataclass
class Site:
    """`visits`: what was looked at, with how whoever did so made themselves known."""

    port: int = 0
    shared: bool = True
    ready: bool = True
    visits: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def folder(self) -> str:
        """The link to the folder."""
        return f"{self.url}{_FOLDER}"

    @property
    def folder_seen(self) -> bool:
        """Whether somebody has come to the folder."""
        return any(path == _FOLDER for path, _ in self.visits)

    async def answer(self, request: web.Request) -> web.Response:
        self.visits.append((request.path, request.headers.get("User-Agent", "")))
        if request.path == "/status.php":
            return web.json_response({"installed": True, "maintenance": not self.ready})
        if request.path == _FOLDER and not self.shared:
            return web.Response(status=403)
        return web.Response(text="<h1>Welkom</h1>", content_type="text/html")


@asynccontextmanager
async def online(site: Site | None = None) -> AsyncIterator[Site]:
    site = site or Site()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", site.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        place = web.TCPSite(runner, "127.0.0.1", 0)
        await place.start()
        site.port = int(runner.addresses[0][1])
        yield site
    finally:
        await runner.cleanup()
