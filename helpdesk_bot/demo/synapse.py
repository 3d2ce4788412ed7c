"""A real homeserver, embedded: Synapse from its own Python package, as a subprocess, for the demo and the tests."""

import asyncio
import hmac
import json
import random
import signal
import socket
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import aiohttp

from helpdesk_bot.demo import tether
from helpdesk_bot.demo.synapse_config import Identity, write_config

START_TIMEOUT = 60.0
STOP_TIMEOUT = 15.0
ADMIN = "harness-admin"
# Below the range that the kernel gives to outgoing connections: while the server is down nobody else gets its port,
# and no client can be connected to itself.
_PORTS = range(20_000, 32_000)
_given: set[int] = set()  # of these, what this process has handed out and may not listen on yet


class SynapseError(Exception):
    """The embedded homeserver does not do what it is there for."""


@dataclass(frozen=True)
class Account:
    """A person (or bot) on the homeserver, signed in on one device."""

    user_id: str
    password: str
    token: str
    device_id: str

    @property
    def localpart(self) -> str:
        return self.user_id[1:].partition(":")[0]

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))
        path.chmod(0o600)

    @classmethod
    def load(cls, path: Path) -> "Account":
        return cls(**json.loads(path.read_text()))


class Synapse:
    """One homeserver. It lives in `folder`; the same folder gives the same server again, with its people and port.

    `async with Synapse(folder) as synapse:` starts and stops it. In between, `stop()` or `kill()` and then `start()`
    are what a maintenance window or a crash is to its clients.
    """

    def __init__(
        self,
        folder: Path,
        *,
        default_limits: bool = False,
        server_name: str | None = None,
        port: int | None = None,
        **config: Any,
    ) -> None:
        self.folder = folder.absolute()
        known = Identity.of(self.folder)
        if known is None:
            port = port or free_port()
            known = Identity.new(server_name or f"localhost:{port}", port)
            known.save(self.folder)
        self._identity = known
        self._port = port or known.port
        self._default_limits = default_limits
        self._config = config
        self._process: subprocess.Popen[bytes] | None = None
        self._admin: Account | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self._port}"

    @property
    def server_name(self) -> str:
        return self._identity.server_name

    @property
    def shared_secret(self) -> str:
        """With this, accounts are made without being signed in."""
        return self._identity.shared_secret

    @property
    def log(self) -> Path:
        return self.folder / "synapse.log"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def user_id(self, localpart: str) -> str:
        return f"@{localpart}:{self.server_name}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Starts the server and returns when it answers. Starting a running server does nothing."""
        if self.running:
            return
        if not _is_free(self._port):
            # Somebody else has taken it since. People keep their MXIDs: the name stays.
            self._port = free_port()
        path = write_config(
            self.folder, self._identity, self._port, default_limits=self._default_limits, **self._config
        )
        self._process = tether.start(
            [sys.executable, "-P", "-m", "helpdesk_bot.demo.homeserver", "-c", str(path)],
            self.folder / "output.log",
        )
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await self._until_it_answers(self._process)
        except TimeoutError:
            await self.kill()
            raise SynapseError(
                f"Synapse did not answer within {START_TIMEOUT:.0f} s.\n{self._tail()}"
            ) from None
        except BaseException:
            await self.kill()
            raise

    async def stop(self) -> None:
        """Stops the server in good order. Stopping a stopped server does nothing."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """Ends the server as a crash would."""
        await self._end(signal.SIGKILL)

    async def register(
        self, name: str, password: str = "secret", *, admin: bool = False, displayname: str | None = None
    ) -> Account:
        """A new account, signed in on its first device. No rate limit applies to this way of making one."""
        nonce = (await self._call("GET", "/_synapse/admin/v1/register"))["nonce"]
        parts = (nonce, name, password, "admin" if admin else "notadmin")
        seal = hmac.digest(self.shared_secret.encode(), "\0".join(parts).encode(), "sha1").hex()
        body = {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": seal}
        if displayname is not None:
            body["displayname"] = displayname
        answer = await self._call("POST", "/_synapse/admin/v1/register", json=body)
        return Account(answer["user_id"], password, answer["access_token"], answer["device_id"])

    async def login(self, name: str, password: str = "secret", device_id: str | None = None) -> Account:
        """Signs an existing account in, on a new device unless one is named."""
        body: dict[str, Any] = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": name},
            "password": password,
        }
        if device_id is not None:
            body["device_id"] = device_id
        answer = await self._call("POST", "/_matrix/client/v3/login", json=body)
        return Account(answer["user_id"], password, answer["access_token"], answer["device_id"])

    async def admin(self) -> Account:
        """The server's administrator, made when first asked for."""
        if self._admin is None:
            password = self._identity.admin_password
            try:
                self._admin = await self.register(ADMIN, password, admin=True)
            except SynapseError:  # made by an earlier run on this folder
                self._admin = await self.login(ADMIN, password, device_id="HARNESS")
        return self._admin

    async def override_ratelimit(self, user_id: str) -> None:
        """Lifts the message limits for one user: the admin call that a bot's host makes once."""
        limits = {"messages_per_second": 0, "burst_count": 0}
        path = f"/_synapse/admin/v1/users/{user_id}/override_ratelimit"
        _ = await self._call("POST", path, json=limits, token=(await self.admin()).token)

    async def _until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        async with aiohttp.ClientSession() as http:
            while True:
                if process.poll() is not None:
                    raise SynapseError(f"Synapse ended with status {process.returncode}.\n{self._tail()}")
                try:
                    async with http.get(f"{self.url}/health") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.03)

    async def _end(self, deadly: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(deadly)
        await tether.ended(process, STOP_TIMEOUT)

    async def _call(
        self, method: str, path: str, *, token: str | None = None, **request: Any
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as http,
            http.request(method, self.url + path, headers=headers, **request) as answer,
        ):
            body: dict[str, Any] = await answer.json()
            if answer.status != 200:
                raise SynapseError(
                    f"{method} {path}: {answer.status} {body.get('errcode')} {body.get('error')}"
                )
            return body

    def _tail(self) -> str:
        """The end of what the server said, for somebody who has to find out why."""
        logs = [path for path in (self.folder / "output.log", self.log) if path.exists()]
        return "\n".join(f"--- {path}\n" + path.read_text(errors="replace")[-3000:] for path in logs)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    for port in random.sample(_PORTS, 200):
        if port not in _given and _is_free(port):
            _given.add(port)
            return port
    raise SynapseError("no free port found for the homeserver")
