"""Strangers can send what they like, as often as they like: it fills nothing, and costs nobody else a key."""

import pytest
import vodozemac

from helpdesk_bot.matrix import idle_keys, patience, strangers
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Json
from helpdesk_bot.matrix.patience import LONGEST, Patience
from helpdesk_bot.matrix.strangers import PER_DEVICE, PER_USER
from tests.matrix.conftest import Clock
from tests.matrix.device import Device
from tests.matrix.stock import sync

MALLORY = "@mallory:evil.org"
NOOR = "@noor:x.org"
ROOM = "!a:x.org"


def sealed(crypto: Crypto, device: Device, session: vodozemac.Session, content: Json) -> Json:
    payload = device.payload(crypto.account.user_id, crypto.identity, "m.room_key", content)
    content = device.sealed(session, crypto._engine.curve25519, payload)
    return {"type": "m.room.encrypted", "sender": device.user_id, "content": content}


def begins(crypto: Crypto, device: Device) -> Json:
    """A message that begins a new session, with the key that never runs out."""
    engine = crypto._engine
    if not engine.unpublished_fallback_key():
        engine.new_fallback_key()
    key = next(iter(engine.unpublished_fallback_key().values()))["key"]
    session = device.start_session(engine.curve25519, key)
    return sealed(crypto, device, session, device.room_key(ROOM))


async def goes_on(crypto: Crypto, device: Device, session: vodozemac.Session) -> bool:
    """Whether what the device says in this session can be read, without beginning it anew."""
    known = session.session_id in {mine.id for mine in crypto._engine.session_store[device.curve25519]}
    device.megolm = vodozemac.GroupSession()
    event = sealed(crypto, device, session, device.room_key(ROOM))
    return await crypto.receive(sync([event])) == {device.megolm.session_id} and known


def kept(crypto: Crypto) -> int:
    """How many sessions there are, in memory and in the store."""
    [stored] = crypto._store._sql("SELECT count(*) FROM olmsessions").fetchone()
    assert stored == len(list(crypto._engine.session_store))
    return int(stored)


async def test_sessions_of_one_device(alone: Crypto) -> None:
    noor, mallory = Device(NOOR, "PHONE"), Device(MALLORY, "EVIL")
    await alone.receive(sync([begins(alone, noor)]))
    await alone.receive(sync([begins(alone, mallory) for _ in range(30)]))
    assert kept(alone) == 1 + PER_DEVICE
    alone._load()
    assert kept(alone) == 1 + PER_DEVICE
    assert await goes_on(alone, noor, noor.sessions[0])
    assert await goes_on(alone, mallory, mallory.sessions[0])
    assert not await goes_on(alone, mallory, mallory.sessions[-1])
    assert kept(alone) == 1 + PER_DEVICE


async def test_a_session_in_use_is_no_old_one_even_after_a_restart(alone: Crypto) -> None:
    noor = Device(NOOR, "PHONE")
    await alone.receive(sync([begins(alone, noor) for _ in range(PER_DEVICE)]))
    first = noor.sessions[-1]
    assert await goes_on(alone, noor, first)
    alone._load()
    await alone.receive(sync([begins(alone, noor)]))
    assert await goes_on(alone, noor, first)


async def test_devices_that_one_stranger_invents(alone: Crypto) -> None:
    noor = Device(NOOR, "PHONE")  # nobody has asked for her devices yet
    await alone.receive(sync([begins(alone, noor)]))
    for number in range(3):
        crowd = [Device(MALLORY, f"EVIL{number}-{of}") for of in range(PER_USER)]
        await alone.receive(sync([begins(alone, device) for device in crowd]))
    assert kept(alone) == 1 + PER_USER
    assert await goes_on(alone, noor, noor.sessions[0])
    assert await goes_on(alone, crowd[0], crowd[0].sessions[0])


async def test_strangers_that_are_invented(alone: Crypto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strangers, "IN_ALL", 10)
    noor = Device(NOOR, "PHONE")
    await alone.receive(sync([begins(alone, noor)]))
    alone._devices._take(NOOR, {noor.device_id: noor.keys()})  # she was answered
    crowd = [Device(f"@mallory{number}:evil.org", "EVIL") for number in range(30)]
    await alone.receive(sync([begins(alone, device) for device in crowd]))
    assert kept(alone) == 1 + 10
    assert await goes_on(alone, noor, noor.sessions[0])


async def test_keys_to_rooms_that_nobody_speaks_in(alone: Crypto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_keys, "PER_SENDER", 20)
    noor, mallory = Device(NOOR, "PHONE"), Device(MALLORY, "EVIL")
    event = begins(alone, mallory)
    await alone.receive(sync([begins(alone, noor), event]))
    said = {"type": "m.room.message", "content": {"body": "hoi"}, "room_id": ROOM}
    assert alone.decrypt(ROOM, mallory.said(said)).content == {"body": "hoi"}
    used = mallory.megolm
    for number in range(5):
        flood = []
        for of in range(10):
            mallory.megolm = vodozemac.GroupSession()
            content = mallory.room_key(f"!{number}-{of}:evil.org")
            flood.append(sealed(alone, mallory, mallory.sessions[0], content))
        await alone.receive(sync(flood))
    for table, count in (("room_keys", 1 + 1 + 20), ("idle_keys", 1 + 20)):
        assert alone._store._sql(f"SELECT count(*) FROM {table}").fetchone() == (count,)
    assert alone.decrypt(ROOM, noor.said(said)).content == {"body": "hoi"}
    mallory.megolm = used
    assert alone.decrypt(ROOM, mallory.said(said, "$2")).content == {"body": "hoi"}


def test_what_failed(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MOST", 10)
    waiting = Patience(clock)
    for number in range(30):
        waiting.failed("upkeep")
        waiting.failed(number)
    assert len(waiting._failures) == 10
    clock.now += LONGEST / 2
    assert not waiting.over("upkeep")  # what goes on failing is not forgotten
