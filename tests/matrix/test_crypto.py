"""Encryption with real clients on a real homeserver."""

import asyncio
import base64
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import vodozemac
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import crypto, half_restored
from helpdesk_bot.matrix.cross_signing import canonical
from helpdesk_bot.matrix.crypto import Crypto, Undecryptable
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.matrix.refusals import Verdict, verdict
from tests.conftest import NewAccount, NewPerson
from tests.matrix.bot import Bot
from tests.matrix.conftest import Clock, NewBot, NewDevice
from tests.matrix.device import MEGOLM, Device


async def test_both_ways_and_after_a_restart_with_the_same_store(
    synapse: Synapse, new_account: NewAccount, new_person: NewPerson, tmp_path: Path
) -> None:
    noor = await new_person("noor")
    account = await new_account("hulp")
    folder = tmp_path / "account"
    async with Bot.on(synapse, folder, account.localpart) as bot:
        room = await noor.create_dm(bot.user_id)
        await bot.step()
        await bot.step()
        await noor.send(room, "Onze wifi doet het niet")
        await bot.hears("Onze wifi doet het niet")
        event_id = await bot.say(room, "Ik kijk even")
        assert (await noor.wait_for(room, "Ik kijk even")).encrypted
        ours = await bot.homeserver.event(room, event_id)
        assert bot.crypto.decrypt(room, ours).sender_device is None  # our own words, readable to us as well
        since = bot.since
    async with Bot.on(synapse, folder, since=since) as bot:
        await noor.send(room, "Ben je er nog?")
        await bot.hears("Ben je er nog?")
        await bot.say(room, "Ja hoor")
        assert (await noor.wait_for(room, "Ja hoor")).encrypted
        assert await bot.crypto.device_is_verified()


