"""Never in the clear where a room is encrypted or may be, and never for those who have left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix.precautions import precautions
from helpdesk_bot.storage.models import Member, Room
from helpdesk_bot.storage.outbox import Outgoing
from tests.conftest import NewAccount, NewPerson
from tests.matrix.reading import sees
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient_sender")


@pytest.mark.parametrize("known", [None, True])
async def test_never_in_the_clear_where_it_is_not_known(
    station: Station, new_person: NewPerson, known: bool | None
) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id)
    await station.enters(room)
    async with station.db.transaction() as session:
        await session.execute(update(Room).values(encrypted=known, members_known=False))
        await session.execute(delete(Member))
    async with station.running():
        await station.say(room, "geheim")
        message = await noor.wait_for(room, "geheim")
    assert message.encrypted
    row = await station.room(room)
    assert row is not None
    assert (row.encrypted, row.members_known) == (True, True)


async def test_a_plain_room_that_is_not_known_is_asked_for_once(
    station: Station, new_person: NewPerson
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    async with station.db.transaction() as session:
        await session.execute(update(Room).values(encrypted=None))
    async with station.running():
        await station.say(room, "hallo")
        await sees(noor, room, "hallo")
    row = await station.room(room)
    assert row is not None
    assert row.encrypted is False


async def test_encryption_that_was_turned_on_while_it_was_down(
    synapse: Synapse, new_account: NewAccount, sqlite_url: str, tmp_path: Path, new_person: NewPerson
) -> None:
    account = await new_account("hulp")
    noor = await new_person("noor")
    folder = tmp_path / "bot"
    async with Station.at(synapse, folder, sqlite_url, account.localpart) as station:
        await station.receiver.once()
        room = await noor.create_dm(station.user_id, encrypted=False)
        await station.enters(room)
        await station.say(room, "geheim")
    await noor.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    async with Station.at(synapse, folder, sqlite_url) as station, station.running():
        message = await noor.wait_for(room, "geheim")
    assert message.encrypted


@asynccontextmanager
async def taking_long(
    station: Station, noor: Person, busy: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """The next sync has a gap in the room `busy`, and the homeserver does not answer what was in it: the receiver waits
    for that, and everything else goes on.
    """
    truly = station.homeserver.sync
    waits, answer = asyncio.Event(), asyncio.Event()

    async def with_a_gap(*args: Any, **more: Any) -> Any:
        said = await truly(*args, **more)
        if timeline := said.get("rooms", {}).get("join", {}).get(busy, {}).get("timeline"):
            timeline |= {"limited": True, "prev_batch": "p"}
        return said

    async def hangs(*_: Any, **__: Any) -> Any:
        waits.set()
        await answer.wait()
        return {"chunk": []}

    await noor.send(busy, "iets anders")
    monkeypatch.setattr(station.homeserver, "sync", with_a_gap)
    monkeypatch.setattr(station.homeserver, "messages", hangs)
    parts = [asyncio.create_task(part) for part in (station.receiver.once(), station.sender.run())]
    try:
        await waits.wait()
        yield
        assert not parts[0].done()
    finally:
        answer.set()
        parts[1].cancel()
        await asyncio.gather(*parts, return_exceptions=True)


async def test_encryption_counts_before_the_rest_of_a_sync_is_read(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    async with station.db.transaction() as session:
        await session.execute(update(Room).where(Room.room_id == room).values(encrypted=False))
    busy = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(busy)
    await noor.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    position = await station.position()
    async with taking_long(station, noor, busy, monkeypatch):
        await station.say(room, "geheim")
        message = await noor.wait_for(room, "geheim")
        assert await station.position() == position
    assert message.encrypted


async def test_whoever_has_left_gets_no_keys_before_the_rest_of_a_sync_is_read(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor, tim, wim = await new_person("noor"), await new_person("tim"), await new_person("wim")
    room = await noor.create_room(invite=[station.user_id, tim.user_id, wim.user_id], encrypted=True)
    for person in (tim, wim):
        await person.join(room)
    await station.enters(room)
    async with station.running():
        await station.say(room, "voor iedereen")
        await sees(wim, room, "voor iedereen")
    busy = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(busy)
    await noor.kick(room, tim.user_id)
    seen: list[set[str]] = []
    truly = station.crypto.encrypt

    async def encrypt(*args: Any, **more: Any) -> Any:
        seen.append(set(args[3]))
        return await truly(*args, **more)

    monkeypatch.setattr(station.crypto, "encrypt", encrypt)
    async with taking_long(station, noor, busy, monkeypatch):
        await station.say(room, "niet voor tim")
        await sees(noor, room, "niet voor tim")
    assert seen == [{noor.user_id, wim.user_id, station.user_id}]


def test_only_what_makes_it_safer_is_taken_beforehand() -> None:
    def state(type_: str, key: str, **content: str) -> dict[str, Any]:
        outside = {"event_id": "$1", "sender": "@noor:x.org", "origin_server_ts": 1}
        return outside | {"type": type_, "state_key": key, "content": content}

    said = [
        state("m.room.member", "@tim:x.org", membership="leave"),
        state("m.room.member", "@tim:x.org", membership="join"),
        state("m.room.member", "@wim:x.org", membership="invite"),
        state("m.room.encryption", "elsewhere", algorithm="m.megolm.v1.aes-sha2"),
        {**state("m.room.message", "", body="hoi"), "state_key": None},
    ]
    sync = {"rooms": {"join": {"!a:x.org": {"timeline": {"events": said}}, "!b:x.org": None}}}
    assert not precautions(sync, utc_now())
    said.append(state("m.room.member", "@wim:x.org", membership="ban"))
    [found] = precautions(sync, utc_now())
    assert (found.encrypted, found.gone) == (False, {"@wim:x.org": "ban"})


async def test_who_has_left_reads_nothing_more(station: Station, new_person: NewPerson) -> None:
    noor, tim = await new_person("noor"), await new_person("tim")
    room = await noor.create_room(invite=[station.user_id, tim.user_id], encrypted=True)
    await tim.join(room)
    await station.enters(room)
    async with station.running():
        await station.say(room, "voor allebei")
        await sees(noor, room, "voor allebei")
        await sees(tim, room, "voor allebei")
        await noor.kick(room, tim.user_id)
        await station.until(lambda: _left(station, room, tim.user_id))
        seen: list[set[str]] = []
        truly = station.crypto.encrypt

        async def encrypt(*args: Any, **more: Any) -> Any:
            seen.append(set(args[3]))
            return await truly(*args, **more)

        station.crypto.encrypt = encrypt  # type: ignore[method-assign]
        await station.say(room, "alleen voor noor")
        await sees(noor, room, "alleen voor noor")
    assert seen == [{noor.user_id, station.user_id}]


async def _left(station: Station, room: str, user_id: str) -> bool:
    return (await station.members(room)).get(user_id) == "leave"


async def test_a_greeting_into_an_encrypted_room_right_after_joining(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id)
    truly = station.homeserver.sync

    async def without_encryption(*args: Any, **more: Any) -> Any:
        """As from a homeserver whose invitations do not say that the room is encrypted."""
        said = await truly(*args, **more)
        for invite in said.get("rooms", {}).get("invite", {}).values():
            events = invite["invite_state"]["events"]
            events[:] = [event for event in events if event["type"] != "m.room.encryption"]
        return said

    monkeypatch.setattr(station.homeserver, "sync", without_encryption)
    await station.receiver.once(1_000)
    sender = asyncio.create_task(station.sender.run())
    await station.put(
        Outgoing(room, {}, type="m.room.member", kind="join"),
        Outgoing(room, {"msgtype": "m.text", "body": "Dag allemaal"}),
    )
    message = await noor.wait_for(room, "Dag allemaal")
    sender.cancel()
    await asyncio.gather(sender, return_exceptions=True)
    assert message.encrypted
