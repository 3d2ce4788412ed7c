"""A service outside Matrix by which people are called: a real server that writes down what it hears."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import select

from helpdesk_bot.alarm.channel import deliver
from helpdesk_bot.alarm.sending import WAIT, Alarms
from helpdesk_bot.config import Channel, Channels
from helpdesk_bot.storage.models import Alarm
from tests.conversation.stage import Said, Stage

PUBLIC = "https://helpdesk.example.org"


@dataclass
class Endpoint:
    """What a service outside has heard. `breaks`: paths that answer with an error."""

    port: int = 0
    heard: list[tuple[str, str, str]] = field(default_factory=list)  # path, title, words
    breaks: set[str] = field(default_factory=set)

    async def take(self, request: web.Request) -> web.Response:
        if request.path in self.breaks:
            return web.Response(status=500)
        body = await request.json()
        self.heard.append((request.path, body["title"], body["message"]))
        return web.Response()

    def address(self, path: str) -> str:
        return f"json://127.0.0.1:{self.port}/{path}"

    def to(self, path: str) -> list[str]:
        return [words for where, _, words in self.heard if where.strip("/") == path]


def reach(stage: Stage, public_url: str | None = PUBLIC, /, **addresses: list[str]) -> None:
    """From now on people are called by these addresses; `coordinators` are all coordinators together."""
    config = stage.setting.config
    config = config.model_copy(update={"web": config.web.model_copy(update={"public_url": public_url})})
    of = {
        who if who == "coordinators" else f"@{who}:test": tuple(
            Channel(SecretStr(address), ("channels.yaml", line)) for line, address in enumerate(urls, start=1)
        )
        for who, urls in addresses.items()
    }
    config._channels = Channels(of)
    stage.configure(config)


async def leave(stage: Stage, how: Any = deliver) -> list[Said]:
    """Sends what is due outside, and then what Matrix has to say of it."""
    alarms = Alarms(stage.db, stage.setting, lambda: stage.now, lambda: None, how)
    async with asyncio.TaskGroup() as group:
        await alarms.begin(group)
    return await stage.settle()


async def to_the_last_try(stage: Stage) -> list[Said]:
    said = await leave(stage)
    for wait in WAIT:
        stage.now += wait
        said += await leave(stage)
    return said


async def rows(stage: Stage) -> list[tuple[str, str, str]]:
    async with stage.db.reading() as session:
        found = await session.scalars(select(Alarm).order_by(Alarm.id))
        return [(row.who, row.kind, row.state) for row in found]
