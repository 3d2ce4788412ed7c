"""Killed while keys come in: none is lost."""

import asyncio
import json
import random
import sys

import vodozemac

from helpdesk_bot.matrix.crypto import Crypto
from tests.matrix.device import Device, Json

ROOM = "!a:x.org"
SENDERS = 20
KEYS_EACH = 15
KILLS = 6


async def test_no_key_is_lost_to_a_kill(alone: Crypto) -> None:
    account = alone.account
    engine = alone._engine
    engine.account.generate_one_time_keys(SENDERS)
    engine.save_account()
    syncs: list[Json] = []
    said: list[Json] = []
    for number, key in enumerate(list(engine.unpublished_one_time_keys().values())):
        device = Device(f"@u{number}:x.org", "PHONE")
        session = device.start_session(engine.curve25519, key["key"])
        for _ in range(KEYS_EACH):
            device.megolm = vodozemac.GroupSession()
            payload = device.payload(account.user_id, alone.identity, "m.room_key", device.room_key(ROOM))
            content = device.sealed(session, engine.curve25519, payload)
            event = {"type": "m.room.encrypted", "sender": device.user_id, "content": content}
            syncs.append({"to_device": {"events": [event]}})
            text = {"type": "m.room.message", "content": {"body": "hoi"}, "room_id": ROOM}
            said.append(device.said(text, f"${len(said)}"))
    account.save()
    (account.folder / "syncs.json").write_text(json.dumps(syncs))
    await alone.close()
    for kill in range(KILLS + 1):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.matrix.receiver", str(account.folder), stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout
        assert await process.stdout.readline() == b"ready\n"
        if kill < KILLS:
            await asyncio.sleep(random.uniform(0, 0.1))
            process.kill()
        await process.communicate()
    assert process.returncode == 0
    crypto = Crypto(account, alone._homeserver, alone._clock, "")
    try:
        assert [crypto.decrypt(ROOM, event).content["body"] for event in said] == ["hoi"] * len(said)
        assert not crypto._mending.broken
    finally:
        await crypto.close()
