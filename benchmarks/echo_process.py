"""The yardstick as a process of its own, on the same homeserver."""

import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bot_process import STOP_SECONDS, Usage
from helpdesk_bot.demo import tether
from helpdesk_bot.demo.synapse import Synapse


@dataclass(frozen=True, slots=True)
class EchoBot:
    user_id: str
    pid: int

    def usage(self) -> Usage:
        return Usage.of(self.pid)

    @classmethod
    @asynccontextmanager
    async def running(cls, synapse: Synapse, folder: Path) -> AsyncIterator["EchoBot"]:
        """`folder` is there already."""
        account = await synapse.register("echo", displayname="Echo")
        account.save(folder / "account.json")
        process = tether.start(
            [
                sys.executable,
                "-P",
                str(Path(__file__).with_name("echo_bot.py")),
                synapse.url,
                str(folder / "account.json"),
                str(folder / "store"),
            ],
            folder / "echo.log",
        )
        try:
            yield cls(account.user_id, process.pid)
        finally:
            process.send_signal(signal.SIGKILL)
            await tether.ended(process, STOP_SECONDS)
