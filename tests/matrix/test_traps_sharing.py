"""Traps of matrix-nio on the way to others: keys that do not arrive, and words in the clear."""

import asyncio
import json
from pathlib import Path
from typing import Any

import nio
import pytest
from aiohttp import web

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix.http import Json, MatrixError
from tests.conftest import NewAccount
from tests.matrix.conftest import NewBot, NewDevice
from tests.matrix.device import MEGOLM, Device
from tests.matrix.faulty import faulty
from tests.matrix.station import Station
from tests.matrix.stock import USER, stock, sync, takes
from tests.matrix.traps import NOOR, ROOM


async def _encrypted_room(client: nio.AsyncClient, device: Device) -> None:
    """nio in an encrypted room with somebody."""
    member = {"type": "m.room.member", "event_id": "$m", "origin_server_ts": 1}
    events = [
        member | {"sender": user, "state_key": user, "content": {"membership": "join"}}
        for user in (USER, NOOR)
    ]
    encryption = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": MEGOLM}}
    events.append(encryption | {"sender": NOOR, "event_id": "$e", "origin_server_ts": 1})
    await takes(client, sync(timeline={ROOM: events}))
    client.rooms[ROOM].members_synced = True
    assert client.olm
    keys = {"device_keys": {NOOR: {device.device_id: device.keys()}}, "failures": {}}
    client.olm.handle_response(nio.KeysQueryResponse.from_dict(keys))


