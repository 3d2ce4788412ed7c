"""Traps of matrix-nio around rooms: who may do what in one, and its coming and going."""

from pathlib import Path
from typing import Any

import nio

from helpdesk_bot.actions.context import Setting
from helpdesk_bot.chat.dispatch import Worker
from helpdesk_bot.chat.router import explain, handle
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix.http import Json
from helpdesk_bot.matrix.room_check import ABOVE_ALL, RoomFacts
from tests.conftest import NewAccount, NewPerson
from tests.conversation.stage import CONFIG, LAYOUT, TEXTS
from tests.matrix.both import with_both
from tests.matrix.station import Station
from tests.matrix.stock import enters, hears_all, stock


def power_in(client: nio.AsyncClient, room: str, user_id: str) -> int:
    levels = client.rooms[room].power_levels
    assert levels
    return int(levels.get_user_level(user_id))


async def facts_of(station: Station, room: str) -> RoomFacts:
    return RoomFacts.of(await station.homeserver.full_state(room))


async def test_a_removed_moderator_keeps_the_power(
    stock_bot: nio.AsyncClient, station: Station, new_person: NewPerson
) -> None:
    noor, tim = await new_person("noor", encrypts=False), "@tim:x.org"
    room = await noor.create_room(invite=[stock_bot.user_id, station.user_id], room_version="11")
    await enters(stock_bot, room)
    await station.enters(room)
    for users, ours, stocks in (
        ({noor.user_id: 100, tim: 50}, 50, 50),
        ({noor.user_id: 100}, 0, 50),  # nio merges what should replace
    ):
        await noor.set_state(room, "m.room.power_levels", {"users": users})
        await hears_all(stock_bot)
        assert power_in(stock_bot, room, tim) == stocks
        assert (await facts_of(station, room)).power(tim) == ours


async def test_who_made_a_room_of_version_12_counts_for_nothing(
    stock_bot: nio.AsyncClient, station: Station, new_person: NewPerson
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(invite=[stock_bot.user_id, station.user_id], room_version="12")
    await enters(stock_bot, room)
    await station.enters(room)
    await noor.set_state(room, "m.room.power_levels", {"users": {station.user_id: 100}})
    await hears_all(stock_bot)
    assert power_in(stock_bot, room, station.user_id) == 100
    assert power_in(stock_bot, room, noor.user_id) == 0
    facts = await facts_of(station, room)
    assert facts.power(noor.user_id) == ABOVE_ALL > facts.power(station.user_id) == 100
    assert noor.user_id in facts.others_in_charge(station.user_id)


async def test_being_thrown_out_goes_unnoticed(
    stock_bot: nio.AsyncClient, station: Station, new_person: NewPerson
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await with_both(noor, stock_bot, station)
    heard: list[nio.Event] = []
    stock_bot.add_event_callback(lambda _, event: heard.append(event), nio.Event)
    await noor.send(room, "ik ruim even op")
    for user_id in (stock_bot.user_id, station.user_id):
        await noor.kick(room, user_id)
    await hears_all(stock_bot)
    assert heard == []  # not even what was said before it
    assert room in stock_bot.rooms
    assert stock_bot.user_id in stock_bot.rooms[room].users
    for _ in range(2):
        await station.receiver.once(500)
    said, removed = (await station.heard(room))[-2:]
    assert (said.content or {})["body"] == "ik ruim even op"
    assert (removed.type, removed.sender) == ("helpdesk.removed", noor.user_id)
    row = await station.room(room)
    assert row is not None
    assert row.membership == "leave"


async def test_an_invitation_is_told_once_and_lost_with_the_process(
    synapse: Synapse,
    stock_bot: nio.AsyncClient,
    new_account: NewAccount,
    sqlite_url: str,
    tmp_path: Path,
    new_person: NewPerson,
) -> None:
    """It came, and the process ended before anybody did anything about it."""
    account, noor = await new_account("hulp"), await new_person("noor", encrypts=False)
    folder = tmp_path / "bot"
    async with Station.at(synapse, folder, sqlite_url, account.localpart) as station:
        await station.receiver.once()
        room = await noor.create_room(invite=[stock_bot.user_id, station.user_id])
        await hears_all(stock_bot)
        for _ in range(20):
            if await station.room(room):
                break
            await station.receiver.once(1_000)
    assert room in stock_bot.invited_rooms
    who = (synapse.url, stock_bot.user_id, stock_bot.device_id, stock_bot.access_token)
    async with stock(tmp_path / "again", *who) as client:
        invited: list[Any] = []
        client.add_event_callback(lambda _, event: invited.append(event), nio.InviteEvent)
        client.next_batch = stock_bot.next_batch
        await hears_all(client)
        assert invited == []
        assert room not in client.invited_rooms
    async with Station.at(synapse, folder, sqlite_url) as station:
        await station.receiver.once()
        [row] = await station.heard(room)
        assert (row.type, row.sender, row.state) == ("helpdesk.invite", noor.user_id, "pending")


def worker_of(station: Station) -> Worker:
    """The helpdesk itself, for people of this homeserver."""
    own: Json = {
        "homeserver": CONFIG.homeserver.model_copy(update={"user_id": station.user_id}),
        "invites": CONFIG.invites.model_copy(update={"servers": [station.user_id.partition(":")[2]]}),
    }
    setting = Setting(CONFIG.model_copy(update=own), LAYOUT, TEXTS)
    return Worker(station.db, setting, station.clock, handle, explain, station.sender.wake)


async def test_a_room_that_moves_leaves_the_bot_behind(
    stock_bot: nio.AsyncClient, station: Station, new_person: NewPerson
) -> None:
    """Where a tombstone leads, and where not, is in `test_following` and `conversation/test_housekeeping`."""
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(public=True, invite=[stock_bot.user_id, station.user_id])
    await enters(stock_bot, room)
    await station.enters(room)
    told: list[nio.RoomUpgradeEvent] = []
    stock_bot.add_event_callback(lambda _, event: told.append(event), nio.RoomUpgradeEvent)
    upgrade = f"/_matrix/client/v3/rooms/{room}/upgrade"
    new = (await noor.api.call("POST", upgrade, json={"new_version": "11"}))["replacement_room"]
    worker = worker_of(station)

    async def moved() -> bool:
        while await worker.step():
            pass
        return new in await station.homeserver.joined_rooms()

    async with station.running():
        await station.until(moved)
    await hears_all(stock_bot)
    assert [event.replacement_room for event in told] == [new]
    joined = await stock_bot.joined_rooms()
    assert isinstance(joined, nio.JoinedRoomsResponse)
    assert joined.rooms == [room]
