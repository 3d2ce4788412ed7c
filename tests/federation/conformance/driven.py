"""The implementation that is looked at, and its people: a program that is told what they do, a line of JSON each."""

import asyncio
import json
import os
import shlex
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from helpdesk_bot.demo.synapse import Synapse

_OURS = f"{shlex.quote(sys.executable)} -m tests.federation.conformance.ours"
COMMAND = shlex.split(os.environ.get("CONFORMANCE_PEOPLE", _OURS))
_PATIENCE = 180.0  # seconds for one line
_STOPS_WITHIN = 30.0


class NotDone(Exception):
    """Its people could not do it, or did not see it."""


class Driven:
    """`bot`: the Matrix address of the helpdesk."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._one_at_a_time = asyncio.Lock()
        self.bot = ""

    @classmethod
    @asynccontextmanager
    async def on(cls, server: Synapse, folder: Path) -> AsyncIterator["Driven"]:
        """Begun on this homeserver; at the end its stdin is closed."""
        process = await asyncio.create_subprocess_exec(
            *COMMAND, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        driven = cls(process)
        try:
            begun = await driven.does(
                "begin",
                homeserver=server.url,
                server_name=server.server_name,
                registration_shared_secret=server.shared_secret,
                homeserver_folder=str(server.folder),
                folder=str(folder),
            )
            driven.bot = begun["bot"]
            yield driven
        finally:
            await driven._end()

    async def does(self, what: str, **how: Any) -> dict[str, Any]:
        """Returns when it is done. Raises NotDone."""
        assert self._process.stdin
        assert self._process.stdout
        async with self._one_at_a_time, asyncio.timeout(_PATIENCE):
            self._process.stdin.write(json.dumps({"do": what, **how}).encode() + b"\n")
            line = await self._process.stdout.readline()
        if not line:
            raise NotDone(f"{what}: the program has ended")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise NotDone(f"{what}: {answer['error']}")
        return answer

    async def _end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _STOPS_WITHIN)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
