"""The encryption of a person's own client: matrix-nio, with everybody's devices trusted."""

import copy
import json
from pathlib import Path
from typing import Any

import aiohttp
import nio
import vodozemac
from nio.store import SqliteStore

from helpdesk_bot.demo.synapse import Account
from helpdesk_bot.matrix.cross_signing import DeviceSigner

_SHARE_ATTEMPTS = 3
_FOR_KEYS = ("next_batch", "to_device", "device_lists", "device_one_time_keys_count")


class Keys:
    """One device's keys. It is told all that /sync brings, and asked to encrypt and decrypt."""

    def __init__(self, url: str, account: Account, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        config = nio.AsyncClientConfig(store=SqliteStore, store_name="keys.db", pickle_key=account.password)
        self._client = nio.AsyncClient(url, account.user_id, account.device_id, str(folder), config)
        self._client.restore_login(account.user_id, account.device_id, account.token)
        # These people's keys need to survive a restart, not a power cut.
        for pragma in ("journal_mode=WAL", "synchronous=OFF"):
            self._client.store.database.execute_sql(f"PRAGMA {pragma}")

    async def close(self) -> None:
        await self._client.close()
        self._client.store.database.close()

    def signer(self) -> DeviceSigner:
        return DeviceSigner(self._client.user_id, self._client.device_id, self._client.olm.account._account)

    async def receive(self, batch: dict[str, Any]) -> bool:
        """Takes keys, devices and members out of a /sync answer; whether new keys for messages can be among it."""
        to_device = batch.get("to_device", {}).get("events", [])
        # nio sees the state only: a message can't change what it thinks of a room, and is decrypted once, by us.
        # A copy, because it takes what it reads apart.
        response = nio.SyncResponse.from_dict(
            copy.deepcopy(
                {**{part: batch[part] for part in _FOR_KEYS if part in batch}, "rooms": _state_only(batch)}
            )
        )
        if isinstance(response, nio.SyncError):
            raise ValueError("the homeserver's /sync answer is not what nio expects")
        await self._client.receive_response(response)
        count = batch.get("device_one_time_keys_count", {}).get("signed_curve25519")
        if count == 0:  # nio takes it for 'not told'
            self._client.olm.uploaded_key_count = 0
        for event in to_device:
            if event.get("type") == "m.room_key_request" and event.get("sender") != self._client.user_id:
                await self._answer_request(event)
        return any(event.get("type") == "m.room.encrypted" for event in to_device)

    async def maintain(self) -> None:
        """Makes the calls that the last batch made necessary. What fails is still necessary after the next one."""
        try:
            if self._client.should_upload_keys:
                await self._client.keys_upload()
            if self._client.should_query_keys:
                await self._client.keys_query()
            if self._client.should_claim_keys:
                await self._client.keys_claim(self._client.get_users_for_key_claiming())
            await self._client.send_to_device_messages()
        except aiohttp.ClientError:
            pass

    def decrypt(self, room_id: str, event: dict[str, Any]) -> dict[str, Any] | None:
        """The payload of an encrypted event; None when the key is not there, or it is rubbish."""
        content = event["content"]
        try:
            session = self._client.olm.inbound_group_store.get(
                room_id, content["sender_key"], content["session_id"]
            )
            if session is None:
                self._note_missing_key(room_id, event)
                return None
            text, _ = session.decrypt(content["ciphertext"])
            payload = json.loads(text)
        except (
            KeyError,
            TypeError,
            ValueError,
            vodozemac.MegolmDecryptionException,
            vodozemac.DecodeException,
        ):
            return None
        return payload if isinstance(payload, dict) and payload.get("room_id") == room_id else None

    async def encrypt(self, room_id: str, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """The content of the m.room.encrypted event, with its key given to everybody in the room."""
        for _ in range(_SHARE_ATTEMPTS):
            if await self._share(room_id):
                break
        session = self._client.olm.outbound_group_sessions[room_id]
        complete, session.shared = session.shared, True
        sealed: dict[str, Any] = self._client.encrypt(room_id, kind, content)[1]
        session.shared = complete  # whoever has not got the key gets it with the next message
        return sealed

    async def _share(self, room_id: str) -> bool:
        """Whether everybody in the room has the key of our next message."""
        olm = self._client.olm
        try:
            if not self._client.rooms[room_id].members_synced:
                await self._client.joined_members(room_id)
            if self._client.should_query_keys:
                await self._client.keys_query()
            if olm.should_share_group_session(room_id):
                # An interrupted share leaves this behind, and every later one would wait for it.
                self._client.sharing_session.pop(room_id, None)
                await self._client.share_group_session(room_id, ignore_unverified_devices=True)
                # nio calls a session shared whatever became of it.
                olm.outbound_group_sessions[room_id].shared = not self._without_key(room_id)
        except aiohttp.ClientError:
            return False
        return not olm.should_share_group_session(room_id)

    def _without_key(self, room_id: str) -> bool:
        session = self._client.olm.outbound_group_sessions[room_id]
        given = session.users_shared_with | session.users_ignored
        return any(
            (user_id, device.id) not in given
            for user_id in self._client.rooms[room_id].users
            for device in self._client.device_store.active_user_devices(user_id)
        )

    def _note_missing_key(self, room_id: str, event: dict[str, Any]) -> None:
        """Lets nio find out whether the sender's device should be greeted anew."""
        parsed = nio.MegolmEvent.from_dict(event)
        if isinstance(parsed, nio.MegolmEvent):
            parsed.room_id = room_id
            self._client.olm.check_if_wedged(parsed)

    async def _answer_request(self, event: dict[str, Any]) -> None:
        """Gives somebody in the room the key of our own message again; nio itself only does so for our own devices."""
        request = nio.RoomKeyRequest.from_dict(event)
        if not isinstance(request, nio.RoomKeyRequest):
            return
        room = self._client.rooms.get(request.room_id)
        if (
            room is None
            or request.sender not in room.users
            or request.sender_key != self._client.olm.account.identity_keys["curve25519"]
        ):
            return
        self._client.olm.users_for_key_query.add(request.sender)
        await self._client.keys_query()
        device = self._client.device_store[request.sender].get(request.requesting_device_id)
        if device is None:
            return
        if not self._client.olm.session_store.get(device.curve25519):
            await self._client.keys_claim({request.sender: [device.id]})
        self._client.olm.verify_device(device)
        try:
            self._client.olm.share_with_ourselves(request)
        except (nio.EncryptionError, nio.exceptions.KeyShareError):
            return  # no such key, or no way to that device; it will ask again


def _state_only(batch: dict[str, Any]) -> dict[str, Any]:
    joined = {}
    for room_id, room in batch.get("rooms", {}).get("join", {}).items():
        timeline = room.get("timeline", {})
        changes = [event for event in timeline.get("events", []) if "state_key" in event]
        joined[room_id] = {
            "state": room.get("state", {"events": []}),
            "timeline": {**timeline, "events": changes},
            "summary": room.get("summary", {}),
            "ephemeral": {"events": []},
            "account_data": {"events": []},
        }
    return {"join": joined, "invite": {}, "leave": {}}
