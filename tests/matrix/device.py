"""A device whose every message can be wrong on purpose, made from the bare cryptography."""

import base64
import json
from typing import Any

import vodozemac

from helpdesk_bot.matrix.cross_signing import canonical
from helpdesk_bot.matrix.http import Homeserver

Json = dict[str, Any]
OLM = "m.olm.v1.curve25519-aes-sha2"
MEGOLM = "m.megolm.v1.aes-sha2"


class Device:
    def __init__(self, user_id: str, device_id: str, homeserver: Homeserver | None = None) -> None:
        self.user_id = user_id
        self.device_id = device_id
        self.olm = vodozemac.Account()
        self.megolm = vodozemac.GroupSession()
        self.sessions: list[vodozemac.Session] = []
        self.inbox: list[Json] = []
        self.payloads: list[Json] = []
        self.since: str | None = None
        self._homeserver = homeserver
        self._sent = 0

    @property
    def homeserver(self) -> Homeserver:
        assert self._homeserver
        return self._homeserver

    @property
    def curve25519(self) -> str:
        return self.olm.curve25519_key.to_base64()

    @property
    def ed25519(self) -> str:
        return self.olm.ed25519_key.to_base64()

    def signed(self, value: Json) -> Json:
        signature = self.olm.sign(canonical(value)).to_base64()
        return value | {"signatures": {self.user_id: {f"ed25519:{self.device_id}": signature}}}

    def keys(self) -> Json:
        keys = {f"curve25519:{self.device_id}": self.curve25519, f"ed25519:{self.device_id}": self.ed25519}
        described = {
            "user_id": self.user_id,
            "device_id": self.device_id,
            "algorithms": [OLM, MEGOLM],
            "keys": keys,
        }
        return self.signed(described)

    def one_time_keys(self, count: int) -> Json:
        self.olm.generate_one_time_keys(count)
        keys = {id_: key.to_base64() for id_, key in self.olm.one_time_keys.items()}
        self.olm.mark_keys_as_published()
        return {f"signed_curve25519:{id_}": self.signed({"key": key}) for id_, key in keys.items()}

    async def publish(self, one_time_keys: int = 0) -> None:
        body: Json = {"device_keys": self.keys()}
        if one_time_keys:
            body["one_time_keys"] = self.one_time_keys(one_time_keys)
        await self.homeserver.keys_upload(body)

    # Out

    def start_session(self, curve25519: str, one_time_key: str) -> vodozemac.Session:
        session = self.olm.create_outbound_session(
            vodozemac.Curve25519PublicKey.from_base64(curve25519),
            vodozemac.Curve25519PublicKey.from_base64(one_time_key),
        )
        self.sessions.insert(0, session)
        return session

    async def claim(self, user_id: str, device_id: str, curve25519: str) -> vodozemac.Session:
        claimed = (await self.homeserver.keys_claim({user_id: [device_id]}))["one_time_keys"]
        key = next(iter(claimed[user_id][device_id].values()))
        return self.start_session(curve25519, key["key"])

    def payload(self, to_user: str, to_ed25519: str, type_: str, content: Json) -> Json:
        return {
            "sender": self.user_id,
            "sender_device": self.device_id,
            "keys": {"ed25519": self.ed25519},
            "recipient": to_user,
            "recipient_keys": {"ed25519": to_ed25519},
            "type": type_,
            "content": content,
        }

    def sealed(self, session: vodozemac.Session, to_curve25519: str, payload: Json | str) -> Json:
        """The content of a to-device m.room.encrypted."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        kind, raw = session.encrypt(text.encode(errors="surrogatepass")).to_parts()
        body = base64.b64encode(raw).decode().rstrip("=")
        return {
            "algorithm": OLM,
            "sender_key": self.curve25519,
            "ciphertext": {to_curve25519: {"type": kind, "body": body}},
        }

    def room_key(self, room_id: str, megolm: vodozemac.GroupSession | None = None) -> Json:
        megolm = megolm or self.megolm
        return {
            "algorithm": MEGOLM,
            "room_id": room_id,
            "session_id": megolm.session_id,
            "session_key": megolm.session_key.to_base64(),
        }

    def said(self, payload: Json | str | bytes, event_id: str = "$1", **changes: Any) -> Json:
        """An m.room.encrypted event in a room."""
        raw = payload if isinstance(payload, bytes) else None
        text = payload if isinstance(payload, str) else json.dumps(payload) if raw is None else ""
        content = {
            "algorithm": MEGOLM,
            "sender_key": self.curve25519,
            "device_id": self.device_id,
            "session_id": self.megolm.session_id,
            "ciphertext": self.megolm.encrypt(
                raw if raw is not None else text.encode(errors="surrogatepass")
            ).to_base64(),
        }
        event = {
            "event_id": event_id,
            "type": "m.room.encrypted",
            "sender": self.user_id,
            "origin_server_ts": 1,
            "content": content,
        }
        return event | changes

    async def send(self, type_: str, to_user: str, to_device: str, content: Json) -> None:
        self._sent += 1
        await self.homeserver.to_device(type_, f"{id(self)}-{self._sent}", {to_user: {to_device: content}})

    # In

    async def sync(self, timeout_ms: int = 0) -> list[Json]:
        """New to-device messages; what is encrypted for this device lands in `payloads`."""
        answer = await self.homeserver.sync(self.since, timeout_ms=timeout_ms)
        self.since = answer["next_batch"]
        events: list[Json] = answer.get("to_device", {}).get("events", [])
        self.inbox += events
        for event in events:
            if event["type"] == "m.room.encrypted":
                self.payloads.append(self._opened(event["content"]))
        return events

    def _opened(self, content: Json) -> Json:
        part = content["ciphertext"][self.curve25519]
        sender_key = vodozemac.Curve25519PublicKey.from_base64(content["sender_key"])
        raw = base64.b64decode(part["body"] + "==")
        message = vodozemac.AnyOlmMessage.from_parts(part["type"], raw)
        for session in self.sessions:
            try:
                opened: Json = json.loads(session.decrypt(message))
            except vodozemac.OlmDecryptionException:
                continue
            return opened
        prekey = message.to_pre_key()
        assert prekey
        session, plaintext = self.olm.create_inbound_session(sender_key, prekey)
        self.sessions.insert(0, session)
        fresh: Json = json.loads(plaintext)
        return fresh

    def reads(self, event: Json) -> Json:
        """What an event in a room says, with the keys that came."""
        content = event["content"]
        for payload in self.payloads:
            if payload["type"] == "m.room_key" and payload["content"]["session_id"] == content["session_id"]:
                session = vodozemac.InboundGroupSession(
                    vodozemac.SessionKey(payload["content"]["session_key"])
                )
                message = vodozemac.MegolmMessage.from_base64(content["ciphertext"])
                if message.message_index() < session.first_known_index:
                    continue
                said: Json = json.loads(session.decrypt(message).plaintext)
                return said
        raise LookupError("no key came for this")
