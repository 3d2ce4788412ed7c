"""What stands between a homeserver and all the others, and can be shut: they go on, and can't reach each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from helpdesk_bot.demo.federation import HOST, federation
from helpdesk_bot.demo.synapse import Synapse, free_port


class Gate:
    """Passes what others say to one homeserver on, unread."""

    def __init__(self, port: int, door: int) -> None:
        self._port = port
        self._door = door
        self._server: asyncio.Server | None = None
        self._passing: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._comes, HOST, self._port)

    async def shut(self) -> None:
        """Whoever comes is refused, and what is on its way is cut off."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    async def _comes(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._through(reader, writer))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers = [writer]
        try:
            with suppress(OSError):
                there, back = await asyncio.open_connection(HOST, self._door)
                writers.append(back)
                async with asyncio.TaskGroup() as group:
                    group.create_task(_copy(reader, back))
                    group.create_task(_copy(there, writer))
        finally:
            for each in writers:
                each.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@dataclass(frozen=True)
class Gated:
    """Homeservers that federate, each behind a gate of its own."""

    servers: tuple[Synapse, ...]
    gates: tuple[Gate, ...]

    @asynccontextmanager
    async def partition(self) -> AsyncIterator[None]:
        """None of them reaches another, and their own people reach them."""
        await asyncio.gather(*(gate.shut() for gate in self.gates))
        try:
            yield
        finally:
            await asyncio.gather(*(gate.open() for gate in self.gates))


@asynccontextmanager
async def behind_gates(folder: Path, *names: str) -> AsyncIterator[Gated]:
    """Starts these homeservers, and stops them at the end."""
    doors = [free_port() for _ in names]
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(federation(folder, *names, doors=doors))
        gates = []
        for server, door in zip(servers, doors, strict=True):
            gate = Gate(int(server.server_name.rpartition(":")[2]), door)
            stack.push_async_callback(gate.shut)
            await gate.open()
            gates.append(gate)
        yield Gated(servers, tuple(gates))
