"""Encryption as the rest of the bot sees it: what came in, what goes out, and the upkeep in between."""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any, Self

from helpdesk_bot.clock import Clock, utc_now
from helpdesk_bot.matrix.account import Account, AccountError, who
from helpdesk_bot.matrix.cross_signing import DeviceSigner, device_is_verified, ensure_signed, standing
from helpdesk_bot.matrix.crypto_store import CryptoStore
from helpdesk_bot.matrix.decryption import Decrypted, Decryption, Malformed, Undecryptable
from helpdesk_bot.matrix.devices import Devices
from helpdesk_bot.matrix.engine import MEGOLM, Engine
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError, Unreachable
from helpdesk_bot.matrix.key_upload import KeyUpload
from helpdesk_bot.matrix.patience import Patience
from helpdesk_bot.matrix.sharing import Rotation, Sharing
from helpdesk_bot.matrix.to_device import ToDevice

__all__ = ["Crypto", "Decrypted", "Malformed", "Undecryptable"]

log = logging.getLogger(__name__)
ENCRYPT_SECONDS = 60.0
_MOST_WEDGED = 20
_MOST_WEDGED_KEPT = 1_000
_HOUR = timedelta(hours=1)


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
        self._patience = Patience(clock)
        self._wedge_patience = Patience(clock, first=_HOUR)
        self._ask_patience = Patience(clock)
        self._wedged: dict[tuple[str, str], None] = {}
        with self._held as held:
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
        self._engine.on_wedged = self._note_wedged
        self._devices = Devices(self._engine, self._store, homeserver, self._patience)
        self._keys = KeyUpload(self._engine, self._store, homeserver, clock)
        self._sharing = Sharing(self._engine, self._store, self._devices, homeserver, clock, self._patience)
        self._to_device = ToDevice(self._engine, self._store, self._sharing)
        self._decryption = Decryption(self._store, self._devices)

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
        """Asks the sender's devices, and our own, for the key of an event; the same one not too often."""
        sender, content = event.get("sender"), _dict(event.get("content"))
        session_id = content.get("session_id")
        if not isinstance(sender, str) or not isinstance(session_id, str):
            return
        if not self._ask_patience.over((room_id, session_id, sender)):
            return
        self._ask_patience.failed((room_id, session_id, sender))
        with self._store.transaction():
            self._store.note_asked(room_id, session_id, sender)
        body = {"algorithm": MEGOLM, "room_id": room_id, "session_id": session_id}
        if isinstance(content.get("sender_key"), str):
            body["sender_key"] = content["sender_key"]
        request = {
            "action": "request",
            "body": body,
            "request_id": _short_hash(room_id, session_id, sender),
            "requesting_device_id": self.account.device_id,
        }
        messages = {user: {"*": request} for user in {sender, self.account.user_id}}
        await self._homeserver.to_device("m.room_key_request", secrets.token_hex(16), messages)

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
            raise Unreachable("sharing the room key took too long") from None

    # Upkeep

    async def device_is_verified(self) -> bool:
        """Whether everybody can see that the account vouches for this device."""
        return await device_is_verified(self.account, self._homeserver)

    @property
    def skipped(self) -> Mapping[str, int]:
        """How many malformed to-device messages there were, by reason."""
        return self._to_device.skipped

    @property
    def waiting_devices(self) -> int:
        """How many devices could not be given a room key yet."""
        return self._sharing.waiting()

    async def maintain(self) -> None:
        """What should happen now and then, and after a sync: keys uploaded, lists fetched, failures tried again."""
        async with self._upkeep_lock:
            for chore in (
                self._refuse,
                self._upload_keys,
                self._refresh_lists,
                self._unwedge,
                self._sharing.retry,
            ):
                try:
                    await chore()
                except MatrixError as error:
                    log.warning("upkeep of encryption: %s will be tried again: %s", chore.__name__, error)
                    self._patience.failed("upkeep")
                    return
            self._patience.forget("upkeep")

    def _start_upkeep(self) -> None:
        """In the background: a slow homeserver of somebody else must not hold up what people say."""
        if self._upkeep:
            if not self._upkeep.done():
                return
            done, self._upkeep = self._upkeep, None
            done.result()  # what is no MatrixError is a mistake of ours, and not kept quiet
        due = self._to_device.refusals or self._keys.due or self._devices.outdated() or self._wedged
        if due and self._patience.over("upkeep"):
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

    async def _refuse(self) -> None:
        """Our device is vouched for by our account; there is nobody here to compare symbols with."""
        while self._to_device.refusals:
            refusal = self._to_device.refusals[0]
            content = {"transaction_id": refusal.transaction_id, "code": "m.user", "reason": self._refusal}
            txn_id = _short_hash(refusal.user_id, refusal.device_id, refusal.transaction_id)
            messages = {refusal.user_id: {refusal.device_id: content}}
            with _dropping_what_is_refused():
                await self._homeserver.to_device("m.key.verification.cancel", txn_id, messages)
            del self._to_device.refusals[0]

    def _note_wedged(self, sender: str, sender_key: str) -> None:
        if len(self._wedged) < _MOST_WEDGED_KEPT:
            self._wedged[sender, sender_key] = None

    async def _unwedge(self) -> None:
        """A device whose messages we can't open gets a new session, once an hour at most."""
        for sender, sender_key in list(self._wedged)[:_MOST_WEDGED]:
            if self._wedge_patience.over((sender, sender_key)):
                with _dropping_what_is_refused():
                    await self._begin_anew(sender, sender_key)
            del self._wedged[sender, sender_key]

    async def _begin_anew(self, sender: str, sender_key: str) -> None:
        await self._devices.refresh({sender})
        device = self._devices.by_key(sender, sender_key)
        if device is None or device.deleted or not await self._sharing.start_sessions([device]):
            return
        with self._store.transaction():
            sealed = self._engine.seal(device, "m.dummy", {})
        self._wedge_patience.failed((sender, sender_key))
        await self._homeserver.to_device(
            "m.room.encrypted", secrets.token_hex(16), {sender: {device.id: sealed}}
        )

    # The start

    async def _publish(self, password: str | None, reset_signing: bool) -> None:
        account = self.account
        if account.identity and account.identity != self._engine.ed25519:
            raise AccountError("account.store_of_other_device", file=str(account.store_path))
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
        if not shown or not self._engine.account.shared:
            await self._keys.upload(device=True)
        signer = DeviceSigner(user_id, device_id, self._engine.account._account)
        await ensure_signed(account, self._homeserver, mine, signer, password=password, reset=reset_signing)


@contextmanager
def _dropping_what_is_refused() -> Iterator[None]:
    """What the homeserver will never take is not tried again; what it may take later raises."""
    try:
        yield
    except MatrixError as error:
        if error.temporary or error.signed_out:
            raise
        log.warning("the homeserver refuses a message between devices: %s", error)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _short_hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]
