"""Reading what was said in an encrypted room.

Nothing in here is trusted because it is encrypted: a member can encrypt anything, so what comes out is checked as if
it had come in the clear, and never becomes room state.
"""

from dataclasses import dataclass

import vodozemac

from helpdesk_bot.matrix import wire
from helpdesk_bot.matrix.crypto_store import CryptoStore, RoomKey
from helpdesk_bot.matrix.devices import Devices
from helpdesk_bot.matrix.engine import MEGOLM
from helpdesk_bot.matrix.http import Json

_NEVER_ENCRYPTED = frozenset({"m.room.encrypted", "m.room.redaction"})


@dataclass(frozen=True)
class Decrypted:
    """What an event really says. `sender_device` is None when nobody vouches for which one it was."""

    type: str
    content: Json
    sender_device: str | None
    session_id: str
    message_index: int


class Undecryptable(Exception):
    """The key is missing; it may come."""

    def __init__(self, session_id: str) -> None:
        super().__init__("the key is missing")
        self.session_id = session_id


class Malformed(Exception):
    """It will never be readable, or it is not honest. Says what, never who."""


class Decryption:
    def __init__(self, store: CryptoStore, devices: Devices) -> None:
        self._store = store
        self._devices = devices

    def decrypt(self, room_id: str, event: Json) -> Decrypted:
        event_id, sender, content = event.get("event_id"), event.get("sender"), event.get("content")
        if not isinstance(event_id, str) or not isinstance(sender, str) or not isinstance(content, dict):
            raise Malformed("no event id, sender or content")
        if "state_key" in event:
            raise Malformed("encrypted state")
        session_id, ciphertext = content.get("session_id"), content.get("ciphertext")
        if content.get("algorithm") != MEGOLM:
            raise Malformed("unknown encryption")
        if not isinstance(session_id, str) or not session_id or not isinstance(ciphertext, str):
            raise Malformed("no session or ciphertext")
        try:
            message = vodozemac.MegolmMessage.from_base64(ciphertext)
        except ValueError:
            raise Malformed("no room message") from None
        key = self._store.room_key(room_id, session_id, sender)
        if key is None or message.message_index() < key.session.first_known_index:
            raise Undecryptable(session_id)
        plaintext, index = _opened(key, message)
        payload = _payload(plaintext, room_id)
        if not self._store.index_is_free(session_id, index, event_id):
            raise Malformed("said before, in another event")
        self._store.idle.opened(sender, room_id, session_id)
        inner: Json = payload["content"]
        outside = content.get("m.relates_to")
        if isinstance(outside, dict) and "m.relates_to" not in inner:
            inner = inner | {"m.relates_to": outside}
        device = self._devices.by_key(sender, key.sender_key)
        return Decrypted(payload["type"], inner, device.id if device else None, session_id, index)


def _opened(key: RoomKey, message: vodozemac.MegolmMessage) -> tuple[bytes, int]:
    try:
        decrypted = key.session.decrypt(message)
    except ValueError:
        raise Malformed("does not fit its key") from None
    return decrypted.plaintext, decrypted.message_index


def _payload(plaintext: bytes, room_id: str) -> Json:
    try:
        payload = wire.parse(plaintext)
    except ValueError:
        raise Malformed("no JSON inside") from None
    if not isinstance(payload, dict):
        raise Malformed("no event inside")
    if "state_key" in payload:
        raise Malformed("room state inside")
    if payload.get("room_id") != room_id:
        raise Malformed("said in another room")
    type_ = payload.get("type")
    if (
        not isinstance(type_, str)
        or type_ in _NEVER_ENCRYPTED
        or not isinstance(payload.get("content"), dict)
    ):
        raise Malformed("no type or content inside")
    return payload
