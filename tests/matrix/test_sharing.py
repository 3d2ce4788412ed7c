"""Who gets the room's key."""

from typing import Any

import pytest

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from tests.matrix.bot import Bot
from tests.matrix.conftest import Clock, NewBot, NewDevice
from tests.matrix.device import MEGOLM, Device


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
    await noor.sync()
    with pytest.raises(LookupError):
        noor.reads(missed)
    await noor.homeserver.keys_upload({"one_time_keys": noor.one_time_keys(5)})
    clock.advance(seconds=61)
    await bot.step(timeout_ms=0)  # nothing needs to be said for it
    await bot.crypto.settled()
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
