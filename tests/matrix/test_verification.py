"""The signature that people's clients look for, and what somebody hears who asks to verify."""

import base64
import sqlite3

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix.cross_signing import canonical
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Json
from tests.matrix.conftest import NewBot, NewDevice


def verify(signed: Json, user_id: str, key_id: str, public: str) -> None:
    signature = signed["signatures"][user_id][f"ed25519:{key_id}"]
    key = Ed25519PublicKey.from_public_bytes(_bytes(public))
    key.verify(_bytes(signature), canonical(signed))


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


async def test_somebody_else_sees_a_signed_device(new_bot: NewBot, new_device: NewDevice) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    shown = await noor.homeserver.keys_query([bot.user_id])
    master = shown["master_keys"][bot.user_id]
    self_signing = shown["self_signing_keys"][bot.user_id]
    device = shown["device_keys"][bot.user_id][bot.account.device_id]
    (master_key,) = master["keys"].values()
    (self_signing_key,) = self_signing["keys"].values()
    verify(self_signing, bot.user_id, master_key, master_key)
    verify(device, bot.user_id, self_signing_key, self_signing_key)
    ours = (await bot.homeserver.keys_query([bot.user_id]))["master_keys"][bot.user_id]
    verify(ours, bot.user_id, bot.account.device_id, bot.crypto.identity)
    assert await bot.crypto.device_is_verified()


async def test_signing_is_finished_after_a_start_that_broke_off(new_bot: NewBot, synapse: Synapse) -> None:
    bot = await new_bot()
    before = await bot.homeserver.keys_query([bot.user_id])
    await bot.crypto.close()
    again = await Crypto.open(bot.account, bot.homeserver)
    assert await bot.homeserver.keys_query([bot.user_id]) == before
    await again.close()
    # As if only the keys had been uploaded, and not the device's signature.
    database = sqlite3.connect(synapse.folder / "homeserver.db", timeout=10)
    with database:
        database.execute("DELETE FROM e2e_cross_signing_signatures WHERE target_user_id=?", (bot.user_id,))
    database.close()
    again = await Crypto.open(bot.account, bot.homeserver)
    try:
        assert await again.device_is_verified()
    finally:
        await again.close()


async def test_who_asks_to_verify_is_told(new_bot: NewBot, new_device: NewDevice) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    request = {
        "from_device": noor.device_id,
        "methods": ["m.sas.v1"],
        "timestamp": 1,
        "transaction_id": "t1",
    }
    for _ in range(2):
        await noor.send("m.key.verification.request", bot.user_id, bot.account.device_id, request)
    await bot.step()
    await bot.crypto.settled()
    answers = [event for event in await noor.sync() if event["type"] == "m.key.verification.cancel"]
    assert [answer["content"] for answer in answers] == [
        {"transaction_id": "t1", "code": "m.user", "reason": "No need."}
    ]
