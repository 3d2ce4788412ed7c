"""The client-server API as a patient person's client uses it: what did not arrive is tried again until it has."""

import asyncio
import json
from typing import Any, Self
from urllib.parse import quote

import aiohttp

PATIENCE = 60.0
SYNC_TIMEOUT_MS = 30_000
_REQUEST_TIMEOUT = aiohttp.ClientTimeout(total=SYNC_TIMEOUT_MS / 1000 + 30)
# People see every event of their rooms; what nobody says in words stays out.
_SYNC_FILTER = json.dumps(
    {
        "presence": {"types": []},
        "room": {"timeline": {"limit": 100}, "ephemeral": {"types": []}, "account_data": {"types": []}},
    },
    separators=(",", ":"),
)


class ApiError(Exception):
    """The homeserver has refused."""

    def __init__(self, status: int, body: bytes) -> None:
        try:
            why = json.loads(body)
        except ValueError:
            why = {"error": body[:200].decode(errors="replace")}
        self.status = status
        self.errcode = str(why.get("errcode", ""))
        self.retry_after = why.get("retry_after_ms", 0) / 1000
        super().__init__(f"{status} {self.errcode} {why.get('error', '')}")

    @property
    def passes(self) -> bool:
        """Whether trying again can help."""
        return self.status == 429 or self.status >= 500


class Api:
    """One signed-in device's connection."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._http = aiohttp.ClientSession(
            timeout=_REQUEST_TIMEOUT, headers={"Authorization": f"Bearer {token}"}, raise_for_status=False
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.close()

    async def sync(self, since: str | None, timeout_ms: int = SYNC_TIMEOUT_MS) -> dict[str, Any]:
        """The next batch, however long the homeserver is away."""
        params = {"filter": _SYNC_FILTER, "timeout": str(timeout_ms)}
        if since is not None:
            params["since"] = since
        return await self.call("GET", path("sync"), params=params, patience=None)

    async def call(
        self, method: str, path: str, *, patience: float | None = PATIENCE, **request: Any
    ) -> dict[str, Any]:
        """One call. Raises `ApiError` when it is refused, `TimeoutError` when nobody answered."""
        answer: dict[str, Any] = json.loads(await self._until_accepted(method, path, patience, request))
        return answer

    async def download(self, mxc: str) -> bytes:
        return await self._until_accepted(
            "GET", f"/_matrix/client/v1/media/download/{mxc.removeprefix('mxc://')}", PATIENCE, {}
        )

    async def _until_accepted(
        self, method: str, path: str, patience: float | None, request: dict[str, Any]
    ) -> bytes:
        pause = 0.05
        refusal: ApiError | None = None
        try:
            async with asyncio.timeout(patience):
                while True:
                    try:
                        return await self._once(method, path, request)
                    except aiohttp.ClientConnectorError:
                        pass  # nobody has heard us
                    except (aiohttp.ClientError, TimeoutError):
                        if method == "POST":  # it may have been heard: a second room is worse than an error
                            raise
                    except ApiError as error:
                        refusal = error
                        if not error.passes or (method == "POST" and error.status != 429):
                            raise
                        pause = max(pause, error.retry_after)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 1.0)
        except TimeoutError:
            raise refusal or TimeoutError(f"{method} {path}: no answer") from None

    async def _once(self, method: str, path: str, request: dict[str, Any]) -> bytes:
        async with self._http.request(method, self._url + path, **request) as answer:
            body = await answer.read()
        if answer.status >= 300:
            raise ApiError(answer.status, body)
        return body


def path(*parts: str) -> str:
    """The path of a client-server call, with its parts made safe."""
    return "/_matrix/client/v3/" + "/".join(quote(part, safe="") for part in parts)
