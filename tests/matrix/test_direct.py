"""Direct chats that the bot opens itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import made_room, refusals
from helpdesk_bot.matrix.direct import placeholder
from helpdesk_bot.storage.models import Person as Remembered
from helpdesk_bot.storage.models import Room
from helpdesk_bot.storage.outbox import Outgoing
from tests.conftest import NewAccount, NewPerson
from tests.matrix.crash import Crash
from tests.matrix.station import Station


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "bot"


@pytest.fixture
async def station(
    synapse: Synapse, new_account: NewAccount, current_url: str, folder: Path
) -> AsyncIterator[Station]:
    account = await new_account("hulp")
    async with Station.at(synapse, folder, current_url, account.localpart) as station:
        await station.receiver.once()
        yield station


async def want(station: Station, user_id: str, *texts: str) -> int:
    room = placeholder(user_id)
    async with station.db.transaction() as session:
        session.add(Remembered(user_id=user_id, direct_room=room, created_at=utc_now()))
    (row,) = await station.put(Outgoing(room, {"invite": user_id}, type="m.room.create", kind="direct"))
    await station.say(room, *texts)
    return row


async def remembered(station: Station, user_id: str) -> str:
    async with station.db.reading() as session:
        person = await session.get(Remembered, user_id)
        assert person is not None
        assert person.direct_room is not None
        return person.direct_room


async def test_an_encrypted_direct_chat(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor")
    async with station.running():
        await want(station, noor.user_id, "Dag Noor", "Iemand vroeg namens jou iets")
        room = await noor.accept_invite()
        first = await noor.wait_for(room, "Dag Noor")
        await noor.wait_for(room, "Iemand vroeg namens jou iets")
        await station.drained()
        assert first.encrypted
        assert await remembered(station, noor.user_id) == room
        row = await station.room(room)
        assert row is not None
        assert (row.membership, row.encrypted) == ("join", True)
        # Queued by somebody who still had the placeholder in hand.
        await station.say(placeholder(noor.user_id), "Nog iets")
        await noor.wait_for(room, "Nog iets")
        await noor.send(room, "Dank je")
        await station.until(lambda: _said(station, room, "Dank je"))
    data = await station.homeserver.account_data(station.user_id, "m.direct")
    assert data == {noor.user_id: [room]}


async def _said(station: Station, room: str, text: str) -> bool:
    return text in await station.texts(room)


@pytest.mark.parametrize("boundary", ["send.before", "send.after"])
async def test_a_crash_makes_no_second_room(
    synapse: Synapse,
    station: Station,
    folder: Path,
    current_url: str,
    new_person: NewPerson,
    monkeypatch: pytest.MonkeyPatch,
    boundary: str,
) -> None:
    noor = await new_person("noor")
    crashed = asyncio.Event()

    def passing(name: str) -> None:
        if name == boundary:
            crashed.set()
            raise Crash

    monkeypatch.setattr(made_room, "passing", passing)
    sender = asyncio.create_task(station.sender.run())
    await want(station, noor.user_id, "Dag Noor")
    await asyncio.wait_for(crashed.wait(), 10)
    sender.cancel()
    await asyncio.gather(sender, return_exceptions=True)
    await station.receiver.once()  # the new room may be known before the row is looked at again
    monkeypatch.setattr(made_room, "passing", lambda _: None)
    async with station.running():
        station.sender.wake()
        room = await noor.accept_invite()
        await noor.wait_for(room, "Dag Noor")
        await station.drained()
    assert await station.homeserver.joined_rooms() == [room]
    assert await remembered(station, noor.user_id) == room


async def test_somebody_who_can_not_be_invited(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "TRIES", (0.05, 0.05))
    async with station.running():
        row = await want(station, "no user id", "Dag")
        await station.drained()
    assert [row_id for row_id, _ in station.failed] == [row, row + 1]


async def test_a_room_that_was_seen_while_it_was_being_made(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sync can show the room before its encryption is set: still nothing goes there in the clear."""
    noor = await new_person("noor")
    create_room = station.homeserver.create_room

    async def and_seen_early(**body: Any) -> str:
        room_id = await create_room(**body)
        async with station.db.transaction() as session:
            early = Room(room_id=room_id, membership="join", encrypted=False, members_known=False)
            await session.merge(early)
        return room_id

    monkeypatch.setattr(station.homeserver, "create_room", and_seen_early)
    async with station.running():
        await want(station, noor.user_id, "Dag Noor")
        room = await noor.accept_invite()
        assert (await noor.wait_for(room, "Dag Noor")).encrypted
