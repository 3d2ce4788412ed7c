"""Encryption with real clients on a real homeserver."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import crypto, half_restored
from helpdesk_bot.matrix.http import MatrixError
from helpdesk_bot.matrix.refusals import Verdict, verdict
from tests.conftest import NewAccount, NewPerson
from tests.matrix.bot import Bot
from tests.matrix.conftest import Clock, NewBot, NewDevice


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
