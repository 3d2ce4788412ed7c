"""Encrypting for a room: which key, who has it, and who still has to get it.

A device counts as having a key only after the homeserver took the message that carries it. One that could not be
reached is tried again, with the key as it was when that device first had a right to it, so that it can read what was
said meanwhile.
"""

import asyncio
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
import vodozemac
from nio.crypto import OlmDevice, OutboundGroupSession

from helpdesk_bot.clock import Clock
from helpdesk_bot.matrix.crypto_store import CryptoStore, RoomKey
from helpdesk_bot.matrix.devices import Devices
from helpdesk_bot.matrix.engine import MEGOLM, Engine
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.matrix.patience import Patience

log = structlog.get_logger(__name__)
DeviceId = tuple[str, str]
_DEVICES_PER_REQUEST = 50  # each costs a millisecond in which nothing else happens
_MOST_MESSAGES = 100
_LONGEST = timedelta(days=7)
_SHORTEST = timedelta(hours=1)


@dataclass(frozen=True)
class Rotation:
    """When a room wants a new key."""

    messages: int = _MOST_MESSAGES
    age: timedelta = _LONGEST

    @classmethod
    def of(cls, settings: Mapping[str, Any] | None) -> "Rotation":
        """From the content of m.room.encryption; rubbish and extremes give the usual."""
        given = settings or {}
        count = _count(given.get("rotation_period_msgs"), _MOST_MESSAGES)
        age = timedelta(milliseconds=_count(given.get("rotation_period_ms"), 10**10))
        return cls(min(max(count, 1), _MOST_MESSAGES), min(max(age, _SHORTEST), _LONGEST))


def _count(value: object, most: int) -> int:
    return min(value, most) if isinstance(value, int) and not isinstance(value, bool) else most


@dataclass
class RoomSession:
    """The key that we speak with in one room. It lives in memory: a restarted process begins a new one."""

    room_id: str
    key: OutboundGroupSession
    begun: datetime
    owners: dict[DeviceId, str] = field(default_factory=dict)  # device → its identity key when it got ours
    waiting: dict[DeviceId, str] = field(
        default_factory=dict
    )  # device → the key from its first missed message on

    def worn_out(self, rotation: Rotation, now: datetime) -> bool:
        return self.key.message_count >= rotation.messages or now - self.begun >= rotation.age


