"""The client-server API, thin: one method is one request."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from helpdesk_bot.matrix.transport import Json, MatrixError, Params, Raw, Transport, Unreachable

__all__ = ["Homeserver", "Json", "MatrixError", "Unreachable"]

CLIENT = "/_matrix/client/v3"
SYNC_MARGIN_SECONDS = 20.0
UPLOAD_SECONDS = 120.0
SYNC_BYTES = 256 * 1024 * 1024


class Homeserver(Transport):
    """What one account can ask of its homeserver."""

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
        filter: Json | None = None,
    ) -> Json:
        params: Params = {
            "since": since,
            "timeout": timeout_ms,
            "filter": json.dumps(filter) if filter else None,
            "set_presence": "offline",
        }
        seconds = timeout_ms / 1000 + SYNC_MARGIN_SECONDS
        # A first answer for many rooms takes a homeserver minutes; later ones only their long poll.
        seconds = max(seconds, 180.0) if since is None else seconds
        answer = await self._call("GET", f"{CLIENT}/sync", params=params, seconds=seconds, limit=SYNC_BYTES)
        _text(answer, "next_batch")  # without a position there is no going on
        return answer

    # Sending

    async def send_event(self, room_id: str, type_: str, txn_id: str, content: Json) -> str:
        path = f"{CLIENT}/rooms/{_q(room_id)}/send/{_q(type_)}/{_q(txn_id)}"
        return _text(await self._call("PUT", path, content), "event_id")

    async def upload(self, data: bytes, mimetype: str, name: str | None = None) -> str:
        """Returns where it is (mxc://…)."""
        answer = await self._call(
            "POST",
            "/_matrix/media/v3/upload",
            Raw(data, mimetype),
            params={"filename": name},
            seconds=UPLOAD_SECONDS,
        )
        return _text(answer, "content_uri")

    async def redact(self, room_id: str, event_id: str, txn_id: str, reason: str | None = None) -> str:
        path = f"{CLIENT}/rooms/{_q(room_id)}/redact/{_q(event_id)}/{_q(txn_id)}"
        return _text(await self._call("PUT", path, {"reason": reason} if reason else {}), "event_id")

    async def put_state(self, room_id: str, type_: str, content: Json, state_key: str = "") -> str:
        path = f"{CLIENT}/rooms/{_q(room_id)}/state/{_q(type_)}/{_q(state_key)}"
        return _text(await self._call("PUT", path, content), "event_id")

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


def _q(part: str) -> str:
    return quote(part, safe="", errors="replace")  # half a character is no id of anything


def _text(answer: Json, key: str) -> str:
    value = answer.get(key)
    if not isinstance(value, str):
        raise MatrixError(200, "BAD_ANSWER", f"the answer has no {key}")
    return value


def _events(answer: object) -> list[Json]:
    if not isinstance(answer, list):
        raise MatrixError(200, "BAD_ANSWER", "the answer is no list of events")
    return [event for event in answer if isinstance(event, dict)]
