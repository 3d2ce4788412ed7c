"""Encrypting for a room: which key, who has it, and who still has to get it.

A device counts as having a key only after the homeserver took the message that carries it. One that could not be
reached is owed the key as it was when that device first had a right to it, so that it can read what was said meanwhile;
see `owed_keys`.
"""

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import vodozemac
from nio.crypto import OlmDevice, OutboundGroupSession

from helpdesk_bot.clock import Clock
from helpdesk_bot.matrix.crypto_store import CryptoStore, RoomKey
from helpdesk_bot.matrix.devices import Devices
from helpdesk_bot.matrix.engine import MEGOLM, Engine
from helpdesk_bot.matrix.giving import Gift, Giving
from helpdesk_bot.matrix.http import Json
from helpdesk_bot.matrix.owed_keys import ANY, Debt
from helpdesk_bot.matrix.patience import Patience

DeviceId = tuple[str, str]
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

    def worn_out(self, rotation: Rotation, now: datetime) -> bool:
        return self.key.message_count >= rotation.messages or now - self.begun >= rotation.age


class Sharing:
    def __init__(
        self,
        engine: Engine,
        store: CryptoStore,
        devices: Devices,
        giving: Giving,
        clock: Clock,
        patience: Patience,
    ) -> None:
        self._engine = engine
        self._store = store
        self._devices = devices
        self._giving = giving
        self._clock = clock
        self._patience = patience
        self._sessions: dict[str, RoomSession] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def encrypt(
        self, room_id: str, type_: str, content: Json, users: Iterable[str], rotation: Rotation
    ) -> Json:
        readers = {*users, self._engine.user_id}
        # A lock, not a flag: whatever happens inside, the next one gets in.
        async with self._locks.setdefault(room_id, asyncio.Lock()):
            await self._devices.refresh(readers)
            devices = self._devices.of(readers)
            session = self._session(room_id, readers, devices, rotation)
            await self._share(session, devices, self._devices.uncertain(readers))
            return self._sealed(session, type_, content)

    def forget_device(self, user_id: str, sender_key: str) -> None:
        """The device lost its session with us, and maybe keys with it: it gets the current ones again."""
        device = self._devices.by_key(user_id, sender_key)
        if device is None:
            return
        self._patience.forget((user_id, device.id))
        for session in self._sessions.values():
            if (user_id, device.id) in session.owners:  # where it stays: it may still have the key
                self._owe(session, {(user_id, device.id): sender_key})

    def has(self, paid: Debt) -> None:
        """The device has the key now. If it is the one that we speak with, its going away will end that."""
        session = self._sessions.get(paid.room_id)
        if session and session.key.id == paid.session_id:
            session.owners[paid.user_id, paid.device_id] = paid.identity_key

    def _session(
        self,
        room_id: str,
        readers: Collection[str],
        devices: Mapping[DeviceId, OlmDevice],
        rotation: Rotation,
    ) -> RoomSession:
        session = self._sessions.get(room_id)
        now = self._clock()
        if (
            session
            and not session.worn_out(rotation, now)
            and not self._somebody_went(session, readers, devices)
        ):
            return session
        key = OutboundGroupSession()
        key.max_age, key.max_messages = timedelta(days=3650), 10**9  # `worn_out` decides
        key.mark_as_shared()
        self._keep(room_id, key)
        session = self._sessions[room_id] = RoomSession(room_id, key, now)
        return session

    def _somebody_went(
        self, session: RoomSession, readers: Collection[str], devices: Mapping[DeviceId, OlmDevice]
    ) -> bool:
        """Whether a device that has the key, or will get it, may not read on, or is not the same any more."""
        debts = self._store.owed.of_session(session.key.id)
        holders = {id_: debt.identity_key for id_, debt in debts.items() if id_[1] != ANY} | session.owners
        return any(
            id_ not in devices or devices[id_].curve25519 != key for id_, key in holders.items()
        ) or any(user not in readers for user, _ in debts)

    def _keep(self, room_id: str, key: OutboundGroupSession) -> None:
        """So that what we said ourselves stays readable."""
        inbound = vodozemac.InboundGroupSession(vodozemac.SessionKey(key.session_key))
        with self._store.transaction():
            self._store.add_room_key(
                RoomKey(room_id, key.id, self._engine.curve25519, self._engine.user_id, inbound)
            )

    async def _share(
        self, session: RoomSession, devices: Mapping[DeviceId, OlmDevice], uncertain: Iterable[str]
    ) -> None:
        """Gives the key to whom can be reached; when this returns the others are owed it, whatever happens next.

        `uncertain`: users who may have other devices by now.
        """
        debts = self._store.owed.of_session(session.key.id)
        keyless = {
            id_: device for id_, device in devices.items() if id_ in debts or id_ not in session.owners
        }
        left = {id_: device.curve25519 for id_, device in keyless.items()}
        if keyless:
            keys = dict.fromkeys(keyless, session.key.session_key)
            keys |= {
                id_: session_key(debt, self._store.pickle_key) for id_, debt in debts.items() if id_ in keys
            }
            gifts = [
                Gift(device, session.room_id, session.key.id, keys[device.user_id, device.id])
                for device in await self._giving.reachable(keyless.values())
            ]
            async for given in self._giving.give(gifts):
                ids = {(gift.device.user_id, gift.device.id) for gift in given}
                session.owners.update((id_, left.pop(id_)) for id_ in ids)
                with self._store.transaction():
                    self._store.owed.paid(debts[id_] for id_ in ids if id_ in debts)
        left |= {(user, ANY): "" for user in uncertain}
        self._owe(session, {id_: key for id_, key in left.items() if id_ not in debts})

    def _owe(self, session: RoomSession, devices: Mapping[DeviceId, str]) -> None:
        """From what is said next on. `devices` with their identity keys."""
        if not devices:
            return
        pickle = session.key.pickle(self._store.pickle_key).decode()
        debts = [Debt(*id_, key, session.room_id, session.key.id, pickle) for id_, key in devices.items()]
        with self._store.transaction():
            self._store.owed.owe(debts, self._clock())

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


def session_key(debt: Debt, pickle_key: str) -> str:
    """What its device must get: with it, everything from the first message that is owed can be read."""
    key: str = OutboundGroupSession.from_pickle(debt.pickle.encode(), pickle_key).session_key
    return key


def _json(payload: Json) -> str:
    # Half a surrogate pair, which people's clients can send us, has no place in UTF-8.
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace").decode()