async def test_a_failed_share_counts_as_shared(
    tmp_path: Path, new_bot: NewBot, new_device: NewDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Device(NOOR, "PHONE")

    async def answers(request: web.Request) -> web.StreamResponse:
        if "keys/claim" in request.path:
            claimed = {NOOR: {device.device_id: device.one_time_keys(1)}}
            return web.json_response({"one_time_keys": claimed, "failures": {}})
        if "sendToDevice" in request.path:
            return web.json_response({"errcode": "M_UNKNOWN"}, status=500)
        return web.json_response({"event_id": "$1"})

    async with faulty(answers) as (server, _), stock(tmp_path / "stock", server.url) as client:
        await _encrypted_room(client, device)
        sent = await client.room_send(ROOM, "m.room.message", {"body": "x"}, ignore_unverified_devices=True)
        assert isinstance(sent, nio.RoomSendResponse)
        assert client.olm
        assert not client.olm.should_share_group_session(ROOM)  # and so nobody ever will
    bot, noor = await new_bot(), await new_device("noor")
    await noor.publish(one_time_keys=5)
    users = [bot.user_id, noor.user_id]

    async def fails(*_: Any) -> None:
        raise MatrixError(500, "M_UNKNOWN", "")

    with monkeypatch.context() as patch:
        patch.setattr("helpdesk_bot.matrix.http.Homeserver.to_device", fails)
        with pytest.raises(MatrixError):
            await bot.crypto.encrypt(ROOM, "m.room.message", {"body": "x"}, users)
    sealed = await bot.crypto.encrypt(ROOM, "m.room.message", {"body": "x"}, users)
    await noor.sync()
    assert noor.reads({"content": sealed})["content"] == {"body": "x"}


async def test_an_error_while_sharing_makes_later_sends_hang(
    tmp_path: Path, new_bot: NewBot, new_device: NewDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_: Any, **__: Any) -> Json:
        raise MatrixError(0, "UNREACHABLE", "")

    async with stock(tmp_path / "stock") as client:
        await _encrypted_room(client, Device(NOOR, "PHONE"))
        monkeypatch.setattr(client, "keys_claim", cut)
        with pytest.raises(MatrixError):
            await client.room_send(ROOM, "m.room.message", {"body": "x"}, ignore_unverified_devices=True)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await client.room_send(ROOM, "m.room.message", {"body": "x"}, ignore_unverified_devices=True)
    bot, noor = await new_bot(), await new_device("noor")
    await noor.publish(one_time_keys=5)
    users = [bot.user_id, noor.user_id]
    with monkeypatch.context() as patch:
        patch.setattr("helpdesk_bot.matrix.http.Homeserver.keys_claim", cut)
        with pytest.raises(MatrixError):
            await bot.crypto.encrypt(ROOM, "m.room.message", {"body": "x"}, users)
    async with asyncio.timeout(5):
        assert await bot.crypto.encrypt(ROOM, "m.room.message", {"body": "x"}, users)


async def test_one_malformed_device_costs_everybody_their_keys(
    new_bot: NewBot, new_device: NewDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, noor = await new_bot(), await new_device("noor")
    good = noor.keys()
    rubbish: list[Any] = [
        None,
        {},
        good | {"keys": None},
        good | {"device_id": "OTHER"},
        good | {"signatures": "none"},
        good | {"signatures": {noor.user_id: {f"ed25519:{noor.device_id}": "AAAA"}}},
        good | {"keys": dict.fromkeys(good["keys"], "AAAA")},
        good | {"keys": dict.fromkeys(good["keys"], 5)},
    ]
    listed = {noor.user_id: {noor.device_id: good, "BAD": {}}}
    answer = {"device_keys": listed, "failures": {}}
    assert isinstance(nio.KeysQueryResponse.from_dict(answer), nio.KeysQueryError)

    async def query(*_: Any) -> Json:
        devices = {f"BAD{number}": device for number, device in enumerate(rubbish)}
        users: Json = {noor.user_id: {**devices, noor.device_id: good}, "@wim:x.org": 5}
        return {"device_keys": users, "failures": []}

    monkeypatch.setattr("helpdesk_bot.matrix.http.Homeserver.keys_query", query)
    await bot.crypto._devices.refresh([noor.user_id, "@wim:x.org"])
    assert set(bot.crypto._devices.of([noor.user_id])) == {(noor.user_id, noor.device_id)}


async def test_a_device_that_comes_back_stays_gone(
    tmp_path: Path, new_bot: NewBot, new_device: NewDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Device(NOOR, "PHONE")
    lists: list[Json] = [{NOOR: {"PHONE": device.keys()}}, {NOOR: {}}, {NOOR: {"PHONE": device.keys()}}]
    async with stock(tmp_path / "stock") as client:
        assert client.olm
        for devices in lists:
            client.olm.handle_response(
                nio.KeysQueryResponse.from_dict({"device_keys": devices, "failures": {}})
            )
        assert list(client.olm.device_store.active_user_devices(NOOR)) == []
    bot = await new_bot()

    async def query(*_: Any) -> Json:
        return {"device_keys": lists.pop(0)}

    monkeypatch.setattr("helpdesk_bot.matrix.http.Homeserver.keys_query", query)
    shown = []
    for _ in range(3):
        bot.crypto._devices.changed([NOOR])
        await bot.crypto._devices.refresh([NOOR])
        shown.append(len(bot.crypto._devices.of([NOOR])))
    assert shown == [1, 0, 1]


async def test_plain_text_into_an_encrypted_room(
    synapse: Synapse, new_account: NewAccount, new_device: NewDevice, station: Station
) -> None:
    """nio without a store, or one that was not told that the room is encrypted."""
    account, noor = await new_account("hulp"), await new_device("noor")
    await noor.publish(one_time_keys=5)
    encryption = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": MEGOLM}}
    room = await noor.homeserver.create_room(
        invite=[account.user_id, station.user_id], initial_state=[encryption]
    )
    client = nio.AsyncClient(synapse.url, account.user_id, account.device_id)
    client.restore_login(account.user_id, account.device_id, account.token)
    try:
        await client.join(room)
        sent = await client.room_send(room, "m.room.message", {"msgtype": "m.text", "body": "geheim"})
    finally:
        await client.close()
    assert (await noor.homeserver.event(room, sent.event_id))["content"]["body"] == "geheim"
    await station.homeserver.join(room)  # never synced: nothing is known of the room here either
    sender = asyncio.create_task(station.sender.run())
    [row_id] = await station.say(room, "ook geheim")
    await station.drained()
    sender.cancel()
    await asyncio.gather(sender, return_exceptions=True)
    event_id = (await station.row(row_id)).event_id
    assert event_id
    event = await noor.homeserver.event(room, event_id)
    assert event["type"] == "m.room.encrypted"
    assert "geheim" not in json.dumps(event)
    await noor.sync()
    assert noor.reads(event)["content"]["body"] == "ook geheim"
