"""The smallest thing that uses encryption as the bot does: sync, take keys, commit the position, read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from helpdesk_bot.clock import Clock, utc_now
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix.account import Account
from helpdesk_bot.matrix.crypto import Crypto, Undecryptable
from helpdesk_bot.matrix.http import Homeserver
from helpdesk_bot.matrix.sign_in import sign_in

Json = dict[str, Any]


class Bot:
    def __init__(self, account: Account, homeserver: Homeserver, crypto: Crypto, since: str | None) -> None:
        self.account = account
        self.homeserver = homeserver
        self.crypto = crypto
        self.since = since
        self.heard: list[tuple[str, Json]] = []
        self.held: list[tuple[str, Json]] = []
        self.sent = 0

    @classmethod
    @asynccontextmanager
    async def on(
        cls,
        synapse: Synapse,
        folder: Path,
        name: str | None = None,
        since: str | None = None,
        clock: Clock = utc_now,
    ) -> AsyncIterator["Bot"]:
        """With a name: signs in for the first time. Without: goes on with the account that is there."""
        async with aiohttp.ClientSession() as session:
            homeserver = Homeserver(synapse.url, None, session=session)
            if name:
                account = await sign_in(folder, homeserver, user=name, password="secret", device_name="Bot")
            else:
                account = Account.load(folder)
            homeserver = homeserver.signed_in(account.access_token)
            crypto = await Crypto.open(account, homeserver, clock=clock, refusal="No need.")
            try:
                yield cls(account, homeserver, crypto, since)
            finally:
                await crypto.close()

    @property
    def user_id(self) -> str:
        return self.account.user_id

    async def step(self, timeout_ms: int = 2_000) -> Json:
        sync = await self.homeserver.sync(self.since, timeout_ms=timeout_ms)
        await self.crypto.receive(sync)
        self.since = sync["next_batch"]
        for room_id in sync.get("rooms", {}).get("invite", {}):
            await self.homeserver.join(room_id)
        for room_id, room in sync.get("rooms", {}).get("join", {}).items():
            events = room["timeline"]["events"]
            self.held += [(room_id, event) for event in events if event["type"] == "m.room.encrypted"]
        for room_id, event in list(self.held):
            if event["sender"] != self.user_id:
                try:
                    decrypted = self.crypto.decrypt(room_id, event)
                except Undecryptable:
                    continue
                self.heard.append((room_id, decrypted.content))
            self.held.remove((room_id, event))
        return sync

    async def hears(self, text: str, steps: int = 15) -> None:
        for _ in range(steps):
            if any(content.get("body") == text for _, content in self.heard):
                return
            await self.step()
        raise AssertionError(f"never heard: {text}")

    async def members(self, room_id: str) -> list[str]:
        return [
            event["state_key"]
            for event in await self.homeserver.members(room_id)
            if event["content"]["membership"] in ("join", "invite")
        ]

    async def say(self, room_id: str, text: str) -> str:
        content = {"msgtype": "m.text", "body": text}
        users = await self.members(room_id)
        sealed = await self.crypto.encrypt(room_id, "m.room.message", content, users)
        self.sent += 1
        txn_id = f"{id(self)}-{self.sent}"
        return await self.homeserver.send_event(room_id, "m.room.encrypted", txn_id, sealed)
