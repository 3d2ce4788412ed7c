"""The command line as a host uses it, in a folder of its own, against a real homeserver."""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from typer.testing import CliRunner

from helpdesk_bot.cli.commands import app
from helpdesk_bot.config import Config, load
from helpdesk_bot.demo.synapse import Account, Synapse
from tests.playbooks.written import written


@dataclass(frozen=True)
class Answer:
    status: int
    text: str


@dataclass(frozen=True)
class Host:
    """Somebody who sets up and looks after a helpdesk. `bot` is the account that is there for it."""

    folder: Path
    synapse: Synapse
    bot: Account

    @property
    def file(self) -> Path:
        return self.folder / "config" / "helpdesk.yaml"

    @property
    def config(self) -> Config:
        return load(self.file)

    def secret(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return str(path)

    async def types(self, command: str, *words: str, said: str = "", **environment: str) -> Answer:
        """Runs a command; `said` is what is answered to its questions."""

        def run() -> Answer:
            result = CliRunner().invoke(
                app, [command, *words], input=said, env={"COLUMNS": "200", **environment}
            )
            if result.exception and not isinstance(result.exception, SystemExit):
                raise result.exception
            return Answer(result.exit_code, result.output)

        return await asyncio.to_thread(run)

    async def helpdesk(self, command: str, *words: str, said: str = "", **environment: str) -> Answer:
        """The same, for the helpdesk in this folder."""
        return await self.types(command, "--config", str(self.file), *words, said=said, **environment)

    async def starts(self) -> Answer:
        """`run`, in a process of its own, for when it must end by itself."""
        return await self.process("run")

    async def process(self, command: str, *words: str, **environment: str) -> Answer:
        """A command for the helpdesk in this folder, in a process of its own."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "helpdesk_bot", command, "--config", str(self.file), *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **environment},
        )
        output, _ = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode is not None
        return Answer(process.returncode, output.decode())

    async def sets_up(self, *words: str) -> Answer:
        """`init`, the usual way."""
        city = self.folder / "city.yaml"
        city.write_text(CITY.replace("-0:", f"-{self.bot.localpart}:"))
        return await self.helpdesk(
            "init",
            *("--city", str(city), "--homeserver", self.synapse.url, "--user", self.bot.user_id),
            *("--password-file", self.secret("password", self.bot.password), "--yes"),
            *words,
        )


# Every test has rooms of its own names on the same homeserver.
CITY = """\
helpdesk: {name: Hulp}
homeserver: {url: "https://matrix.example.org", user_id: "@helpdesk:example.org"}
data_dir: ../data
stadsdelen:
  - id: noord
    name: Noord
    help_room: "#hulp-noord-0:example.org"
    team_room: "#team-noord-0:example.org"
rooms:
  space: "#helpdesk-0:example.org"
  overflow: "#team-stad-0:example.org"
  coordination: "#coordinatie-0:example.org"
  trainers: "#trainers-0:example.org"
"""
_numbers = count(1)


@pytest.fixture(autouse=True)
def _no_secrets_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATABASE_URL", "DATABASE_URL_FILE", "BOT_PASSWORD", "BOT_PASSWORD_FILE"):
        monkeypatch.delenv(f"HELPDESK_{name}", raising=False)


@pytest.fixture
async def host(synapse: Synapse, tmp_path: Path) -> Host:
    return Host(tmp_path, synapse, await synapse.register(f"ops{next(_numbers)}"))


Types = Callable[..., tuple[int, str]]


@pytest.fixture
def types(tmp_path: Path) -> Types:
    """Runs a command of `helpdesk playbook` in a folder with two of them; returns its status and what it says."""
    written(tmp_path)

    def run(command: str, *words: str, columns: int = 200) -> tuple[int, str]:
        arguments = ["playbook", command, *words, "--folder", str(tmp_path)]
        result = CliRunner().invoke(app, arguments, env={"COLUMNS": str(columns)})
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return run
