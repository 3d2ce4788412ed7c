"""Keys that came, twice and never."""

import sqlite3
from typing import Any

import pytest
import vodozemac

from helpdesk_bot.matrix.crypto import Crypto, Undecryptable
from helpdesk_bot.matrix.http import Json
from tests.matrix.bot import Bot
from tests.matrix.conftest import Clock, NewBot, NewDevice
from tests.matrix.device import MEGOLM, Device


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
