"""What we say to other devices of our own accord: asking for keys, mending sessions, declining to compare symbols."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog

from helpdesk_bot.clock import Clock
from helpdesk_bot.matrix.crypto_store import CryptoStore, MissingKey
from helpdesk_bot.matrix.devices import Devices
from helpdesk_bot.matrix.engine import MEGOLM, Engine
from helpdesk_bot.matrix.giving import Giving
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.matrix.patience import Patience
from helpdesk_bot.matrix.to_device import Refusal

log = structlog.get_logger(__name__)
_ASKED_AT_MOST = 6
_AT_ONCE = 20
_MOST_BROKEN = 1_000


class KeyRequests:
    """Asking for keys that did not come: the first question may have met a broken session, or a client that was off."""

    def __init__(self, engine: Engine, store: CryptoStore, homeserver: Homeserver, clock: Clock) -> None:
        self._engine = engine
        self._store = store
        self._homeserver = homeserver
        self._patience = Patience(clock)

    async def ask(self, room_id: str, event: Json) -> None:
        sender, content = event.get("sender"), event.get("content")
        session_id, sender_key = (_get(content, name) for name in ("session_id", "sender_key"))
        if isinstance(sender, str) and session_id:
            await self._ask(MissingKey(room_id, session_id, sender, sender_key))

    async def ask_again(self) -> None:
        due = [key for key in self._store.asked(_ASKED_AT_MOST) if self._patience.over(key)]
        for key in due[:_AT_ONCE]:
            await self._ask(key)

    async def _ask(self, key: MissingKey) -> None:
        if not self._patience.over(key):
            return
        self._patience.failed(key)
        with self._store.transaction():
            self._store.note_asked(key)
        body = {"algorithm": MEGOLM, "room_id": key.room_id, "session_id": key.session_id}
        if key.sender_key:
            body["sender_key"] = key.sender_key
        request = {
            "action": "request",
            "body": body,
            "request_id": _name(key.room_id, key.session_id, key.sender),
            "requesting_device_id": self._engine.device_id,
        }
        messages = {user: {"*": request} for user in {key.sender, self._engine.user_id}}
        with _dropping_what_is_refused():
            await self._homeserver.to_device("m.room_key_request", secrets.token_hex(16), messages)


class Mending:
    """A device whose messages we can't open gets a new session, once an hour at most."""

    def __init__(
        self,
        engine: Engine,
        store: CryptoStore,
        devices: Devices,
        giving: Giving,
        homeserver: Homeserver,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._store = store
        self._devices = devices
        self._giving = giving
        self._homeserver = homeserver
        self._patience = Patience(clock, first=timedelta(hours=1))
        self.broken: dict[tuple[str, str], None] = {}

    def note(self, sender: str, sender_key: str) -> None:
        if len(self.broken) < _MOST_BROKEN:
            self.broken[sender, sender_key] = None

    async def mend(self) -> None:
        for sender, sender_key in list(self.broken)[:_AT_ONCE]:
            if self._patience.over((sender, sender_key)):
                with _dropping_what_is_refused():
                    await self._begin_anew(sender, sender_key)
            del self.broken[sender, sender_key]

    async def _begin_anew(self, sender: str, sender_key: str) -> None:
        await self._devices.refresh({sender})
        device = self._devices.by_key(sender, sender_key)
        if device is None or device.deleted or not await self._giving.start_sessions([device]):
            return
        with self._store.transaction():
            sealed = self._engine.seal(device, "m.dummy", {})
        self._patience.failed((sender, sender_key))
        await self._homeserver.to_device(
            "m.room.encrypted", secrets.token_hex(16), {sender: {device.id: sealed}}
        )


class Refusing:
    """Our device is vouched for by our account; there is nobody here to compare symbols with."""

    def __init__(self, homeserver: Homeserver, reason: str, waiting: list[Refusal]) -> None:
        self._homeserver = homeserver
        self._reason = reason
        self.waiting = waiting

    async def refuse(self) -> None:
        while self.waiting:
            asked = self.waiting[0]
            content = {"transaction_id": asked.transaction_id, "code": "m.user", "reason": self._reason}
            txn_id = _name(asked.user_id, asked.device_id, asked.transaction_id)
            messages = {asked.user_id: {asked.device_id: content}}
            with _dropping_what_is_refused():
                await self._homeserver.to_device("m.key.verification.cancel", txn_id, messages)
            del self.waiting[0]


@contextmanager
def _dropping_what_is_refused() -> Iterator[None]:
    """What the homeserver will never take is not tried again; what it may take later raises."""
    try:
        yield
    except MatrixError as error:
        if error.temporary or error.signed_out:
            raise
        log.warning("message between devices refused", error=error.errcode, status=error.status)


def _get(content: object, name: str) -> str | None:
    value: Any = content.get(name) if isinstance(content, dict) else None
    return value if isinstance(value, str) else None


def _name(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]
