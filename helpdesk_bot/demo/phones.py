"""The phones of people on duty, outside Matrix: a gateway on this machine that takes what the helpdesk sends by Apprise."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

_LINK = re.compile(r"https?://\S+")


@dataclass
class Phones:
    """`received`: the text messages that came in, by the local part of whose phone it is."""

    port: int = 0
    received: dict[str, list[str]] = field(default_factory=dict)

    def address(self, localpart: str) -> str:
        """As Apprise writes it."""
        return f"json://127.0.0.1:{self.port}/{localpart}"

    async def take(self, request: web.Request) -> web.Response:
        said = await request.json()
        self.received.setdefault(request.match_info["who"], []).append(str(said["message"]))
        return web.Response()


@asynccontextmanager
async def switched_on(phones: Phones | None = None) -> AsyncIterator[Phones]:
    phones = phones or Phones()
    application = web.Application()
    application.router.add_post("/{who}", phones.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        phones.port = int(runner.addresses[0][1])
        yield phones
    finally:
        await runner.cleanup()


def link_in(text: str) -> str | None:
    """The first web address in a text message."""
    found = _LINK.search(text)
    return found[0] if found else None


async def opened(link: str, *, press: bool = False) -> str:
    """The page that a phone shows: of the link itself, or after the button on it was pressed."""
    async with aiohttp.ClientSession() as http, http.request("POST" if press else "GET", link) as answer:
        answer.raise_for_status()
        return await answer.text()
