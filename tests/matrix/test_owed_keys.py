"""Keys that could not be given when something was said, and are given later: to whom had a right to them, and from there on."""

from datetime import timedelta
from typing import Any

import pytest

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import owed_keys, patience, paying
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver, Json
from helpdesk_bot.matrix.owed_keys import ANY, LONGEST, Debt
from tests.matrix.bot import Bot
from tests.matrix.conftest import Clock, NewBot, NewDevice
from tests.matrix.device import Device
from tests.matrix.test_sharing import join, said_in

ROOM = "!a:x.org"


def debt(user: str, device: str = "PHONE", session: str = "S", pickle: str = "first") -> Debt:
    return Debt(user, device, f"key of {device}" if device else "", ROOM, session, pickle)


# The rows


def test_the_key_as_it_was_first_stays(alone: Crypto, clock: Clock) -> None:
    owed = alone._store.owed
    owed.owe([debt("@noor:x.org")], clock())
    owed.owe([debt("@noor:x.org", pickle="later"), debt("@noor:x.org", session="S2")], clock())
    assert [
        (row.session_id, row.pickle) for row in owed.to_device("@noor:x.org", "PHONE", "key of PHONE", 9)
    ] == [
        ("S", "first"),
        ("S2", "first"),
    ]
    assert owed.to_device("@noor:x.org", "PHONE", "another key", 9) == []
    owed.paid([debt("@noor:x.org")])
    assert list(owed.of_session("S")) == []
    assert owed.debtors() == [("@noor:x.org", "PHONE")]


def test_a_user_whose_list_comes_later(alone: Crypto, clock: Clock) -> None:
    owed = alone._store.owed
    owed.owe([debt("@noor:x.org", ANY, session) for session in ("S", "S2")], clock())
    owed.owe([debt("@wim:x.org", ANY)], clock())
    assert owed.waiting("@noor:x.org", "WHICHEVER", "S") == ANY
    assert owed.waiting("@noor:x.org", "WHICHEVER", "S3") is None
    owed.listed("@noor:x.org", {"PHONE": "p", "LAPTOP": "l"})
    owed.listed("@noor:x.org", {"PHONE": "p", "LAPTOP": "l", "NEWER": "n"})
    assert sorted(owed.of_session("S")) == [
        ("@noor:x.org", "LAPTOP"),
        ("@noor:x.org", "PHONE"),
        ("@wim:x.org", ANY),
    ]
    assert owed.waiting("@noor:x.org", "PHONE", "S2") == "PHONE"
    assert owed.waiting("@noor:x.org", "NEWER") is None
    owed.listed("@wim:x.org", {})
    assert ("@wim:x.org", ANY) not in owed.debtors()


def test_rows_of_those_who_let_them_pile_up_go_first(
    alone: Crypto, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owed_keys, "IN_ALL", 10)
    owed = alone._store.owed
    owed.owe([debt("@west:west.org", session=f"W{number}") for number in range(3)], clock())
    owed.owe([debt("@wim:evil.org", session=f"N{number}") for number in range(2)], clock())
    for number in range(50):
        owed.owe([debt("@mallory:evil.org", session=f"M{number}")], clock())
    owed.owe([debt(f"@m{number}:evil.org", session="M") for number in range(50)], clock())
    kept = [session for user, _ in owed.debtors() for session in sessions(alone, user)]
    assert len(kept) == 10
    assert {"W0", "W1", "W2"} < set(kept)
    owed.forget_old(clock() + LONGEST - timedelta(minutes=1))
    assert len(owed.debtors()) == 8
    owed.forget_old(clock() + LONGEST + timedelta(minutes=1))
    assert owed.debtors() == []


def sessions(crypto: Crypto, user: str) -> list[str]:
    rows = crypto._store._sql("SELECT session_id FROM owed_keys WHERE user_id=?", user)
    return [session for (session,) in rows]


def test_a_reason_to_try_again_shortens_one_pause(clock: Clock) -> None:
    waiting = patience.Patience(clock)
    for _ in range(3):
        waiting.failed("west")
    waiting.cut_short("west")
    assert not waiting.over("west")  # it failed this very moment
    clock.advance(seconds=3)
    assert waiting.over("west")
    waiting.failed("west")
    for _ in range(3):
        clock.advance(seconds=0.5)
        waiting.cut_short("west")
        assert not waiting.over("west")
    clock.advance(seconds=1)
    assert waiting.over("west")
    waiting.failed("west")
    clock.advance(minutes=7, seconds=59)
    assert not waiting.over("west")
    clock.advance(seconds=2)
    assert waiting.over("west")


# With a homeserver


async def asks(device: Device, bot: Bot, event: Json, **other: Any) -> None:
    """The device says that it misses the key of an event; then the bot has done what it does about it."""
    content = event["content"]
    body = {
        "algorithm": content["algorithm"],
        "room_id": event["room_id"],
        "session_id": content["session_id"],
    }
    request = {
        "action": "request",
        "request_id": "1",
        "requesting_device_id": device.device_id,
        "body": body,
        **other,
    }
    await device.send("m.room_key_request", bot.user_id, bot.account.device_id, request)
    await bot.step()
    await bot.crypto.settled()


