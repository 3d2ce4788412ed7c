"""The helpdesk as a process of its own, as its host runs it: started, killed and started again from outside."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp

from helpdesk_bot.boundaries import REACHED
from helpdesk_bot.demo import tether

START_TIMEOUT = 60.0
STOP_TIMEOUT = 15.0
_RUN = (sys.executable, "-P", "-m", "helpdesk_bot", "run", "--config")
_RUN_LATER = (sys.executable, "-P", "-m", "helpdesk_bot.demo.later")


class BotError(Exception):
    """The helpdesk does not run."""


@dataclass
class Bot:
    """`python -m helpdesk_bot run`. `starts` holds how long each start took, in seconds. `ahead`: how far its clock is
    ahead of ours; it must not become less, because a clock does not go back."""

    config: Path
    log: Path
    kills: int = 0
    starts: list[float] = field(default_factory=list)
    ahead: timedelta = timedelta()
    _process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def start(self, kill_at: str | None = None) -> None:
        """Starts it and returns when it is well. With `kill_at` it will end by SIGKILL at that boundary."""
        began = asyncio.get_running_loop().time()
        self.launch(kill_at)
        assert self._process is not None
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await self._until_well(self._process)
        except TimeoutError:
            await self.kill()
            raise BotError(
                f"The helpdesk was not well within {START_TIMEOUT:.0f} s.\n{self.tail()}"
            ) from None
        self.starts.append(asyncio.get_running_loop().time() - began)

    def launch(self, kill_at: str | None = None, halt_at: str | None = None) -> None:
        """Starts it without waiting for anything. See helpdesk_bot/boundaries.py for where it will end or stand still."""
        self._read_from = self.log.stat().st_size if self.log.exists() else 0
        armed = {"HELPDESK_KILL_AT": kill_at or "", "HELPDESK_HALT_AT": halt_at or ""}
        ahead = self.ahead.total_seconds()
        command = [*_RUN_LATER, str(self.config), str(ahead)] if ahead else [*_RUN, str(self.config)]
        self._process = tether.start(command, self.log, environment=armed)

    async def kill(self) -> None:
        """Ends it as a power cut would."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self.kills += 1
        await self.gone()

    async def gone(self, within: float = 30.0) -> int | None:
        """Waits until it has ended by itself, and gives its exit status."""
        process, self._process = self._process, None
        if process is None:
            return None
        await tether.ended(process, within)
        return process.returncode

    async def died_as_armed(self, within: float = 20.0) -> bool:
        """Waits for the end that `kill_at` asked for; whether that is what happened."""
        assert self._process is not None
        try:
            async with asyncio.timeout(within):
                await ended(self._process)
        except TimeoutError:
            return False
        as_armed = await self.gone() == -signal.SIGKILL
        self.kills += as_armed
        return as_armed

    def reached(self) -> list[str]:
        """Where it was to end or to stand still and did, since it was started."""
        return [line.removeprefix(REACHED).strip() for line in self._log() if line.startswith(f"{REACHED} ")]

    def goes_on(self) -> None:
        """After it stood still."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    async def gone_by_itself(self) -> None:
        """Returns when it does not run any more."""
        if self._process is not None:
            await ended(self._process)

    async def stop(self) -> None:
        """Ends it in good order. Stopping what does not run does nothing."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
        await self.gone(STOP_TIMEOUT)

    def tail(self) -> str:
        """The end of its log, for somebody who has to find out why."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    async def _until_well(self, process: subprocess.Popen[bytes]) -> None:
        async with aiohttp.ClientSession() as http:
            while True:
                if process.poll() is not None:
                    raise BotError(f"The helpdesk ended with status {process.returncode}.\n{self.tail()}")
                port = self._port()
                if port is not None and await _is_well(http, port):
                    return
                await asyncio.sleep(0.03)

    def _port(self) -> int | None:
        """Where its health is told, which it writes in its log when it runs."""
        for line in self._log():
            if '"running"' in line:
                said = json.loads(line)
                return int(said["port"])
        return None

    def _log(self) -> Iterator[str]:
        """Its log since it was started."""
        if self.log.exists():
            with self.log.open(errors="replace") as log:
                log.seek(self._read_from)
                yield from log


async def ended(process: subprocess.Popen[bytes]) -> None:
    """Returns when the process has ended. No thread waits for it, so that this can be given up at once."""
    while True:
        if process.poll() is not None:
            return
        await asyncio.sleep(0.03)


async def _is_well(http: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
