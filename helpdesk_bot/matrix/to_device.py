"""Messages from device to device: room keys, and requests to verify.

Everything in here comes from strangers. Each message is judged alone; a malformed one is counted and left, and the
same one coming twice (after a crash before the sync position was saved) does what it did the first time.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import vodozemac
from cachetools import LRUCache

from helpdesk_bot.matrix.crypto_store import CryptoStore, RoomKey
from helpdesk_bot.matrix.engine import MEGOLM, BadMessage, Engine, Payload
from helpdesk_bot.matrix.http import Json
from helpdesk_bot.matrix.paying import Paying
from helpdesk_bot.matrix.sharing import Sharing

_VERIFICATION = ("m.key.verification.request", "m.key.verification.start")
_MOST_ANSWERS = 50


@dataclass(frozen=True)
class Refusal:
    """Somebody wants to verify us by hand, and must not wait for ever."""

    user_id: str
    device_id: str
    transaction_id: str


class ToDevice:
    def __init__(self, engine: Engine, store: CryptoStore, sharing: Sharing, paying: Paying) -> None:
        self._engine = engine
        self._store = store
        self._paying = paying
        self._sharing = sharing
        self.skipped: Counter[str] = Counter()
        self.refusals: list[Refusal] = []
        self._refused: LRUCache[Refusal, bool] = LRUCache(1_000)

    def take(self, events: object) -> set[str]:
        """Works on a batch, inside a transaction of the store; returns the sessions whose keys arrived."""
        arrived: set[str] = set()
        for event in events if isinstance(events, list) else []:
            try:
                session_id = self._take_one(event)
            except BadMessage as reason:
                self.skipped[str(reason)] += 1
            else:
                arrived |= {session_id} if session_id else set()
        return arrived

    def _take_one(self, event: object) -> str | None:
        if not isinstance(event, dict):
            raise BadMessage("no event")
        type_ = event.get("type")
        if type_ == "m.room.encrypted":
            return self._encrypted(event)
        if type_ in _VERIFICATION:
            self._refuse(event.get("sender"), event.get("content"))
        if type_ == "m.room_key_request":
            self._asked(event.get("sender"), event.get("content"))
        return None

    def _asked(self, sender: object, content: object) -> None:
        """For a key of ours. Who has one may not pass it on, so what was never owed to the asker is not theirs to get."""
        if not isinstance(sender, str) or not isinstance(content, dict):
            raise BadMessage("no sender or content")
        device_id, body = content.get("requesting_device_id"), content.get("body")
        session_id = body.get("session_id") if isinstance(body, dict) else None
        if content.get("action") == "request" and isinstance(device_id, str) and isinstance(session_id, str):
            self._paying.asked_by(sender, device_id, session_id)

    def _encrypted(self, event: Json) -> str | None:
        envelope = self._engine.envelope(event)
        seen, brought = self._store.seen_message(envelope.fingerprint)
        if seen:
            return brought
        session_id: str | None = None
        try:
            payload = self._engine.open(envelope)
            self._paying.heard_from(payload.sender, payload.sender_key)
            session_id = self._opened(payload)
        finally:
            self._store.note_message(envelope.fingerprint, session_id)
        return session_id

    def _opened(self, payload: Payload) -> str | None:
        if payload.type == "m.room_key":
            return self._room_key(payload)
        if payload.type == "m.forwarded_room_key":
            return self._forwarded_key(payload)
        if payload.type == "m.dummy":
            self._sharing.forget_device(payload.sender, payload.sender_key)
        elif payload.type in _VERIFICATION:
            self._refuse(payload.sender, payload.content)
        return None

    def _room_key(self, payload: Payload) -> str:
        room_id, session_id, session_key = _key_parts(payload.content)
        try:
            session = vodozemac.InboundGroupSession(vodozemac.SessionKey(session_key))
        except ValueError:
            raise BadMessage("no room key") from None
        return self._keep(payload, room_id, session_id, session)

    def _forwarded_key(self, payload: Payload) -> str:
        """Only what we asked for, and only from the device that made it: others could forge it."""
        room_id, session_id, session_key = _key_parts(payload.content)
        if payload.content.get("sender_key") != payload.sender_key:
            raise BadMessage("a key passed on by somebody else")
        if not self._store.was_asked(room_id, session_id, payload.sender):
            raise BadMessage("a key that was not asked for")
        try:
            session = vodozemac.InboundGroupSession.import_session(vodozemac.ExportedSessionKey(session_key))
        except ValueError:
            raise BadMessage("no room key") from None
        return self._keep(payload, room_id, session_id, session)

    def _keep(self, payload: Payload, room_id: str, session_id: str, session: Any) -> str:
        if session.session_id != session_id:
            raise BadMessage("a room key under another name")
        self._store.add_given_key(RoomKey(room_id, session_id, payload.sender_key, payload.sender, session))
        self._store.forget_asked(room_id, session_id, payload.sender)
        return session_id

    def _refuse(self, sender: object, content: object) -> None:
        if not isinstance(sender, str) or not isinstance(content, dict):
            raise BadMessage("no sender or content")
        device_id, transaction_id = content.get("from_device"), content.get("transaction_id")
        if not isinstance(device_id, str) or not isinstance(transaction_id, str):
            raise BadMessage("a request to verify that can't be answered")
        refusal = Refusal(sender, device_id, transaction_id)
        if refusal not in self._refused and len(self.refusals) < _MOST_ANSWERS:
            self._refused[refusal] = True
            self.refusals.append(refusal)


def _key_parts(content: Json) -> tuple[str, str, str]:
    parts = [content.get(name) for name in ("room_id", "session_id", "session_key")]
    room_id, session_id, session_key = parts
    if content.get("algorithm") != MEGOLM:
        raise BadMessage("a key for an unknown encryption")
    if not isinstance(room_id, str) or not isinstance(session_id, str) or not isinstance(session_key, str):
        raise BadMessage("no room key")
    return room_id, session_id, session_key