class Sharing:
    def __init__(
        self,
        engine: Engine,
        store: CryptoStore,
        devices: Devices,
        homeserver: Homeserver,
        clock: Clock,
        patience: Patience,
    ) -> None:
        self._engine = engine
        self._store = store
        self._devices = devices
        self._homeserver = homeserver
        self._clock = clock
        self._patience = patience
        self._sessions: dict[str, RoomSession] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._claiming = asyncio.Lock()

    async def encrypt(
        self, room_id: str, type_: str, content: Json, users: Iterable[str], rotation: Rotation
    ) -> Json:
        readers = {*users, self._engine.user_id}
        # A lock, not a flag: whatever happens inside, the next one gets in.
        async with self._locks.setdefault(room_id, asyncio.Lock()):
            await self._devices.refresh(readers)
            devices = self._devices.of(readers)
            session = self._session(room_id, devices, rotation)
            await self._share(session, devices)
            return self._sealed(session, type_, content)

    def heard_from(self, user_id: str, sender_key: str) -> None:
        """The device is there, with a session: no need to wait any longer."""
        device = self._devices.by_key(user_id, sender_key)
        if device:
            self._patience.forget((user_id, device.id))

    def forget_device(self, user_id: str, sender_key: str) -> None:
        """The device lost its session with us, and maybe keys with it: it gets the current ones again."""
        device = self._devices.by_key(user_id, sender_key)
        if device is None:
            return
        self._patience.forget((user_id, device.id))
        for session in self._sessions.values():
            if (user_id, device.id) in session.owners:  # where it stays: it may still have the key
                session.waiting[user_id, device.id] = session.key.session_key

    async def retry(self) -> None:
        """Gives waiting devices what they wait for, in rooms where nothing is being said."""
        for session in list(self._sessions.values()):
            if not session.waiting:
                continue
            async with self._locks[session.room_id]:
                users = {user for user, _ in session.waiting}
                await self._devices.refresh(users)
                devices = self._devices.of(users)
                await self._share(session, {id_: devices[id_] for id_ in session.waiting if id_ in devices})

    async def start_sessions(self, devices: Iterable[OlmDevice]) -> list[OlmDevice]:
        """Claims one-time keys; returns the devices that there is a session with now."""
        wanted: dict[str, list[str]] = {}
        listed = list(devices)
        for device in listed:
            wanted.setdefault(device.user_id, []).append(device.id)
        answer = await self._homeserver.keys_claim(wanted)
        keys = answer.get("one_time_keys")
        keys = keys if isinstance(keys, dict) else {}
        started: list[OlmDevice] = []
        with self._store.transaction():
            for device in listed:
                of_user = keys.get(device.user_id)
                claimed = of_user.get(device.id) if isinstance(of_user, dict) else None
                if self._engine.start_session(device, claimed):
                    started.append(device)
        return started

    def _session(
        self, room_id: str, devices: Mapping[DeviceId, OlmDevice], rotation: Rotation
    ) -> RoomSession:
        session = self._sessions.get(room_id)
        now = self._clock()
        if session and not session.worn_out(rotation, now) and not _somebody_went(session, devices):
            return session
        key = OutboundGroupSession()
        key.max_age, key.max_messages = timedelta(days=3650), 10**9  # `worn_out` decides
        key.mark_as_shared()
        self._keep(room_id, key)
        session = self._sessions[room_id] = RoomSession(room_id, key, now)
        return session

    def _keep(self, room_id: str, key: OutboundGroupSession) -> None:
        """So that what we said ourselves stays readable."""
        inbound = vodozemac.InboundGroupSession(vodozemac.SessionKey(key.session_key))
        with self._store.transaction():
            self._store.add_room_key(
                RoomKey(room_id, key.id, self._engine.curve25519, self._engine.user_id, inbound)
            )

    async def _share(self, session: RoomSession, devices: Mapping[DeviceId, OlmDevice]) -> None:
        new = [id_ for id_ in devices if id_ not in session.owners and id_ not in session.waiting]
        if new:
            session.waiting.update(dict.fromkeys(new, session.key.session_key))
        for gone in [id_ for id_ in session.waiting if id_ not in devices]:
            del session.waiting[gone]
        due = {id_: devices[id_] for id_ in session.waiting if self._patience.over(id_)}
        if not due:
            return
        await self._claim(
            {id_: device for id_, device in due.items() if not self._engine.has_session(device)}
        )
        ready = [id_ for id_, device in due.items() if self._engine.has_session(device)]
        for start in range(0, len(ready), _DEVICES_PER_REQUEST):
            await self._send_keys(
                session, {id_: due[id_] for id_ in ready[start : start + _DEVICES_PER_REQUEST]}
            )

    async def _claim(self, devices: Mapping[DeviceId, OlmDevice]) -> None:
        if not devices:
            return
        async with self._claiming:
            # Another room may have begun these meanwhile.
            needed = {id_: device for id_, device in devices.items() if not self._engine.has_session(device)}
            if not needed:
                return
            started = {(device.user_id, device.id) for device in await self.start_sessions(needed.values())}
        for id_ in needed:
            if id_ in started:
                self._patience.forget(id_)
            else:  # out of keys, or its homeserver is down
                self._patience.failed(id_)

    async def _send_keys(self, session: RoomSession, devices: Mapping[DeviceId, OlmDevice]) -> None:
        messages: dict[str, dict[str, Json]] = {}
        with self._store.transaction():  # a step of a one-to-one session taken twice could not be read
            for (user, device_id), device in devices.items():
                content = {
                    "algorithm": MEGOLM,
                    "room_id": session.room_id,
                    "session_id": session.key.id,
                    "session_key": session.waiting[user, device_id],
                }
                messages.setdefault(user, {})[device_id] = self._engine.seal(device, "m.room_key", content)
        try:
            await self._homeserver.to_device("m.room.encrypted", secrets.token_hex(16), messages)
        except MatrixError as error:
            if error.temporary or error.signed_out:
                raise
            log.warning("room key refused", devices=len(devices), error=error.errcode, status=error.status)
            for id_ in devices:
                self._patience.failed(id_)
            return
        for id_, device in devices.items():
            session.waiting.pop(id_, None)
            session.owners[id_] = device.curve25519

    def _sealed(self, session: RoomSession, type_: str, content: Json) -> Json:
        payload = {"type": type_, "content": content, "room_id": session.room_id}
        sealed: Json = {
            "algorithm": MEGOLM,
            "sender_key": self._engine.curve25519,
            "ciphertext": session.key.encrypt(_json(payload)),
            "session_id": session.key.id,
            "device_id": self._engine.device_id,
        }
        relation = content.get("m.relates_to")
        if relation is not None:
            sealed["m.relates_to"] = relation  # homeserver and clients look for it outside
        return sealed


def _json(payload: Json) -> str:
    # Half a surrogate pair, which people's clients can send us, has no place in UTF-8.
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace").decode()


def _somebody_went(session: RoomSession, devices: Mapping[DeviceId, OlmDevice]) -> bool:
    """Whether a device that has the key may not read on, or is not the same any more."""
    return any(id_ not in devices or devices[id_].curve25519 != key for id_, key in session.owners.items())
