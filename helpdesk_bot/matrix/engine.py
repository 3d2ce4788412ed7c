"""nio's Olm machine, reduced to what it is good at, with its rough edges covered.

It owns the account's keys and the one-to-one sessions. What arrives is checked here before nio sees it, and what
nio would do with a decrypted message (store it alone, answer it, trust it) is replaced: `on_payload` gets it.
"""

import base64
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import vodozemac
from nio.crypto import Olm, OlmDevice
from typing_extensions import override

from helpdesk_bot.matrix import wire
from helpdesk_bot.matrix.crypto_store import CryptoStore
from helpdesk_bot.matrix.http import Json
from helpdesk_bot.matrix.strangers import PER_DEVICE

OLM = "m.olm.v1.curve25519-aes-sha2"
MEGOLM = "m.megolm.v1.aes-sha2"
ONE_TIME_KEY = "signed_curve25519"

# nio names people and keys in its log.
logging.getLogger("nio").setLevel(logging.CRITICAL + 1)


class BadMessage(Exception):
    """A to-device message that is not what it should be. Says what, never who."""


@dataclass(frozen=True)
class Envelope:
    """A one-to-one message for this device, well-formed on its outside."""

    sender: str
    sender_key: str
    message: Any  # vodozemac.PreKeyMessage or AnyOlmMessage
    fingerprint: str


@dataclass(frozen=True)
class Payload:
    """What was in a one-to-one message, with its sender and keys checked."""

    sender: str
    sender_key: str
    type: str
    content: Json


