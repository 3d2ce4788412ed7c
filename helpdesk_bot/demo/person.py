"""A real person's client: what people in the demo, the tests and the benchmarks do, done as a Matrix client does it."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from helpdesk_bot.demo import compose, media
from helpdesk_bot.demo.api import Api, path
from helpdesk_bot.demo.keys import Keys
from helpdesk_bot.demo.listener import Listener, NotSeen, Room
from helpdesk_bot.demo.synapse import Account, Synapse
from helpdesk_bot.demo.timeline import Message, Reaction
from helpdesk_bot.matrix.cross_signing import DeviceSigner

Wanted = str | re.Pattern[str] | Callable[[Message], bool]

ENCRYPTION = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}


class Person(Listener):
    """Somebody with a Matrix client, signed in on one device.

    With a `folder` the client encrypts, and keeps its keys there; without one it is a light client for plain rooms.
    """

    def __init__(self, url: str, account: Account, folder: Path | None = None) -> None:
        keys = Keys(url, account, folder) if folder else None
        super().__init__(account.localpart, Api(url, account.token), keys)
        self.url = url
        self.user_id = account.user_id
        self.account = account
        self._sending = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def at(
        cls,
        synapse: Synapse,
        name: str,
        folder: Path | None = None,
        *,
        displayname: str | None = None,
        account: Account | None = None,
    ) -> AsyncIterator["Person"]:
        """The person `name`, listening. With the same folder it is the same person on the same device again."""
        saved = folder / "account.json" if folder else None
        if account is None and saved and saved.exists():
            account = Account.load(saved)
        if account is None:
            account = await synapse.register(name, displayname=displayname)
        person = cls(synapse.url, account, folder)
        if saved:
            account.save(saved)
        try:
            await person.start()
            yield person
        finally:
            await person.close()

    def signer(self) -> DeviceSigner:
        """What signs with this device's own key."""
        if self._keys is None:
            raise RuntimeError(f"{self.name} has no keys")
        return self._keys.signer()

    # --- rooms

    async def create_room(
        self,
        *,
        name: str | None = None,
        invite: Sequence[str] = (),
        encrypted: bool = False,
        public: bool = False,
        alias: str | None = None,
        **body: Any,
    ) -> str:
        """A new room; `body` goes to the homeserver as it is."""
        request: dict[str, Any] = {
            "preset": "public_chat" if public else "private_chat",
            "invite": list(invite),
            "initial_state": [ENCRYPTION] if encrypted else [],
            **body,
        }
        if name is not None:
            request["name"] = name
        if alias is not None:
            request["room_alias_name"] = alias
        answer = await self.api.call("POST", path("createRoom"), json=request)
        room_id = await self._arrived(answer["room_id"])
        if encrypted:  # a room can reach its maker before all of its state is written
            await self.until(lambda: self.room(room_id).encrypted, f"the encryption of {room_id}")
        return room_id

    async def create_dm(self, other: str, *, encrypted: bool = True) -> str:
        """What 'Start chat' does."""
        room_id = await self.create_room(
            invite=[other], encrypted=encrypted, preset="trusted_private_chat", is_direct=True
        )
        direct = {**self.account_data.get("m.direct", {})}
        direct[other] = [*direct.get(other, []), room_id]
        self.account_data["m.direct"] = direct
        await self.api.call("PUT", path("user", self.user_id, "account_data", "m.direct"), json=direct)
        return room_id

    async def join(self, room: str) -> str:
        """Joins a room by id or alias, and returns when the client shows it."""
        answer = await self.api.call("POST", path("join", room), json={})
        return await self._arrived(answer["room_id"])

    async def accept_invite(self, room_id: str | None = None, within: float = 15.0) -> str:
        """Waits for an invitation (to that room, if named) and accepts it."""

        def invited() -> str | None:
            return next((invite for invite in self.invites if room_id in (None, invite)), None)

        return await self.join(await self.until(invited, f"an invitation to {room_id or 'a room'}", within))

    async def leave(self, room_id: str) -> None:
        await self.api.call("POST", path("rooms", room_id, "leave"), json={})

    async def invite(self, room_id: str, user_id: str) -> None:
        await self.api.call("POST", path("rooms", room_id, "invite"), json={"user_id": user_id})

    async def kick(self, room_id: str, user_id: str, reason: str = "") -> None:
        body = {"user_id": user_id, "reason": reason}
        await self.api.call("POST", path("rooms", room_id, "kick"), json=body)

    async def set_state(self, room_id: str, kind: str, content: dict[str, Any], key: str = "") -> str:
        answer = await self.api.call("PUT", path("rooms", room_id, "state", kind, key), json=content)
        return str(answer["event_id"])

    async def set_displayname(self, name: str) -> None:
        await self.api.call("PUT", path("profile", self.user_id, "displayname"), json={"displayname": name})

    # --- saying

    async def send(
        self,
        room_id: str,
        text: str,
        *,
        thread: str | None = None,
        reply_to: str | None = None,
        mentions: Sequence[str] = (),
        msgtype: str = "m.text",
    ) -> str:
        """Writes a message. A mentioned user id in `text` becomes the person's name, as the client shows it."""
        content = {**self._text(room_id, text, mentions), "msgtype": msgtype}
        return await self._send_message(room_id, content, thread, reply_to)

    async def send_file(
        self,
        room_id: str,
        data: bytes,
        name: str,
        *,
        mimetype: str | None = None,
        caption: str | None = None,
        thread: str | None = None,
        reply_to: str | None = None,
    ) -> str:
        """Sends a file, encrypted where the room is. Image, audio and video types are shown as such."""
        mimetype = mimetype or media.guess_type(name)
        encrypted = (await self._known(room_id)).encrypted
        info: dict[str, Any] = {"mimetype": mimetype, "size": len(data)}
        if mimetype.startswith("image/"):
            info |= media.picture_info(data)
        content = {
            "msgtype": media.message_type(mimetype),
            "body": caption or name,
            "filename": name,
            "info": info,
            "m.mentions": {},
            **await media.upload(self.api, data, name, mimetype, encrypted=encrypted),
        }
        return await self._send_message(room_id, content, thread, reply_to)

    async def send_image(
        self, room_id: str, data: bytes | None = None, name: str = "foto.png", **how: Any
    ) -> str:
        """Sends a photo, a made-up one if none is given."""
        return await self.send_file(room_id, media.picture() if data is None else data, name, **how)

    async def react(self, room_id: str, event_id: str, key: str) -> str:
        return await self.send_event(room_id, "m.reaction", compose.reaction(event_id, key))

    async def edit(self, room_id: str, event_id: str, text: str, *, mentions: Sequence[str] = ()) -> str:
        content = compose.edit(event_id, self._text(room_id, text, mentions))
        return await self.send_event(room_id, "m.room.message", content)

    async def redact(self, room_id: str, event_id: str, reason: str | None = None) -> str:
        body = {"reason": reason} if reason else {}
        answer = await self.api.call(
            "PUT", path("rooms", room_id, "redact", event_id, secrets.token_hex(8)), json=body
        )
        return str(answer["event_id"])

    async def send_event(
        self, room_id: str, kind: str, content: dict[str, Any], *, plain: bool = False
    ) -> str:
        """Sends any event, in the order of the calls; `plain` leaves it unencrypted where it should not be."""
        room = await self._known(room_id)
        async with self._sending:
            if room.encrypted and not plain and kind != "m.reaction":
                if self._keys is None:
                    raise RuntimeError(f"{self.name} has no keys, and {room_id} is encrypted")
                kind, content = "m.room.encrypted", await self._keys.encrypt(room_id, kind, content)
            transaction = secrets.token_hex(8)
            answer = await self.api.call(
                "PUT", path("rooms", room_id, "send", kind, transaction), json=content
            )
        return str(answer["event_id"])

    # --- reading

    def read(self, room_id: str, *, after: int = 0) -> list[Message]:
        """The room's messages as this person sees them now; those that came, or were edited, after a `mark`."""
        return self.room(room_id).timeline.messages(after)

    def message(self, room_id: str, event_id: str) -> Message:
        for message in self.read(room_id):
            if message.event_id == event_id:
                return message
        raise NotSeen(f"{self.name} has not seen {event_id}")

    def reactions(self, room_id: str, event_id: str) -> list[Reaction]:
        return self.room(room_id).timeline.reactions(event_id)

    async def download(self, message: Message) -> bytes:
        """The file of a message, decrypted if it was encrypted."""
        return await media.download(self.api, message.content)

    async def wait_for(
        self,
        room_id: str,
        wanted: Wanted,
        within: float = 15.0,
        *,
        after: int = 0,
        sender: str | None = None,
    ) -> Message:
        """The first message that is wanted: its text matches the pattern, or the function says so.

        With `after` (see `mark`) only messages that came, or were edited, since then; with `sender` only theirs.
        """

        def fits(message: Message) -> bool:
            if sender not in (None, message.sender):
                return False
            return wanted(message) if callable(wanted) else re.search(wanted, message.body) is not None

        def first() -> Message | None:
            if room_id not in self.rooms:
                return None
            return next(filter(fits, self.read(room_id, after=after)), None)

        try:
            return await self.until(first, f"{wanted!r} in {room_id}", within)
        except NotSeen as error:
            raise NotSeen(f"{error}; there is:\n{self.transcript(room_id)}") from None

    async def wait_for_reaction(
        self, room_id: str, event_id: str, key: str, within: float = 15.0
    ) -> Reaction:
        def first() -> Reaction | None:
            return next(
                (reaction for reaction in self.reactions(room_id, event_id) if reaction.key == key), None
            )

        return await self.until(first, f"{key} on {event_id}", within)

    def transcript(self, room_id: str) -> str:
        """The room's messages as text, for a person who looks for what went wrong."""
        if room_id not in self.rooms:
            return "(not in that room)"
        return "\n".join(
            f"{message.sender}: "
            + (
                "(can't be decrypted)"
                if message.undecryptable
                else "(deleted)"
                if message.redacted
                else message.body
            )
            for message in self.read(room_id)
        )

    # --- inside

    async def _known(self, room_id: str) -> Room:
        """The room, once the client knows its state: before that nobody knows whether it is encrypted."""

        def joined() -> Room | None:
            room = self.rooms.get(room_id)
            return room if room and room.membership == "join" else None

        return await self.until(joined, f"the room {room_id}")

    async def _arrived(self, room_id: str) -> str:
        return (await self._known(room_id)).id

    async def _send_message(
        self, room_id: str, content: dict[str, Any], thread: str | None, reply_to: str | None
    ) -> str:
        threaded = (
            [message.event_id for message in self.read(room_id) if message.thread == thread] if thread else []
        )
        latest = threaded[-1] if threaded else None
        related = compose.related(content, thread=thread, reply_to=reply_to, latest_in_thread=latest)
        return await self.send_event(room_id, "m.room.message", related)

    def _text(self, room_id: str, text: str, mentions: Sequence[str]) -> dict[str, Any]:
        names = self.rooms[room_id].members("join", "invite") if room_id in self.rooms else {}
        return compose.text(text, mentions, names)
