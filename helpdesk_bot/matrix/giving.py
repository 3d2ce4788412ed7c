"""Room keys on their way to devices, each in a one-to-one message."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass

import structlog
from nio.crypto import OlmDevice

from helpdesk_bot.matrix.asking import ask, server_of
from helpdesk_bot.matrix.crypto_store import CryptoStore
from helpdesk_bot.matrix.engine import MEGOLM, Engine
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.matrix.patience import LONGEST, OUTAGE, Patience

log = structlog.get_logger(__name__)
_DEVICES_PER_REQUEST = 50  # each costs a millisecond in which nothing else happens


@dataclass(frozen=True)
class Gift:
    device: OlmDevice
    room_id: str
    session_id: str
    session_key: str


class Giving:
    def __init__(
        self, engine: Engine, store: CryptoStore, homeserver: Homeserver, patience: Patience
    ) -> None:
        self._engine = engine
        self._store = store
        self._homeserver = homeserver
        self._patience = patience
        self._claiming = asyncio.Lock()

    async def reachable(self, devices: Iterable[OlmDevice]) -> list[OlmDevice]:
        """Those that there is a session with, after claiming keys of the others, unless that failed a moment ago."""
        due = [device for device in devices if self._patience.over((device.user_id, device.id))]
        async with self._claiming:  # another room may be beginning these
            needed = [device for device in due if not self._engine.has_session(device)]
            if needed:
                await self.start_sessions(needed)
        return [device for device in due if self._engine.has_session(device)]

    async def start_sessions(self, devices: Iterable[OlmDevice]) -> list[OlmDevice]:
        """Claims one-time keys; returns the devices that there is a session with now."""
        wanted: dict[str, list[str]] = {}
        listed = list(devices)
        for device in listed:
            wanted.setdefault(device.user_id, []).append(device.id)

        async def claim(users: Sequence[str]) -> Json:
            return await self._homeserver.keys_claim({user: wanted[user] for user in users})

        heard = await ask(claim, "one_time_keys", list(wanted), server_of(self._engine.user_id))
        started: list[OlmDevice] = []
        with self._store.transaction():
            for device in listed:
                of_user = heard.of_user.get(device.user_id)
                claimed = of_user.get(device.id) if isinstance(of_user, dict) else None
                if self._engine.start_session(device, claimed):
                    started.append(device)
                    self._patience.forget((device.user_id, device.id))
                else:  # its homeserver is down, or it has run out of keys
                    down = server_of(device.user_id) in heard.down
                    self._patience.failed((device.user_id, device.id), OUTAGE if down else LONGEST)
        return started

    async def give(self, gifts: Sequence[Gift]) -> AsyncIterator[Sequence[Gift]]:
        """Gives each device one key; yields, time after time, those that the homeserver has taken. Raises MatrixError."""
        for start in range(0, len(gifts), _DEVICES_PER_REQUEST):
            part = gifts[start : start + _DEVICES_PER_REQUEST]
            try:
                await self._homeserver.to_device(
                    "m.room.encrypted", secrets.token_hex(16), self._sealed(part)
                )
            except MatrixError as error:
                if error.temporary or error.signed_out:
                    raise
                log.warning("room key refused", devices=len(part), error=error.errcode, status=error.status)
                for gift in part:
                    self._patience.failed((gift.device.user_id, gift.device.id))
            else:
                yield part

    def _sealed(self, gifts: Sequence[Gift]) -> dict[str, dict[str, Json]]:
        messages: dict[str, dict[str, Json]] = {}
        with self._store.transaction():  # a step of a one-to-one session taken twice could not be read
            for gift in gifts:
                content = {
                    "algorithm": MEGOLM,
                    "room_id": gift.room_id,
                    "session_id": gift.session_id,
                    "session_key": gift.session_key,
                }
                device = gift.device
                messages.setdefault(device.user_id, {})[device.id] = self._engine.seal(
                    device, "m.room_key", content
                )
        return messages