class Engine(Olm):  # type: ignore[misc]
    store: CryptoStore

    def __init__(self, user_id: str, device_id: str, store: CryptoStore) -> None:
        self.on_wedged: Callable[[str, str], None] = lambda _sender, _key: None
        self._opened: Payload | None = None
        super().__init__(user_id, device_id, store)

    @property
    def curve25519(self) -> str:
        key: str = self.account.identity_keys["curve25519"]
        return key

    @property
    def ed25519(self) -> str:
        key: str = self.account.identity_keys["ed25519"]
        return key

    # One-to-one messages in

    def envelope(self, event: Json) -> Envelope:
        """What a to-device m.room.encrypted says on its outside."""
        sender, content = event.get("sender"), event.get("content")
        if not isinstance(sender, str) or not isinstance(content, dict):
            raise BadMessage("no sender or content")
        sender_key, ciphertext = content.get("sender_key"), content.get("ciphertext")
        if (
            content.get("algorithm") != OLM
            or not isinstance(sender_key, str)
            or not isinstance(ciphertext, dict)
        ):
            raise BadMessage("no one-to-one encryption")
        ours = ciphertext.get(self.curve25519)
        if not isinstance(ours, dict):
            raise BadMessage("not for this device")
        kind, body = ours.get("type"), ours.get("body")
        if kind not in (0, 1) or isinstance(kind, bool) or not isinstance(body, str):
            raise BadMessage("no type or body")
        try:
            vodozemac.Curve25519PublicKey.from_base64(sender_key)
            message = (
                vodozemac.PreKeyMessage.from_base64(body)
                if kind == 0
                else vodozemac.AnyOlmMessage.normal(_decode(body))
            )
        except ValueError:
            raise BadMessage("no one-to-one message") from None
        return Envelope(sender, sender_key, message, _fingerprint(sender, sender_key, body))

    def open(self, envelope: Envelope) -> Payload:
        """Decrypts. Must run inside a transaction of the store."""
        sender, sender_key = envelope.sender, envelope.sender_key
        sessions = self.session_store[sender_key]
        before = len(sessions)
        self._opened = None
        try:
            self.decrypt(sender, sender_key, envelope.message)
        except vodozemac.SessionCreationException:
            # nio lets this one out: the one-time key is gone, so the session can't be made.
            self.on_wedged(sender, sender_key)
            raise BadMessage("its one-time key is not known") from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadMessage("malformed when decrypted") from None
        finally:
            if len(sessions) != before:
                # nio saves the account before the one-time key is taken out of it.
                self.save_account()
                self._begun(sender, sender_key)
            elif not sessions:
                del self.session_store._entries[sender_key]  # or strangers could fill the memory
        opened, self._opened = self._opened, None
        if opened is None:
            raise BadMessage("not decryptable, or not for us")
        return opened

    @override
    def _handle_olm_event(self, sender: str, sender_key: str, payload: Json) -> None:
        self._opened = Payload(sender, sender_key, payload["type"], wire.storable(payload["content"]))

    def _begun(self, user_id: str, sender_key: str) -> None:
        """Lets go of the sessions with this device that were not used for longest, when they are more than a few."""
        self.store.makers.note(user_id, sender_key)
        sessions = self.session_store[sender_key]  # nio has just sorted them
        for session in sessions[PER_DEVICE:]:
            self.store.forget_session(session.id)
        del sessions[PER_DEVICE:]

    def forget_strangers(self, shown: Callable[[str, str], bool]) -> None:
        """Lets go of what is too much, see `strangers`. Must run inside a transaction of the store."""
        for sender_key in self.store.makers.too_many(shown):
            for session in self.session_store._entries.pop(sender_key, []):
                self.store.forget_session(session.id)

    @override
    def _mark_device_for_unwedging(self, sender: str, sender_key: str) -> None:
        self.on_wedged(sender, sender_key)

    # One-to-one messages out

    def seal(self, device: OlmDevice, type_: str, content: Json) -> Json:
        """Encrypts for one device that we have a session with. Commit before it is sent."""
        session = self.session_store.get(device.curve25519)
        sealed: Json = self._olm_encrypt(session, device, type_, content)
        return sealed

    def has_session(self, device: OlmDevice) -> bool:
        return self.session_store.get(device.curve25519) is not None

    def start_session(self, device: OlmDevice, claimed: object) -> bool:
        """Begins a session with a claimed one-time key, if that is really the device's."""
        if not isinstance(claimed, dict) or not claimed:
            return False
        key = next(iter(claimed.values()))
        if not isinstance(key, dict) or not isinstance(key.get("key"), str):
            return False
        if not self.signed_by(key, device.ed25519, device.user_id, device.id):
            return False
        try:
            self.create_session(key["key"], device.curve25519)
        except ValueError:
            return False
        self._begun(device.user_id, device.curve25519)
        return True

    def signed_by(self, value: Json, key: str, user_id: str, key_id: str) -> bool:
        """Whether `value` carries a good signature; rubbish is a bad one."""
        try:
            good: bool = self.verify_json(value, key, user_id, key_id)
        except (ValueError, TypeError, AttributeError, RecursionError):
            return False
        return good

    # Our own keys

    def device_keys(self) -> Json:
        keys: Json = {
            "algorithms": [OLM, MEGOLM],
            "device_id": self.device_id,
            "user_id": self.user_id,
            "keys": {
                f"curve25519:{self.device_id}": self.curve25519,
                f"ed25519:{self.device_id}": self.ed25519,
            },
        }
        return self._signed(keys)

    def unpublished_one_time_keys(self) -> Json:
        return {
            f"{ONE_TIME_KEY}:{id_}": self._signed({"key": key})
            for id_, key in self.account.one_time_keys["curve25519"].items()
        }

    def unpublished_fallback_key(self) -> Json:
        return {
            f"{ONE_TIME_KEY}:{id_}": self._signed({"key": key.to_base64(), "fallback": True})
            for id_, key in self.account._account.fallback_key.items()
        }

    def new_fallback_key(self) -> None:
        self.account._account.generate_fallback_key()

    def _signed(self, value: Json) -> Json:
        return value | {"signatures": {self.user_id: {f"ed25519:{self.device_id}": self.sign_json(value)}}}


def _fingerprint(*parts: str) -> str:
    """The same for the same message, however often the homeserver serves it."""
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