async def test_a_device_that_is_back_gets_what_is_owed_and_once(
    new_bot: NewBot, new_device: NewDevice, synapse: Synapse, clock: Clock
) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    await noor.publish(one_time_keys=0)
    room = await join(bot, noor)
    said = [await said_in(bot, room, "een"), await said_in(bot, room, "twee")]
    await bot.crypto.close()
    async with Bot.on(synapse, bot.account.folder, since=bot.since, clock=clock) as again:
        said.append(await said_in(again, room, "drie"))
        await again.step(timeout_ms=0)
        await again.crypto.settled()  # tried at the start, in vain
        await noor.homeserver.keys_upload({"one_time_keys": noor.one_time_keys(5)})
        clock.advance(seconds=3)
        await again.step(timeout_ms=0)
        await again.crypto.settled()
        await noor.sync()
        assert noor.payloads == []  # it was only tried a moment ago
        await asks(noor, again, said[0])
        await noor.sync()
        assert [noor.reads(event)["content"]["body"] for event in said] == ["een", "twee", "drie"]
        assert len(noor.payloads) == 2
        for event in said:
            clock.advance(minutes=2)
            await asks(noor, again, event)
        await noor.sync()
        assert len(noor.payloads) == 2


async def test_what_was_not_owed_is_not_given(
    new_bot: NewBot, new_device: NewDevice, synapse: Synapse, clock: Clock
) -> None:
    bot, noor, mallory = await new_bot(), await new_device("noor"), await new_device("mallory")
    for device in (noor, mallory):
        await device.publish(one_time_keys=5)
    room = await join(bot, noor)
    before = await said_in(bot, room, "voor wie er nu is")
    login = await synapse.login(noor.user_id[1:].partition(":")[0])
    newer = Device(noor.user_id, login.device_id, noor.homeserver.signed_in(login.token))
    await newer.publish(one_time_keys=5)
    await bot.homeserver.invite(room, mallory.user_id)
    await mallory.homeserver.join(room)
    await bot.step()
    for asker in (newer, mallory, noor):
        await asks(asker, bot, before)
        await asks(mallory, bot, before, requesting_device_id=asker.device_id)
    after = await said_in(bot, room, "voor iedereen")
    for device in (newer, mallory):
        await device.sync()
        assert len(device.payloads) == 1
        assert device.reads(after)["content"]["body"] == "voor iedereen"
        with pytest.raises(LookupError):
            device.reads(before)
    await noor.sync()
    assert len(noor.payloads) == 1


async def test_who_went_while_the_key_was_owed_reads_what_was_said_until_then(
    new_bot: NewBot, new_device: NewDevice
) -> None:
    bot, noor, wim = await new_bot(), await new_device("noor"), await new_device("wim")
    await noor.publish(one_time_keys=0)
    await wim.publish(one_time_keys=5)
    room = await join(bot, noor, wim)
    before = await said_in(bot, room, "met Noor erbij")
    await noor.homeserver.leave(room)
    after = await said_in(bot, room, "zonder Noor")
    await noor.homeserver.keys_upload({"one_time_keys": noor.one_time_keys(5)})
    bot.crypto._clock.advance(minutes=2)  # type: ignore[attr-defined]
    await bot.crypto.maintain()
    await noor.sync()
    assert noor.reads(before)["content"]["body"] == "met Noor erbij"
    assert len(noor.payloads) == 1
    with pytest.raises(LookupError):
        noor.reads(after)


async def test_the_list_of_devices_was_not_to_be_had(
    new_bot: NewBot, new_device: NewDevice, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    bot, noor, wim = await new_bot(), await new_device("noor"), await new_device("wim")
    for device in (noor, wim):
        await device.publish(one_time_keys=5)
    room = await join(bot, noor, wim)
    truly = Homeserver.keys_query

    async def of_others(self: Homeserver, users: Any, timeout_ms: int = 5_000) -> Json:
        answer = await truly(self, users, timeout_ms)
        del answer["device_keys"][noor.user_id]
        return answer | {"failures": {noor.user_id.partition(":")[2]: {"status": 503}}}

    with monkeypatch.context() as patch:
        patch.setattr(Homeserver, "keys_query", of_others)
        missed = [await said_in(bot, room, text) for text in ("een", "twee")]
        await bot.crypto.maintain()
    await noor.sync()
    assert noor.payloads == []
    clock.advance(seconds=31)
    later = await said_in(bot, room, "drie")
    await noor.sync()
    assert [noor.reads(event)["content"]["body"] for event in (*missed, later)] == ["een", "twee", "drie"]
    assert len(noor.payloads) == 1
    assert bot.crypto._store.owed.debtors() == []


async def test_a_device_that_keeps_asking_costs_next_to_nothing(
    new_bot: NewBot, new_device: NewDevice, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    await noor.publish(one_time_keys=0)
    room = await join(bot, noor)
    event = await said_in(bot, room, "een")
    truly, claims = Homeserver.keys_claim, list[int]()

    async def counted(self: Homeserver, devices: Any, timeout_ms: int = 5_000) -> Json:
        claims.append(1)
        return await truly(self, devices, timeout_ms)

    monkeypatch.setattr(Homeserver, "keys_claim", counted)
    monkeypatch.setattr(paying, "LOOK_AGAIN", 0.01)
    clock.advance(seconds=3)
    for number in range(20):
        await asks(noor, bot, event, requesting_device_id=noor.device_id if number % 2 else f"D{number}")
    assert len(claims) == 1
    assert len(bot.crypto._paying._hopeful) <= 1