async def test_a_room_whose_keys_take_too_long_is_no_outage(
    new_bot: NewBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = await new_bot()

    async def hangs(*_: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(crypto, "ENCRYPT_SECONDS", 0.1)
    monkeypatch.setattr(bot.crypto._sharing, "encrypt", hangs)
    with pytest.raises(MatrixError) as late:
        await bot.crypto.encrypt("!room:x.org", "m.room.message", {}, [bot.user_id])
    assert verdict("send", late.value) is Verdict.LATER


# The signature that people's clients look for


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


# Keys that came, twice and never


async def ask(device: Device, bot: Bot, room_id: str) -> None:
    """Gives the bot the key of a room."""
    curve25519 = bot.crypto._engine.curve25519
    session = await device.claim(bot.user_id, bot.account.device_id, curve25519)
    payload = device.payload(bot.user_id, bot.crypto.identity, "m.room_key", device.room_key(room_id))
    content = device.sealed(session, curve25519, payload)
    await device.send("m.room.encrypted", bot.user_id, bot.account.device_id, content)


def message(room_id: str, body: str) -> Json:
    return {"type": "m.room.message", "content": {"msgtype": "m.text", "body": body}, "room_id": room_id}


async def test_the_same_sync_again_after_a_crash(new_bot: NewBot, new_device: NewDevice) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    await noor.publish()
    await ask(noor, bot, "!a:x")
    sync = await bot.homeserver.sync()
    first = await bot.crypto.receive(sync)
    await bot.crypto.close()
    crypto = await Crypto.open(bot.account, bot.homeserver)
    again = await crypto.receive(sync)
    await crypto.settled()
    try:
        assert first == again == {noor.megolm.session_id}
        assert crypto.decrypt("!a:x", noor.said(message("!a:x", "hoi"))).content["body"] == "hoi"
        await noor.sync()
        assert noor.payloads == []  # no new session was begun: nothing looked broken
    finally:
        await crypto.close()


async def test_a_batch_that_fails_half_way_is_as_if_it_had_not_come(
    new_bot: NewBot, new_device: NewDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    await noor.publish()
    await ask(noor, bot, "!a:x")
    sync = await bot.homeserver.sync()

    def no_room_left(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("helpdesk_bot.matrix.crypto_store.CryptoStore.add_room_key", no_room_left)
        with pytest.raises(sqlite3.OperationalError):
            await bot.crypto.receive(sync)
    assert await bot.crypto.receive(sync) == {noor.megolm.session_id}
    assert bot.crypto.decrypt("!a:x", noor.said(message("!a:x", "hoi"))).content["body"] == "hoi"


async def test_a_key_that_is_missing_is_asked_for_and_taken_from_who_made_it(
    new_bot: NewBot, new_device: NewDevice, clock: Clock
) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    await noor.publish()
    event = noor.said(message("!a:x", "hoi"))
    with pytest.raises(Undecryptable) as caught:
        bot.crypto.decrypt("!a:x", event)
    assert caught.value.session_id == noor.megolm.session_id
    await bot.crypto.request_key("!a:x", event)
    await bot.crypto.request_key("!a:x", event)
    requests = [event for event in await noor.sync() if event["type"] == "m.room_key_request"]
    assert len(requests) == 1
    asked = requests[0]["content"]
    assert asked["requesting_device_id"] == bot.account.device_id
    assert asked["body"]["session_id"] == noor.megolm.session_id
    for _ in range(10):  # again and again, but not for ever
        clock.advance(hours=1)
        await bot.crypto.maintain()
    assert len(await noor.sync(1_000)) == 5
    await ask(noor, bot, "!a:x")  # answered, with the key as it is by now: one message late
    await bot.step()
    with pytest.raises(Undecryptable):
        bot.crypto.decrypt("!a:x", event)
    later = noor.said(message("!a:x", "nog eens"), "$2")
    assert bot.crypto.decrypt("!a:x", later).content["body"] == "nog eens"


async def test_a_passed_on_key_counts_only_when_asked_and_from_its_maker(
    new_bot: NewBot, new_device: NewDevice
) -> None:
    bot, noor, mallory = await new_bot(), await new_device("noor"), await new_device("mallory")
    await noor.publish()
    await mallory.publish()
    inbound = vodozemac.InboundGroupSession(noor.megolm.session_key)
    event = noor.said(message("!a:x", "hoi"))
    exported = inbound.export_at(0)
    assert exported
    forward = {
        "algorithm": MEGOLM,
        "room_id": "!a:x",
        "session_id": noor.megolm.session_id,
        "session_key": exported.to_base64(),
        "sender_key": noor.curve25519,
        "sender_claimed_ed25519_key": noor.ed25519,
        "forwarding_curve25519_key_chain": [],
    }

    async def passes_on(device: Device) -> None:
        curve25519 = bot.crypto._engine.curve25519
        session = await device.claim(bot.user_id, bot.account.device_id, curve25519)
        payload = device.payload(bot.user_id, bot.crypto.identity, "m.forwarded_room_key", forward)
        content = device.sealed(session, curve25519, payload)
        await device.send("m.room.encrypted", bot.user_id, bot.account.device_id, content)
        await bot.step()

    await passes_on(noor)
    assert bot.crypto.skipped == {"a key that was not asked for": 1}
    with pytest.raises(Undecryptable):
        bot.crypto.decrypt("!a:x", event)
    await bot.crypto.request_key("!a:x", event)
    await passes_on(mallory)
    with pytest.raises(Undecryptable):
        bot.crypto.decrypt("!a:x", event)
    await passes_on(noor)
    assert bot.crypto.decrypt("!a:x", event).content["body"] == "hoi"


async def test_a_device_whose_messages_do_not_open_gets_a_new_session_once_an_hour(
    new_bot: NewBot, new_device: NewDevice, clock: Clock
) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    await noor.publish(one_time_keys=10)
    curve25519 = bot.crypto._engine.curve25519
    lost = somebodys_one_time_key()

    async def sends_what_does_not_open() -> None:
        session = noor.start_session(curve25519, lost)  # with a one-time key that the bot does not have
        payload = noor.payload(bot.user_id, bot.crypto.identity, "m.dummy", {})
        content = noor.sealed(session, curve25519, payload)
        await noor.send("m.room.encrypted", bot.user_id, bot.account.device_id, content)
        await bot.step()
        await bot.crypto.settled()
        await noor.sync()

    await sends_what_does_not_open()
    assert [payload["type"] for payload in noor.payloads] == ["m.dummy"]
    await sends_what_does_not_open()
    assert len(noor.payloads) == 1
    clock.advance(minutes=61)
    await sends_what_does_not_open()
    assert len(noor.payloads) == 2


def somebodys_one_time_key() -> str:
    account = vodozemac.Account()
    account.generate_one_time_keys(1)
    return next(iter(account.one_time_keys.values())).to_base64()


# Who gets the room's key


async def said_in(bot: Bot, room_id: str, text: str) -> Json:
    return await bot.homeserver.event(room_id, await bot.say(room_id, text))


async def join(bot: Bot, *devices: Device) -> str:
    room_id = await bot.homeserver.create_room(invite=[device.user_id for device in devices])
    await bot.homeserver.put_state(room_id, "m.room.encryption", {"algorithm": MEGOLM})
    for device in devices:
        await device.homeserver.join(room_id)
    await bot.step()
    return room_id


async def test_who_left_reads_no_further_and_who_joins_not_back(
    new_bot: NewBot, new_device: NewDevice
) -> None:
    bot, noor, wim = await new_bot(), await new_device("noor"), await new_device("wim")
    for device in (noor, wim):
        await device.publish(one_time_keys=5)
    room = await join(bot, noor)
    first = await said_in(bot, room, "een")
    await bot.homeserver.invite(room, wim.user_id)
    await wim.homeserver.join(room)
    second = await said_in(bot, room, "twee")
    await noor.homeserver.leave(room)
    third = await said_in(bot, room, "drie")
    for device in (noor, wim):
        await device.sync()
    assert first["content"]["session_id"] == second["content"]["session_id"] != third["content"]["session_id"]
    assert noor.reads(first)["content"]["body"] == "een"
    assert wim.reads(third)["content"]["body"] == "drie"
    assert wim.reads(second)["content"]["body"] == "twee"
    with pytest.raises(LookupError):
        wim.reads(first)
    with pytest.raises(LookupError):
        noor.reads(third)


async def test_a_new_device_gets_the_key_and_one_that_signed_out_ends_it(
    new_bot: NewBot, new_device: NewDevice, synapse: Synapse
) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    await noor.publish(one_time_keys=5)
    room = await join(bot, noor)
    first = await said_in(bot, room, "een")
    login = await synapse.login(noor.user_id[1:].partition(":")[0])
    phone = Device(noor.user_id, login.device_id, noor.homeserver.signed_in(login.token))
    await phone.publish(one_time_keys=5)
    await bot.step()
    second = await said_in(bot, room, "twee")
    await phone.sync()
    assert phone.reads(second)["content"]["body"] == "twee"
    await phone.homeserver.logout()
    await bot.step()
    third = await said_in(bot, room, "drie")
    sessions = [event["content"]["session_id"] for event in (first, second, third)]
    assert sessions[0] == sessions[1] != sessions[2]


async def test_a_device_without_keys_is_tried_again_and_reads_back(
    new_bot: NewBot, new_device: NewDevice, clock: Clock
) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    await noor.publish(one_time_keys=0)
    room = await join(bot, noor)
    missed = await said_in(bot, room, "een")
    await said_in(bot, room, "twee")
    assert bot.crypto.waiting_devices == 1
    await noor.homeserver.keys_upload({"one_time_keys": noor.one_time_keys(5)})
    clock.advance(seconds=61)
    await bot.step(timeout_ms=0)  # nothing needs to be said for it
    await bot.crypto.settled()
    assert bot.crypto.waiting_devices == 0
    await noor.sync()
    assert noor.reads(missed)["content"]["body"] == "een"


async def test_a_room_key_wears_out(new_bot: NewBot, new_device: NewDevice, clock: Clock) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    await noor.publish(one_time_keys=5)
    users = [bot.user_id, noor.user_id]

    async def session(settings: Json | None) -> str:
        sealed = await bot.crypto.encrypt("!a:x", "m.room.message", {"body": "x"}, users, settings)
        return str(sealed["session_id"])

    used = [await session({"rotation_period_msgs": 3}) for _ in range(4)]
    assert used[0] == used[1] == used[2] != used[3]
    clock.advance(hours=2)
    assert await session({"rotation_period_ms": 3_600_000}) != used[3]
    before = await session(None)
    clock.advance(days=8)
    assert await session(None) != before
    odd = {"rotation_period_msgs": "many", "rotation_period_ms": -1}
    assert await session(odd)


async def test_our_own_keys_are_filled_up_and_nobody_is_left_without(
    new_bot: NewBot, new_device: NewDevice, clock: Clock
) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    for _ in range(53):  # all fifty, and then the fallback key
        claimed = await noor.homeserver.keys_claim({bot.user_id: [bot.account.device_id]})
        assert claimed["one_time_keys"][bot.user_id][bot.account.device_id]
    clock.advance(hours=2)
    sync = await bot.step(timeout_ms=0)
    assert sync["device_one_time_keys_count"]["signed_curve25519"] == 0
    assert sync["device_unused_fallback_key_types"] == []
    await bot.crypto.settled()
    sync = await bot.step(timeout_ms=0)
    assert sync["device_one_time_keys_count"]["signed_curve25519"] == 50
    assert sync["device_unused_fallback_key_types"] == ["signed_curve25519"]


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


async def test_a_homeserver_that_is_down_is_an_error_and_not_a_hang(
    new_bot: NewBot, new_device: NewDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    await noor.publish(one_time_keys=5)
    room = await join(bot, noor)

    async def down(*_: Any, **__: Any) -> Json:
        raise MatrixError(503, "M_UNKNOWN", "")

    for method in ("keys_query", "keys_claim", "to_device"):
        with monkeypatch.context() as patch:
            patch.setattr(Homeserver, method, down)
            with pytest.raises(MatrixError):
                await bot.say(room, "gaat niet")
    event = await said_in(bot, room, "gaat weer")
    await noor.sync()
    assert noor.reads(event)["content"]["body"] == "gaat weer"


async def test_a_backup_put_back_goes_on(
    synapse: Synapse, new_account: NewAccount, new_person: NewPerson, new_device: NewDevice, tmp_path: Path
) -> None:
    noor, wim = await new_person("noor"), await new_device("wim")
    account = await new_account("hulp")
    folder, backup = tmp_path / "account", tmp_path / "backup"
    async with Bot.on(synapse, folder, account.localpart) as bot:
        room = await noor.create_dm(bot.user_id)
        await bot.step()
        await noor.send(room, "een")
        await bot.hears("een")
        await bot.say(room, "twee")
        await noor.wait_for(room, "twee")
    shutil.copytree(folder, backup)
    async with Bot.on(synapse, folder, since=bot.since) as bot:
        for number in range(3):
            await bot.say(room, f"na de kopie {number}")
        await noor.wait_for(room, "na de kopie 2")
        for _ in range(30):  # new one-time keys, whose names the restored store would use again
            await wim.homeserver.keys_claim({bot.user_id: [bot.account.device_id]})
        await bot.step(timeout_ms=0)
        await bot.crypto.settled()
        since = bot.since
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
    half_restored.mark_restored(folder, "a restore")
    async with Bot.on(synapse, folder, since=since) as bot:
        await bot.say(room, "terug")
        await noor.wait_for(room, "terug")
        await noor.send(room, "fijn")
        await bot.hears("fijn")
