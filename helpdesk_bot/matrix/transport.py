"""One request, one answer, one kind of failure.

A call never retries by itself, always ends (a hard limit on time and on size), and fails in one way only: with a
`MatrixError`. Whoever calls decides whether and when to try again. The access token travels in a header and is in
no address, message or exception.
"""

import asyncio
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from typing_extensions import override
from yarl import URL

from helpdesk_bot.matrix import wire

Json = dict[str, Any]
Params = Mapping[str, str | int | bool | Iterable[str] | None]

CALL_SECONDS = 30.0
CALL_BYTES = 32 * 1024 * 1024


class MatrixError(Exception):
    """The homeserver did not do what was asked.

    `errcode` is the homeserver's own, or one of ours for an answer that is none: BAD_ANSWER, TOO_LARGE, TOO_SLOW,
    UNREACHABLE.    `message` and `details` are the homeserver's words; they may hold names, so neither is part of `str(error)`.
    """

    def __init__(
        self,
        status: int,
        errcode: str,
        message: str,
        retry_after: float | None = None,
        details: Json | None = None,
    ) -> None:
        super().__init__(f"{status} {errcode}")
        self.status = status
        self.errcode = errcode
        self.message = message
        self.retry_after = retry_after
        self.details: Json = details or {}

    @property
    def temporary(self) -> bool:
        """Whether the same request may succeed later. A page of a proxy's is no word of the homeserver's."""
        broken_answer = self.errcode in ("BAD_ANSWER", "TOO_LARGE")
        return broken_answer or self.status in (408, 425, 429) or self.status >= 500

    @property
    def signed_out(self) -> bool:
        """The token is not (or no longer) one of this homeserver's."""
        return self.status == HTTPStatus.UNAUTHORIZED and self.errcode in (
            "M_UNKNOWN_TOKEN",
            "M_MISSING_TOKEN",
        )


class Unreachable(MatrixError):
    """No answer, or one that broke off: the request may or may not have been done."""

    def __init__(self, message: str) -> None:
        super().__init__(0, "UNREACHABLE", message)
        self.args = (f"UNREACHABLE: {message}",)

    @property
    @override
    def temporary(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Raw:
    """A request's body that is no JSON."""

    data: bytes
    mimetype: str


class Transport:
    """One account's way to its homeserver. Closing `session` is up to who opened it."""

    def __init__(self, base_url: str, access_token: str | None, *, session: aiohttp.ClientSession) -> None:
        self.base_url = base_url.rstrip("/")
        self._token = access_token
        self._session = session

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r})"

    def signed_in(self, access_token: str) -> Self:
        """The same homeserver, with another token."""
        return type(self)(self.base_url, access_token, session=self._session)

    async def _call(self, method: str, path: str, body: Json | Raw | None = None, **options: Any) -> Json:
        answer = await self._request(method, path, body, **options)
        if not isinstance(answer, dict):
            raise MatrixError(200, "BAD_ANSWER", "the answer is no JSON object")
        return answer

    async def _request(
        self,
        method: str,
        path: str,
        body: Json | Raw | None = None,
        *,
        params: Params | None = None,
        seconds: float = CALL_SECONDS,
        limit: int = CALL_BYTES,
    ) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        data = None
        if isinstance(body, Raw):
            headers["Content-Type"] = body.mimetype
            data = body.data
        elif body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
        url = URL(self.base_url + path + _query(params or {}), encoded=True)
        timeout = aiohttp.ClientTimeout(total=seconds, connect=min(seconds, 15.0))
        failure: MatrixError | None = None
        status, raw, waits = 0, b"", None
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                status = response.status
                waits = response.headers.get("Retry-After")
                raw = await _read(response, limit)
        except TimeoutError:
            failure = Unreachable(f"no whole answer within {seconds:g} s")
        except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError) as error:
            failure = Unreachable(type(error).__name__)
        if failure:
            raise failure  # outside the handler: aiohttp's exceptions carry the request's headers
        return _checked(status, raw, waits)


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > limit:
            raise MatrixError(response.status, "TOO_LARGE", f"the answer is larger than {limit} bytes")
        parts.append(part)
    return b"".join(parts)


def _checked(status: int, raw: bytes, waits: str | None) -> Any:
    """The JSON of a good answer; everything else raises."""
    good = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    try:
        answer = wire.parse(raw)
    except ValueError:
        answer = None
    if good:
        if answer is None:
            raise MatrixError(status, "BAD_ANSWER", "the answer is empty or no JSON")
        return answer
    details: Json = answer if isinstance(answer, dict) else {}
    errcode = details.get("errcode")
    message = details.get("error")
    raise MatrixError(
        status,
        errcode if isinstance(errcode, str) else "BAD_ANSWER",
        message if isinstance(message, str) else "",
        _wait(details.get("retry_after_ms"), waits),
        details,
    )


def _wait(milliseconds: object, header: str | None) -> float | None:
    """How many seconds the homeserver asks to wait, when that makes sense."""
    seconds: float | None = None
    if isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool):
        seconds = milliseconds / 1000
    elif header and header.strip().isdecimal():
        seconds = float(header)
    return seconds if seconds is not None and math.isfinite(seconds) and seconds >= 0 else None


def _query(params: Params) -> str:
    pairs: list[tuple[str, str]] = []
    for name, value in params.items():
        if value is None:
            continue
        if isinstance(value, bool):
            pairs.append((name, "true" if value else "false"))
        elif isinstance(value, str | int):
            pairs.append((name, str(value)))
        else:
            pairs.extend((name, item) for item in value)
    return f"?{urlencode(pairs)}" if pairs else ""
