"""A process that speaks as a bot, and may be killed: `speaker HOMESERVER ACCOUNT DATABASE_URL ROOM`, and
numbers on its stdin.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from helpdesk_bot.demo.federation import federating
from helpdesk_bot.demo.synapse import Synapse
from tests.federation.talk import offer
from tests.matrix.station import Station


class Speaker:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    @asynccontextmanager
    async def of(
        cls, server: Synapse, account: Path, database_url: str, room: str
    ) -> AsyncIterator["Speaker"]:
        """At the end it is killed, unless it has stopped."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.federation.speaker", str(server.folder), str(account), database_url, room),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        speaker = cls(process)
        try:
            assert await speaker._answer() == "ready"
            yield speaker
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def says(self, number: int) -> None:
        """Returns when its homeserver has taken it."""
        assert self._process.stdin
        self._process.stdin.write(f"{number}\n".encode())
        assert await self._answer() == str(number)

    async def stops(self) -> None:
        """In peace."""
        assert self._process.stdin
        self._process.stdin.close()
        assert await self._process.wait() == 0

    async def _answer(self) -> str:
        assert self._process.stdout
        async with asyncio.timeout(30):
            return (await self._process.stdout.readline()).decode().strip()


async def speak(homeserver: Path, account: Path, database_url: str, room: str) -> None:
    server = federating(homeserver.parent, homeserver.name)
    async with Station.at(server, account, database_url) as station, station.running():
        print("ready", flush=True)  # noqa: T201
        while number := await asyncio.to_thread(sys.stdin.readline):
            await station.put(offer(room, number=int(number)))
            await station.drained()
            print(number.strip(), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(speak(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
