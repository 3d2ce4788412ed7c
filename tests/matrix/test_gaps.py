"""What a sync leaves out is walked back to, in the order in which it was said."""

from pathlib import Path
from typing import Any

import pytest

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import backfill
from helpdesk_bot.matrix.http import Json, MatrixError, Unreachable
from tests.conftest import NewAccount, NewPerson
from tests.matrix.conftest import both_ways
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient_receiver")


@both_ways
async def test_what_was_said_while_it_was_down_is_walked_back(
    synapse: Synapse,
    new_account: NewAccount,
    current_url: str,
    tmp_path: Path,
    new_person: NewPerson,
    encrypted: bool,
) -> None:
    account = await new_account("hulp")
    noor = await new_person("noor")
    folder = tmp_path / "bot"
    async with Station.at(synapse, folder, current_url, account.localpart) as station:
        await station.receiver.once()
        room = await noor.create_dm(station.user_id, encrypted=encrypted)
        await station.enters(room)
        await noor.send(room, "vooraf")
        await station.hears(room, "vooraf")
    said = [f"bericht {number}" for number in range(130)]
    for text in said:
        await noor.send(room, text)
    async with Station.at(synapse, folder, current_url) as station:
        await station.receiver.once()
        await station.receiver.once()
        assert await station.texts(room) == ["vooraf", *said]
        assert not [row for row in await station.heard() if row.type == "helpdesk.gap"]


async def test_a_second_gap_makes_the_first_one_longer(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    truly = station.homeserver.messages

    async def broken(*_: Any, **__: Any) -> Json:
        raise Unreachable("reset")

    monkeypatch.setattr(station.homeserver, "messages", broken)
    for part in range(2):
        for number in range(105):
            await noor.send(room, f"bericht {part * 105 + number}")
        await station.receiver.once()
    monkeypatch.setattr(station.homeserver, "messages", truly)
    await station.receiver.mender.once()
    assert await station.texts(room) == [f"bericht {number}" for number in range(210)]


async def test_a_gap_too_large_gives_its_newest_part(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    for number in range(125):
        await noor.send(room, f"bericht {number}")
    monkeypatch.setattr(backfill.between, "__defaults__", (10,))
    await station.receiver.once()
    assert await station.texts(room) == [f"bericht {number}" for number in range(15, 125)]
    assert "helpdesk.gap" in [row.type for row in await station.heard(room)]


async def test_a_gap_is_asked_for_again_after_a_passing_fault(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    for number in range(110):
        await noor.send(room, f"bericht {number}")
    faults: list[MatrixError] = [
        MatrixError(429, "M_LIMIT_EXCEEDED", "", retry_after=0.01),
        Unreachable("reset"),
        MatrixError(503, "BAD_ANSWER", ""),
    ]
    truly = station.homeserver.messages

    async def faulty(*args: Any, **more: Any) -> Json:
        if faults:
            raise faults.pop()
        return await truly(*args, **more)

    monkeypatch.setattr(station.homeserver, "messages", faulty)
    async with station.running():
        await station.until(lambda: station.has_heard(room, 110))
    assert await station.texts(room) == [f"bericht {number}" for number in range(110)]


async def test_comings_and_goings_in_a_gap(
    synapse: Synapse, new_account: NewAccount, sqlite_url: str, tmp_path: Path, new_person: NewPerson
) -> None:
    account = await new_account("hulp")
    noor, tim = await new_person("noor", encrypts=False), await new_person("tim", encrypts=False)
    sam = await new_person("sam", encrypts=False)
    folder = tmp_path / "bot"
    async with Station.at(synapse, folder, sqlite_url, account.localpart) as station:
        await station.receiver.once()
        room = await noor.create_room(public=True, invite=[station.user_id])
        await tim.join(room)
        await station.enters(room)
        assert (await station.members(room)).get(tim.user_id) == "join"
    await tim.leave(room)
    await sam.join(room)
    for number in range(110):
        await noor.send(room, f"bericht {number}")
    async with Station.at(synapse, folder, sqlite_url) as station:
        await station.receiver.once()
        members = await station.members(room)
        assert members[tim.user_id] == "leave"
        assert members[sam.user_id] == "join"
