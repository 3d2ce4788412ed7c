"""Encryption as the rest of the bot sees it: what came in, what goes out, and the upkeep in between."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, Self

import structlog

from helpdesk_bot.clock import Clock, utc_now
from helpdesk_bot.matrix import key_file, starts
from helpdesk_bot.matrix.account import Account, AccountError, who
from helpdesk_bot.matrix.courtesies import KeyRequests, Mending, Refusing
from helpdesk_bot.matrix.cross_signing import DeviceSigner, device_is_verified, ensure_signed, standing
from helpdesk_bot.matrix.crypto_store import CryptoStore
from helpdesk_bot.matrix.decryption import Decrypted, Decryption, Malformed, Undecryptable
from helpdesk_bot.matrix.devices import Devices, Vouched
from helpdesk_bot.matrix.engine import Engine
from helpdesk_bot.matrix.giving import Giving
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.matrix.key_upload import KeyUpload
from helpdesk_bot.matrix.patience import Patience
from helpdesk_bot.matrix.paying import Paying
from helpdesk_bot.matrix.sharing import Rotation, Sharing
from helpdesk_bot.matrix.to_device import ToDevice

__all__ = ["Crypto", "Decrypted", "Malformed", "Undecryptable"]

log = structlog.get_logger(__name__)
ENCRYPT_SECONDS = 60.0
_UPKEEP = timedelta(minutes=1)


class Crypto:
    """One device's encryption. Use it from one event loop; `open` and `close` it there."""

    def __init__(self, account: Account, homeserver: Homeserver, clock: Clock, refusal: str) -> None:
        self.account = account
        self._homeserver = homeserver
        self._clock = clock
        self._refusal = refusal
        self._held = ExitStack()
        self._held.enter_context(account.locked())
        self._upkeep: asyncio.Task[None] | None = None
        self._upkeep_lock = asyncio.Lock()
        self._kept_up = clock()
        self._patience = Patience(clock)
        self._vouched: Vouched = {}
        with self._held as held:
            if account.identity:  # opening the store would mend what must not be mended: make new keys, say
                key_file.read(account)
            self._store = CryptoStore(
                account.store_path, account.user_id, account.device_id, account.pickle_key
            )
            held.callback(self._store.close)
            self._load()
            self._held = held.pop_all()

    def _load(self) -> None:
        """Everything in memory from the store: at the start, and after a batch that failed half-way."""
        if self.account.was_restored():
            self._store.forget_one_to_one_sessions()
            self.account.drop_restored_mark()
        account, homeserver, clock = self.account, self._homeserver, self._clock
        self._engine = Engine(account.user_id, account.device_id, self._store)
        self._devices = Devices(self._engine, self._store, homeserver, self._patience, self._vouched)
        self._keys = KeyUpload(self._engine, self._store, homeserver, clock)
        giving = Giving(self._engine, self._store, homeserver, self._patience)
        self._sharing = Sharing(self._engine, self._store, self._devices, giving, clock, self._patience)
        self._paying = Paying(self._store, self._devices, giving, self._sharing, clock, self._patience)
        self._to_device = ToDevice(self._engine, self._store, self._sharing, self._paying)
        self._decryption = Decryption(self._store, self._devices)
        self._requests = KeyRequests(self._engine, self._store, homeserver, clock)
        self._refusing = Refusing(homeserver, self._refusal, self._to_device.refusals)
        self._mending = Mending(self._engine, self._store, self._devices, giving, homeserver, clock)
        self._engine.on_wedged = self._mending.note

    @classmethod
    async def open(
        cls,
        account: Account,
        homeserver: Homeserver,
        *,
        password: str | None = None,
        reset_signing: bool = False,
        clock: Clock = utc_now,
        refusal: str = "",
    ) -> Self:
        """Opens the store and makes sure that the homeserver shows this device, signed.

        `password` is only asked for by some homeservers, for new signing keys. `refusal` is what somebody reads who
        asks to verify. Raises AccountError for what a person must mend, MatrixError for what time may.
        """
        crypto = cls(account, homeserver, clock, refusal)
        try:
            await crypto._publish(password, reset_signing)
        except BaseException:
            await crypto.close()
            raise
        return crypto

    @property
    def identity(self) -> str:
        """The public signing key of this device."""
        return self._engine.ed25519

    async def close(self) -> None:
        if self._upkeep:
            self._upkeep.cancel()
            await asyncio.wait([self._upkeep])
        self._held.close()

    # In

    async def receive(self, sync: Mapping[str, Any]) -> set[str]:
        """Takes what a sync says about keys; returns the sessions whose keys arrived.

        All of it is saved when this returns, so commit the sync position after it. Taking the same sync twice does
        no harm and returns the same.
        """
        lists = _dict(sync.get("device_lists"))
        try:
            with self._store.transaction():
                arrived = self._to_device.take(_dict(sync.get("to_device")).get("events"))
                self._devices.changed(_strings(lists.get("changed")))
                self._devices.left(_strings(lists.get("left")))
                self._engine.forget_strangers(self._devices.shown)
                self._store.tidy()
        except BaseException:
            self._load()  # memory is ahead of the store now
            raise
        self._keys.learn(
            sync.get("device_one_time_keys_count"),
            sync.get("device_unused_fallback_key_types"),
        )
        self._start_upkeep()
        return arrived

    def decrypt(self, room_id: str, event: Json) -> Decrypted:
        """Raises Undecryptable while the key is missing, Malformed for what is rubbish or dishonest."""
        return self._decryption.decrypt(room_id, event)

    async def request_key(self, room_id: str, event: Json) -> None:
        """Asks the sender's devices, and our own, for the key of an event. Upkeep asks again, less and less."""
        await self._requests.ask(room_id, event)

    # Out

    async def encrypt(
        self,
        room_id: str,
        type_: str,
        content: Json,
        users: Iterable[str],
        settings: Mapping[str, Any] | None = None,
    ) -> Json:
        """The content of an m.room.encrypted that `users` can read, after they were given the key.

        `settings` is the content of the room's m.room.encryption. Raises MatrixError.
        """
        try:
            async with asyncio.timeout(ENCRYPT_SECONDS):
                return await self._sharing.encrypt(room_id, type_, content, users, Rotation.of(settings))
        except TimeoutError:
            # A fault of this room and its homeservers, not of our own connection.
            raise MatrixError(504, "TOO_SLOW", "sharing the room key took too long") from None

    def guard(self, user_id: str) -> None:
        """Of this user only devices that are vouched for get keys; until `vouch` all of them are owed theirs."""
        self._devices.guard(user_id)

    def vouch(self, user_id: str, signing_keys: Iterable[str]) -> None:
        """By their ed25519 keys: these devices, and no others of this user, get keys."""
        self._devices.vouch(user_id, signing_keys)

    def to_look_at(self) -> set[str]:
        """Those who are guarded and have other devices now, each told once."""
        return self._devices.to_look_at()

    # Upkeep

    def adopt_room_keys(self, before: Account) -> int:
        """What the device before could read, this one can read too. Raises AccountError when its store is damaged."""
        with self._store.transaction():
            return key_file.adopt(before, self._store)

    async def device_is_verified(self) -> bool:
        """Whether everybody can see that the account vouches for this device."""
        return await device_is_verified(self.account, self._homeserver)

    @property
    def skipped(self) -> Mapping[str, int]:
        """How many malformed to-device messages there were, by reason."""
        return self._to_device.skipped

    async def maintain(self) -> None:
        """Keys uploaded, lists fetched, failures tried again: what `receive` starts when due, and each minute."""
        async with self._upkeep_lock:
            failures = 0
            self._kept_up = self._clock()
            for chore in self._chores():
                try:
                    await chore()
                except MatrixError as error:
                    log.warning(
                        "upkeep of encryption failed in part", error=error.errcode, status=error.status
                    )
                    failures += 1
            if failures:
                self._patience.failed("upkeep")
            else:
                self._patience.forget("upkeep")

    def _chores(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return (
            self._refusing.refuse,
            self._upload_keys,
            self._refresh_lists,
            self._mending.mend,
            self._requests.ask_again,
            self._paying.pay,
        )

    def _start_upkeep(self) -> None:
        """In the background: a slow homeserver of somebody else must not hold up what people say."""
        if self._upkeep:
            if not self._upkeep.done():
                return
            done, self._upkeep = self._upkeep, None
            done.result()  # what is no MatrixError is a mistake of ours, and not kept quiet
        due = (
            self._refusing.waiting
            or self._keys.due
            or self._devices.outdated()
            or self._mending.broken
            or self._paying.due
        )
        if (due or self._clock() - self._kept_up >= _UPKEEP) and self._patience.over("upkeep"):
            self._upkeep = asyncio.create_task(self.maintain())

    async def settled(self) -> None:
        """Waits for upkeep that a sync has started."""
        if self._upkeep:
            await asyncio.wait([self._upkeep])

    async def _upload_keys(self) -> None:
        if self._keys.due:
            await self._keys.upload()

    async def _refresh_lists(self) -> None:
        await self._devices.refresh(self._devices.outdated())

    # The start

    async def _publish(self, password: str | None, reset_signing: bool) -> None:
        account = self.account
        try:
            user_id, device_id = await who(self._homeserver)
        except MatrixError as error:
            if not error.signed_out:
                raise
            raise AccountError("account.token_refused", homeserver=account.homeserver) from None
        if (user_id, device_id) != (account.user_id, account.device_id):
            raise AccountError("account.token_of_other_device", user=user_id, device=device_id)
        shown = (await standing(self._homeserver, user_id, device_id)).device
        mine = self._engine.device_keys()
        if shown and shown.get("keys") != mine["keys"]:
            raise AccountError("account.device_has_other_keys", device=device_id)
        await starts.announce(self._store, self._homeserver, user_id)
        if not shown or not self._engine.account.shared:
            await self._keys.upload(device=True)
        signer = DeviceSigner(user_id, device_id, self._engine.account._account)
        await ensure_signed(account, self._homeserver, mine, signer, password=password, reset=reset_signing)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
