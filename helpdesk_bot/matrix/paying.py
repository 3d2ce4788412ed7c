"""Giving people the room keys that they are owed, once they can be reached again.

Who is owed what is in `owed_keys`. A sign of a device only makes us look sooner; it gets what is written there, and
nothing else, so a sign that is forged or comes a second time is of no use to anybody.
"""

import asyncio
from collections.abc import Sequence
from itertools import zip_longest

from nio.crypto import OlmDevice

from helpdesk_bot.clock import Clock
from helpdesk_bot.matrix.crypto_store import CryptoStore
from helpdesk_bot.matrix.devices import Devices
from helpdesk_bot.matrix.giving import Gift, Giving
from helpdesk_bot.matrix.owed_keys import ANY, Debt
from helpdesk_bot.matrix.patience import SHORTEST, Patience
from helpdesk_bot.matrix.sharing import DeviceId, Sharing, session_key

_MOST_EACH = 20  # keys for one device before all others had theirs, and the other chores their turn

LOOK_AGAIN = SHORTEST.total_seconds()


class Paying:
    def __init__(
        self,
        store: CryptoStore,
        devices: Devices,
        giving: Giving,
        sharing: Sharing,
        clock: Clock,
        patience: Patience,
    ) -> None:
        self._store = store
        self._devices = devices
        self._giving = giving
        self._sharing = sharing
        self._clock = clock
        self._patience = patience
        self._hopeful = set(store.owed.debtors())  # of whom there is a sign; the start is one of everybody

    @property
    def due(self) -> bool:
        """Whether there is a reason to try now. Without one it is tried as well, less and less often."""
        return bool(self._hopeful)

    # Signs that somebody is back

    def heard_from(self, user_id: str, sender_key: str) -> None:
        """In a one-to-one message, so there is a session with the device: no need to wait any longer."""
        device = self._devices.by_key(user_id, sender_key)
        if device:
            self._patience.forget((user_id, device.id))
        self._look_soon(user_id, device.id if device else ANY)

    def asked_by(self, user_id: str, device_id: str, session_id: str) -> None:
        """The device, which may be one that we do not know yet, misses this key."""
        self._look_soon(user_id, device_id, session_id)

    def _look_soon(self, user_id: str, device_id: str, session_id: str | None = None) -> None:
        device = self._store.owed.waiting(user_id, device_id, session_id)
        if device is not None:
            self._hopeful.add((user_id, device))
            for thing in (user_id, (user_id, device)):
                self._patience.cut_short(thing)

    # Paying

    async def pay(self) -> None:
        """Gives what can be given now. Raises MatrixError."""
        with self._store.transaction():
            self._store.owed.forget_old(self._clock())
        await self._pay()
        if self._hopeful:  # a sign came while we were looking, or so soon after a failure that it has to wait
            await asyncio.sleep(LOOK_AGAIN)
            await self._pay()

    def _may_be_tried(self, user_id: str, device_id: str) -> bool:
        return self._patience.over(user_id) and self._patience.over((user_id, device_id))

    async def _pay(self) -> None:
        self._hopeful = {id_ for id_ in self._hopeful if not self._may_be_tried(*id_)}
        users = {user for user, _ in self._store.owed.debtors()}
        await self._devices.refresh(users)  # and then it is known whom of them we owe
        listed = self._devices.of(users)
        debtors = [listed[id_] for id_ in self._store.owed.debtors() if id_ in listed]
        owed = [self._owed(device) for device in await self._giving.reachable(debtors)]
        for wave in zip_longest(*owed):
            await self._give([debt for debt in wave if debt is not None], listed)

    def _owed(self, device: OlmDevice) -> list[Debt]:
        debts = self._store.owed.to_device(device.user_id, device.id, device.curve25519, _MOST_EACH)
        if len(debts) == _MOST_EACH:
            self._hopeful.add((device.user_id, device.id))  # there may be more
        return debts

    async def _give(self, debts: Sequence[Debt], devices: dict[DeviceId, OlmDevice]) -> None:
        """To each device one key at most."""
        by_device = {(debt.user_id, debt.device_id): debt for debt in debts}
        gifts = [
            Gift(devices[id_], debt.room_id, debt.session_id, session_key(debt, self._store.pickle_key))
            for id_, debt in by_device.items()
        ]
        async for given in self._giving.give(gifts):
            paid = [by_device[gift.device.user_id, gift.device.id] for gift in given]
            with self._store.transaction():
                self._store.owed.paid(paid)
            for debt in paid:
                self._sharing.has(debt)
