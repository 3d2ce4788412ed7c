"""The client-server API, thin: one method is one request.

A call never retries by itself, always ends (a hard limit on time and on size), and fails in one way only: with a
`MatrixError`. Whoever calls decides whether and when to try again. The access token travels in a header and is in
no address, message or exception.
"""

import asyncio
import json
import math
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from typing_extensions import override
from yarl import URL

from helpdesk_bot.matrix import wire

Json = dict[str, Any]
Params = Mapping[str, str | int | bool | Iterable[str] | None]

CLIENT = "/_matrix/client/v3"
CALL_SECONDS = 30.0
SYNC_MARGIN_SECONDS = 20.0
CALL_BYTES = 32 * 1024 * 1024
SYNC_BYTES = 256 * 1024 * 1024


class MatrixError(Exception):
    """The homeserver did not do what was asked.

    `errcode` is the homeserver's own, or one of ours for an answer that is none: BAD_ANSWER, TOO_LARGE, UNREACHABLE.
    `message` and `details` are the homeserver's words; they may hold names, so neither is part of `str(error)`.
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
        """Whether the same request may succeed later."""
        broken_answer = (
            self.errcode in ("BAD_ANSWER", "TOO_LARGE") and self.status < HTTPStatus.MULTIPLE_CHOICES
        )
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


class Homeserver:
    """One account's way to its homeserver. Closing `session` is up to who opened it."""

    def __init__(self, base_url: str, access_token: str | None, *, session: aiohttp.ClientSession) -> None:
        self.base_url = base_url.rstrip("/")
        self._token = access_token
        self._session = session

    @override
    def __repr__(self) -> str:
        return f"Homeserver({self.base_url!r})"

    def signed_in(self, access_token: str) -> "Homeserver":
        """The same homeserver, with another token."""
        return Homeserver(self.base_url, access_token, session=self._session)

    # Account

    async def versions(self) -> Json:
        return await self._call("GET", "/_matrix/client/versions")

    async def whoami(self) -> Json:
        return await self._call("GET", f"{CLIENT}/account/whoami")

    async def login_password(
        self, user: str, password: str, device_id: str | None = None, display_name: str | None = None
    ) -> Json:
        body: Json = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user},
            "password": password,
        }
        if device_id:
            body["device_id"] = device_id
        if display_name:
            body["initial_device_display_name"] = display_name
        return await self._call("POST", f"{CLIENT}/login", body)

    async def logout(self) -> None:
        await self._call("POST", f"{CLIENT}/logout", {})

    async def profile(self, user_id: str) -> Json:
        return await self._call("GET", f"{CLIENT}/profile/{_q(user_id)}")

    async def set_displayname(self, user_id: str, name: str) -> None:
        await self._call("PUT", f"{CLIENT}/profile/{_q(user_id)}/displayname", {"displayname": name})

    async def account_data(self, user_id: str, type_: str) -> Json:
        return await self._call("GET", f"{CLIENT}/user/{_q(user_id)}/account_data/{_q(type_)}")

    async def put_account_data(self, user_id: str, type_: str, content: Json) -> None:
        await self._call("PUT", f"{CLIENT}/user/{_q(user_id)}/account_data/{_q(type_)}", content)

    # Sync

    async def sync(
        self,
        since: str | None = None,
        timeout_ms: int = 30_000,
        filter: str | Json | None = None,
        full_state: bool = False,
        set_presence: str | None = "offline",
    ) -> Json:
        params: Params = {
            "since": since,
            "timeout": timeout_ms,
            "filter": json.dumps(filter) if isinstance(filter, dict) else filter,
            "full_state": full_state or None,
            "set_presence": set_presence,
        }
        seconds = timeout_ms / 1000 + SYNC_MARGIN_SECONDS
        # A first answer for many rooms takes a homeserver minutes; later ones only their long poll.
        seconds = max(seconds, 180.0) if since is None or full_state else seconds
        answer = await self._call("GET", f"{CLIENT}/sync", params=params, seconds=seconds, limit=SYNC_BYTES)
        _text(answer, "next_batch")  # without a position there is no going on
        return answer

    async def upload_filter(self, user_id: str, filter: Json) -> str:
        answer = await self._call("POST", f"{CLIENT}/user/{_q(user_id)}/filter", filter)
        return _text(answer, "filter_id")

    # Sending

    async def send_event(self, room_id: str, type_: str, txn_id: str, content: Json) -> str:
        path = f"{CLIENT}/rooms/{_q(room_id)}/send/{_q(type_)}/{_q(txn_id)}"
        return _text(await self._call("PUT", path, content), "event_id")

    async def redact(self, room_id: str, event_id: str, txn_id: str, reason: str | None = None) -> str:
        path = f"{CLIENT}/rooms/{_q(room_id)}/redact/{_q(event_id)}/{_q(txn_id)}"
        return _text(await self._call("PUT", path, {"reason": reason} if reason else {}), "event_id")

    async def put_state(self, room_id: str, type_: str, content: Json, state_key: str = "") -> str:
        path = f"{CLIENT}/rooms/{_q(room_id)}/state/{_q(type_)}/{_q(state_key)}"
        return _text(await self._call("PUT", path, content), "event_id")

    async def upload_media(self, data: bytes, content_type: str, filename: str | None = None) -> str:
        path = "/_matrix/media/v3/upload"
        headers = {"Content-Type": content_type}
        answer = await self._call(
            "POST", path, data, params={"filename": filename}, headers=headers, seconds=120.0
        )
        return _text(answer, "content_uri")

    # Rooms

    async def create_room(self, **body: Any) -> str:
        return _text(await self._call("POST", f"{CLIENT}/createRoom", body, seconds=60.0), "room_id")

    async def join(self, room_or_alias: str, via: Iterable[str] = ()) -> str:
        servers = list(via)
        params: Params = {"via": servers, "server_name": servers}  # the second name is the older one
        path = f"{CLIENT}/join/{_q(room_or_alias)}"
        # Joining over federation may take a minute or two.
        return _text(await self._call("POST", path, {}, params=params, seconds=120.0), "room_id")

    async def leave(self, room_id: str, reason: str | None = None) -> None:
        await self._call("POST", f"{CLIENT}/rooms/{_q(room_id)}/leave", {"reason": reason} if reason else {})

    async def invite(self, room_id: str, user_id: str) -> None:
        await self._call("POST", f"{CLIENT}/rooms/{_q(room_id)}/invite", {"user_id": user_id})

    async def kick(self, room_id: str, user_id: str, reason: str | None = None) -> None:
        body = {"user_id": user_id} | ({"reason": reason} if reason else {})
        await self._call("POST", f"{CLIENT}/rooms/{_q(room_id)}/kick", body)

    async def joined_rooms(self) -> list[str]:
        rooms = (await self._call("GET", f"{CLIENT}/joined_rooms")).get("joined_rooms")
        return [room for room in rooms if isinstance(room, str)] if isinstance(rooms, list) else []

    async def resolve_alias(self, alias: str) -> str:
        return _text(await self._call("GET", f"{CLIENT}/directory/room/{_q(alias)}"), "room_id")

    async def state(self, room_id: str, type_: str, state_key: str = "") -> Json:
        return await self._call("GET", f"{CLIENT}/rooms/{_q(room_id)}/state/{_q(type_)}/{_q(state_key)}")

    async def full_state(self, room_id: str) -> list[Json]:
        """All state events of a room, as they are in the clear."""
        answer = await self._request("GET", f"{CLIENT}/rooms/{_q(room_id)}/state")
        return _events(answer)

    async def members(self, room_id: str) -> list[Json]:
        """The raw membership events of a room."""
        answer = await self._call("GET", f"{CLIENT}/rooms/{_q(room_id)}/members", seconds=60.0)
        return _events(answer.get("chunk"))

    async def messages(
        self,
        room_id: str,
        from_: str | None,
        to: str | None = None,
        dir_: str = "b",
        limit: int = 100,
        filter: Json | None = None,
    ) -> Json:
        params: Params = {
            "from": from_,
            "to": to,
            "dir": dir_,
            "limit": limit,
            "filter": json.dumps(filter) if filter else None,
        }
        path = f"{CLIENT}/rooms/{_q(room_id)}/messages"
        return await self._call("GET", path, params=params, seconds=60.0)

    async def event(self, room_id: str, event_id: str) -> Json:
        return await self._call("GET", f"{CLIENT}/rooms/{_q(room_id)}/event/{_q(event_id)}")

    # Encryption keys

    async def keys_upload(self, body: Json) -> Json:
        return await self._call("POST", f"{CLIENT}/keys/upload", body)

    async def keys_query(self, users: Iterable[str], timeout_ms: int = 5_000) -> Json:
        """`timeout_ms` is how long the homeserver may wait for other homeservers."""
        body = {"device_keys": {user: [] for user in users}, "timeout": timeout_ms}
        return await self._call("POST", f"{CLIENT}/keys/query", body)

    async def keys_claim(self, devices: Mapping[str, Iterable[str]], timeout_ms: int = 5_000) -> Json:
        wanted = {user: dict.fromkeys(ids, "signed_curve25519") for user, ids in devices.items()}
        return await self._call(
            "POST", f"{CLIENT}/keys/claim", {"one_time_keys": wanted, "timeout": timeout_ms}
        )

    async def to_device(self, type_: str, txn_id: str, messages: Mapping[str, Mapping[str, Json]]) -> None:
        path = f"{CLIENT}/sendToDevice/{_q(type_)}/{_q(txn_id)}"
        await self._call("PUT", path, {"messages": messages})

    async def upload_signing_keys(self, body: Json) -> None:
        await self._call("POST", f"{CLIENT}/keys/device_signing/upload", body)

    async def upload_signatures(self, body: Json) -> Json:
        return await self._call("POST", f"{CLIENT}/keys/signatures/upload", body)

    # Synapse's administration

    async def ratelimit_override(self, user_id: str) -> Json:
        """An empty answer means that nothing is overridden."""
        return await self._call("GET", f"/_synapse/admin/v1/users/{_q(user_id)}/override_ratelimit")

    async def override_ratelimit(
        self, user_id: str, messages_per_second: int = 0, burst_count: int = 0
    ) -> Json:
        """Zeros lift the limit."""
        body = {"messages_per_second": messages_per_second, "burst_count": burst_count}
        return await self._call("POST", f"/_synapse/admin/v1/users/{_q(user_id)}/override_ratelimit", body)

    # The one way out

    async def _call(self, method: str, path: str, body: Json | bytes | None = None, **options: Any) -> Json:
        answer = await self._request(method, path, body, **options)
        if not isinstance(answer, dict):
            raise MatrixError(200, "BAD_ANSWER", "the answer is no JSON object")
        return answer

    async def _request(
        self,
        method: str,
        path: str,
        body: Json | bytes | None = None,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = CALL_SECONDS,
        limit: int = CALL_BYTES,
    ) -> Any:
        sent = dict(headers or {})
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        data = body
        if isinstance(body, dict):
            sent["Content-Type"] = "application/json"
            data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
        url = URL(self.base_url + path + _query(params or {}), encoded=True)
        timeout = aiohttp.ClientTimeout(total=seconds, connect=min(seconds, 15.0))
        failure: MatrixError | None = None
        status, raw, waits = 0, b"", None
        try:
            async with self._session.request(
                method, url, data=data, headers=sent, timeout=timeout, allow_redirects=False
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


def _q(part: str) -> str:
    return quote(part, safe="")


def _text(answer: Json, key: str) -> str:
    value = answer.get(key)
    if not isinstance(value, str):
        raise MatrixError(200, "BAD_ANSWER", f"the answer has no {key}")
    return value


def _events(answer: object) -> list[Json]:
    if not isinstance(answer, list):
        raise MatrixError(200, "BAD_ANSWER", "the answer is no list of events")
    return [event for event in answer if isinstance(event, dict)]
