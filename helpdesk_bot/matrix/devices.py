"""Whose devices there are: the lists that keys are shared by, kept fresh as the homeserver says they change."""

import asyncio
from collections.abc import Iterable
from typing import Any

import structlog
from nio.crypto import OlmDevice

from helpdesk_bot.matrix.asking import ask, server_of
from helpdesk_bot.matrix.crypto_store import CryptoStore
from helpdesk_bot.matrix.engine import Engine
from helpdesk_bot.matrix.http import Homeserver, Json
from helpdesk_bot.matrix.patience import OUTAGE, Patience

log = structlog.get_logger(__name__)
_USERS_PER_QUERY = 200
# Those who are guarded: the signing keys of their devices that somebody vouches for, None while these are not known.
Vouched = dict[str, frozenset[str] | None]


class Devices:
    """`changed` and `left` belong in a transaction of the store; an outdated list stays so across a crash.

    Of most people any device may read along, as they have not compared keys with anybody. Of those who are `guarded` only
    the ones for which somebody vouches: their homeserver could add one of its own.
    """

    def __init__(
        self,
        engine: Engine,
        store: CryptoStore,
        homeserver: Homeserver,
        patience: Patience,
        vouched: Vouched,
    ) -> None:
        self._engine = engine
        self._store = store
        self._homeserver = homeserver
        self._patience = patience
        self._outdated = store.tracked()
        self._changes: dict[str, int] = {}
        self._vouched = vouched
        self._asking = asyncio.Lock()
        self._to_look_at: set[str] = set()  # those who are guarded, and whose devices are others now

    def changed(self, users: Iterable[str]) -> None:
        """Only those we follow: of the others the list is asked for when it is needed."""
        known = [user for user in users if user in self._outdated]
        self._store.track(known, outdated=True)
        for user in known:
            self._outdated[user] = True
            self._changes[user] = self._changes.get(user, 0) + 1
            if user in self._vouched:
                self._to_look_at.add(user)
            self._patience.forget(user)

    def left(self, users: Iterable[str]) -> None:
        gone = [user for user in users if user in self._outdated]
        self._store.untrack(gone)
        for user in gone:
            del self._outdated[user]

    def outdated(self) -> set[str]:
        return {user for user, outdated in self._outdated.items() if outdated}

    def uncertain(self, users: Iterable[str]) -> list[str]:
        """Of these, those of whom we can't say which devices may read."""
        return [user for user in users if self._is_outdated(user) or self._vouched.get(user, ()) is None]

    def guard(self, user: str) -> None:
        """From now on only devices of theirs that are vouched for get keys."""
        self._vouched.setdefault(user, None)

    def vouch(self, user: str, signing_keys: Iterable[str]) -> None:
        """It is these devices, by their signing keys, and no others."""
        self._vouched[user] = frozenset(signing_keys)
        if not self._is_outdated(user):
            with self._store.transaction():
                self._note_listed(user)

    def to_look_at(self) -> set[str]:
        """Those who are guarded, and whose devices have changed since the last time that this was asked."""
        changed, self._to_look_at = self._to_look_at, set()
        return changed

    def _is_outdated(self, user: str) -> bool:
        return self._outdated.get(user, True)

    def of(self, users: Iterable[str]) -> dict[tuple[str, str], OlmDevice]:
        """The devices that may read what these users may read; not this one."""
        mine = (self._engine.user_id, self._engine.device_id)
        return {
            (user, device.id): device
            for user in users
            if user in self._engine.device_store.users
            for device in self._engine.device_store.active_user_devices(user)
            if (user, device.id) != mine and not device.blacklisted and self._may_read(device)
        }

    def _may_read(self, device: OlmDevice) -> bool:
        if device.user_id not in self._vouched:
            return True
        return device.ed25519 in (self._vouched[device.user_id] or ())

    def by_key(self, user_id: str, sender_key: str) -> OlmDevice | None:
        """The device of a user with this identity key, one that has signed out since included."""
        if user_id not in self._engine.device_store.users:
            return None
        for device in self._engine.device_store[user_id].values():
            if device.curve25519 == sender_key:
                return device
        return None

    def shown(self, user_id: str, sender_key: str) -> bool:
        """Whether the user's list, as we last had it, has a device with this identity key."""
        device = self.by_key(user_id, sender_key)
        return device is not None and not device.deleted

    async def refresh(self, users: Iterable[str]) -> None:
        """Asks for the lists that are unknown or outdated. Raises MatrixError when our homeserver does not answer."""
        wanted = set(users)
        if not self._due(wanted):
            return
        async with self._asking:
            due = sorted(self._due(wanted))  # somebody else may have asked meanwhile
            for start in range(0, len(due), _USERS_PER_QUERY):
                await self._ask(due[start : start + _USERS_PER_QUERY])

    def _due(self, users: set[str]) -> set[str]:
        return {user for user in users if self._is_outdated(user) and self._patience.over(user)}

    async def _ask(self, users: list[str]) -> None:
        changes = {user: self._changes.get(user, 0) for user in users}
        heard = await ask(self._homeserver.keys_query, "device_keys", users, server_of(self._engine.user_id))
        fresh: list[str] = []
        touched: dict[str, dict[str, OlmDevice]] = {}
        for user in users:
            devices = heard.of_user.get(user)
            if not isinstance(devices, dict) and server_of(user) in heard.down:
                self._patience.failed(user, OUTAGE)
                continue
            touched[user] = self._take(user, devices if isinstance(devices, dict) else {})
            self._patience.forget(user)
            if self._changes.get(user, 0) == changes[user]:  # else it changed while we asked
                fresh.append(user)
        with self._store.transaction():
            self._store.save_device_keys(touched)
            self._store.track(fresh, outdated=False)
            for user in fresh:
                self._note_listed(user)
        self._outdated.update(dict.fromkeys(fresh, False))
        for user in fresh:
            self._changes.pop(user, None)

    def _note_listed(self, user: str) -> None:
        """It is known which devices are owed what the user is owed."""
        if self._vouched.get(user, ()) is not None:
            listed = {id_: device.curve25519 for (_, id_), device in self.of([user]).items()}
            self._store.owed.listed(user, listed)

    def _take(self, user: str, listed: dict[str, Any]) -> dict[str, OlmDevice]:
        """Brings the list of one user up to date, device by device: a malformed one costs nobody else theirs."""
        known = self._engine.device_store[user]
        touched: dict[str, OlmDevice] = {}
        present: set[str] = set()
        for device_id, payload in listed.items():
            if (user, device_id) == (self._engine.user_id, self._engine.device_id):
                continue
            keys = self._checked(user, device_id, payload)
            if keys is None:
                continue
            device = known.get(device_id)
            if device is None:
                device = known[device_id] = OlmDevice(user, device_id, keys)
            elif device.ed25519 != keys["ed25519"]:
                log.warning("a device changed its signing key and is left out")
                continue
            elif not device.deleted and device.keys == keys:
                present.add(device_id)
                continue
            device.keys.update(keys)
            device.deleted = False
            present.add(device_id)
            touched[device_id] = device
        for device_id, device in known.items():
            if device_id not in present and not device.deleted:
                device.deleted = True
                touched[device_id] = device
        return touched

    def _checked(self, user: str, device_id: str, payload: object) -> dict[str, str] | None:
        if (
            not isinstance(payload, dict)
            or payload.get("user_id") != user
            or payload.get("device_id") != device_id
        ):
            return None
        keys: Json = payload["keys"] if isinstance(payload.get("keys"), dict) else {}
        ed25519, curve25519 = keys.get(f"ed25519:{device_id}"), keys.get(f"curve25519:{device_id}")
        if not isinstance(ed25519, str) or not isinstance(curve25519, str):
            return None
        if not self._engine.signed_by(payload, ed25519, user, device_id):
            return None
        return {"ed25519": ed25519, "curve25519": curve25519}
