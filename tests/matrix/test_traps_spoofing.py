"""Traps of matrix-nio by which somebody's words pass for what they are not."""

import json
from pathlib import Path
from typing import Any

import nio
import pytest
import vodozemac

from helpdesk_bot.matrix.crypto import Crypto, Malformed, Undecryptable
from helpdesk_bot.matrix.http import Json
from tests.matrix.device import Device
from tests.matrix.stock import stock, sync, takes
from tests.matrix.traps import NOOR, ROOM, known_to, stock_key


def power_to(user_id: str) -> Json:
    content = {"users": {user_id: 100}}
    return {"type": "m.room.power_levels", "state_key": "", "content": content, "room_id": ROOM}


async def test_room_state_inside_an_encrypted_message_is_believed(alone: Crypto, tmp_path: Path) -> None:
    device = Device(NOOR, "PHONE")
    async with stock(tmp_path / "stock") as client:
        key = await stock_key(client, device)
        await takes(client, sync([key], {ROOM: [device.said(power_to(NOOR))]}))
        levels = client.rooms[ROOM].power_levels
        assert levels
        assert levels.users[NOOR] == 100
    await alone.receive(sync([await known_to(alone, device)]))
    with pytest.raises(Malformed, match="room state inside"):
        alone.decrypt(ROOM, device.said(power_to(NOOR), "$2"))


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"type": "m.room.message", "content": {}, "room_id": "!other:x.org"}, "another room"),
        ({"type": "m.room.message", "content": {}}, "another room"),
        ({"type": "m.room.message", "content": "hoi", "room_id": ROOM}, "no type or content"),
        ({"type": 5, "content": {}, "room_id": ROOM}, "no type or content"),
        ({"type": "m.room.redaction", "content": {}, "room_id": ROOM}, "no type or content"),
        ({"type": "m.room.encrypted", "content": {}, "room_id": ROOM}, "no type or content"),
        ({"type": "m.room.message", "state_key": None, "content": {}, "room_id": ROOM}, "room state"),
        ([], "no event"),
        ("[" * 100_000, "no JSON"),
        ("{", "no JSON"),
        ("", "no JSON"),
        (b"\xff\xfe", "no JSON"),
    ],
)
async def test_what_is_inside_is_checked_like_anything_else(alone: Crypto, payload: Any, reason: str) -> None:
    device = Device(NOOR, "PHONE")
    await alone.receive(sync([await known_to(alone, device)]))
    with pytest.raises(Malformed, match=reason):
        alone.decrypt(ROOM, device.said(payload))


async def test_what_no_database_takes_comes_out_cleaned(alone: Crypto) -> None:
    device = Device(NOOR, "PHONE")
    await alone.receive(sync([await known_to(alone, device)]))
    odd = json.dumps(said("half a pair \ud83d, nothing \0")).replace('"m.text"', "NaN")
    content = alone.decrypt(ROOM, device.said(odd)).content
    assert content == {"msgtype": None, "body": "half a pair \ufffd, nothing \ufffd"}


def said(text: str) -> Json:
    return {"type": "m.room.message", "content": {"msgtype": "m.text", "body": text}, "room_id": ROOM}


async def test_somebody_elses_words_sent_again_as_ones_own(alone: Crypto, tmp_path: Path) -> None:
    """Mallory is in the room, so she has Noor's key and can post Noor's words under her own name."""
    noor = Device(NOOR, "PHONE")
    async with stock(tmp_path / "stock") as client:
        key = await stock_key(client, noor)
        event = noor.said(said("Ik ga akkoord"), "$1")
        heard: list[Any] = []
        client.add_event_callback(lambda _, message: heard.append(message), nio.RoomMessageText)
        await takes(client, sync([key], {ROOM: [event | {"sender": "@mallory:x.org"}]}))
        assert [(message.sender, message.body) for message in heard] == [("@mallory:x.org", "Ik ga akkoord")]
    await alone.receive(sync([await known_to(alone, noor)]))
    event = noor.said(said("Ik ga akkoord"), "$1")
    with pytest.raises(Undecryptable):
        alone.decrypt(ROOM, event | {"sender": "@mallory:x.org"})
    assert alone.decrypt(ROOM, event).content["body"] == "Ik ga akkoord"


async def test_the_same_words_again_as_another_event(alone: Crypto) -> None:
    noor = Device(NOOR, "PHONE")
    await alone.receive(sync([await known_to(alone, noor)]))
    event = noor.said(said("ja"), "$1")
    for _ in range(2):  # the same event twice is no replay
        assert alone.decrypt(ROOM, event).content["body"] == "ja"
    for _ in range(2):
        with pytest.raises(Malformed, match="said before"):
            alone.decrypt(ROOM, event | {"event_id": "$2"})
    await alone.close()
    account, homeserver, clock = alone.account, alone._homeserver, alone._clock
    again = Crypto(account, homeserver, clock, "")
    try:
        with pytest.raises(Malformed, match="said before"):  # nio forgets with the process
            again.decrypt(ROOM, event | {"event_id": "$2"})
        assert again.decrypt(ROOM, event).content["body"] == "ja"
    finally:
        await again.close()


async def test_another_members_copy_of_a_key_does_not_replace_the_key(alone: Crypto) -> None:
    noor, mallory = Device(NOOR, "PHONE"), Device("@mallory:x.org", "PHONE")
    first = noor.said(said("een"), "$1")
    early = Device(NOOR, "PHONE")
    early.olm, early.megolm = noor.olm, vodozemac.GroupSession()
    mallory.megolm = noor.megolm  # what she was given with the room's key, later in its life
    await alone.receive(sync([await known_to(alone, mallory)]))
    with pytest.raises(Undecryptable):
        alone.decrypt(ROOM, first)
    await alone.receive(sync([await known_to(alone, noor)]))
    assert alone.decrypt(ROOM, noor.said(said("twee"), "$2")).content["body"] == "twee"
