"""The bot as a process of its own, as a host runs it: started, killed, watched and weighed."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.house import House
from helpdesk_bot.demo import tether

START_SECONDS = 60.0
STOP_SECONDS = 20.0


class BotFailed(Exception):
    """The bot ended by itself, or did not become ready."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has used of the machine up to one moment. Seconds of CPU, bytes of memory."""

    at: float
    cpu: float
    memory: int

    @classmethod
    def of(cls, pid: int) -> "Usage":
        """Of a process that runs (see proc(5))."""
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks = int(after_name[11]) + int(after_name[12])
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return cls(time.perf_counter(), ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE"))

    def cpu_share(self, before: "Usage") -> float:
        """Per cent of one core since `before`."""
        return 100 * (self.cpu - before.cpu) / (self.at - before.at)


class BotProcess:
    """One bot, one start after another. It dies with this process."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self.starts: list[float] = []  # the moments of all starts
        config = json.loads(house.config.read_text())
        config["web"] = {"port": self._port, "public_url": f"http://127.0.0.1:{self._port}"}
        house.config.write_text(json.dumps(config, indent=1))

    @property
    def log(self) -> Path:
        return self._house.folder / "bot.log"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, kill_at: str = "") -> None:
        """Starts the bot; `kill_at` names the boundary where it kills itself (see helpdesk_bot/boundaries.py)."""
        assert self._process is None
        self._started = time.perf_counter()
        self.starts.append(self._started)
        self._process = tether.start(
            [sys.executable, "-P", "-m", "helpdesk_bot", "run", "--config", str(self._house.config)],
            self.log,
            environment={
                "HELPDESK_KILL_AT": kill_at,
                "HELPDESK_DATABASE_URL": self._house.database_url,
                # As on a host: what was compiled once need not be compiled at each start.
                "PYTHONDONTWRITEBYTECODE": "",
            },
        )

    async def ready(self, within: float = START_SECONDS) -> float:
        """Waits until /healthz says that all is well; seconds since the start."""
        health: dict[str, Any] = {}
        async with aiohttp.ClientSession() as http:
            while time.perf_counter() - self._started < within:
                if await self.ended(0):
                    raise BotFailed(f"The bot ended by itself.\n{self.tail()}")
                health = await self._health(http)
                if health.get("status") == "ok":
                    return time.perf_counter() - self._started
                await asyncio.sleep(0.02)
        raise BotFailed(f"The bot was not ready within {within:g} s: {health}\n{self.tail()}")

    async def ended(self, within: float) -> bool:
        """Whether the bot has ended, at the latest `within` seconds from now."""
        assert self._process is not None
        deadline = time.perf_counter() + within
        while self._process.poll() is None:
            left = deadline - time.perf_counter()
            if left <= 0:
                return False
            await asyncio.sleep(min(0.01, left))
        return True

    def kill(self) -> bool:
        """SIGKILL. Returns whether that is what it died of; else it had ended by itself."""
        process, self._process = self._process, None
        assert process is not None
        process.kill()
        return process.wait() == -signal.SIGKILL

    def close(self) -> None:
        """Makes sure that no bot is left behind."""
        if self._process is not None:
            self.kill()

    async def stop(self) -> int:
        """Stops the bot in good order and returns its exit status."""
        process, self._process = self._process, None
        assert process is not None
        process.send_signal(signal.SIGTERM)
        await tether.ended(process, STOP_SECONDS)
        return process.returncode

    def usage(self) -> Usage:
        return Usage.of(self.pid)

    def tail(self) -> str:
        """The end of its log, for somebody who has to find out why."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    async def _health(self, http: aiohttp.ClientSession) -> dict[str, Any]:
        try:
            async with http.get(f"http://127.0.0.1:{self._port}/healthz") as answer:
                known: dict[str, Any] = await answer.json()
                return known
        except aiohttp.ClientError:
            return {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
