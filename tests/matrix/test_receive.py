"""From the homeserver into the inbox: nothing lost, nothing twice, whatever happens in between."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import receive
from tests.conftest import NewAccount, NewPerson
from tests.matrix.conftest import both_ways
from tests.matrix.crash import Crash
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient_receiver")


class Crasher:
    def __init__(self, boundary: str) -> None:
        self.boundary = boundary
        self.armed = True

    def __call__(self, name: str) -> None:
        if self.armed and name == self.boundary:
            self.armed = False
            raise Crash


@both_ways
@pytest.mark.parametrize("boundary", ["sync.received", "keys.stored", "inbox.committed"])
async def test_a_crash_loses_nothing_and_doubles_nothing(
    synapse: Synapse,
    new_account: NewAccount,
    sqlite_url: str,
    tmp_path: Path,
    new_person: NewPerson,
    monkeypatch: pytest.MonkeyPatch,
    boundary: str,
    encrypted: bool,
) -> None:
    account = await new_account("hulp")
    noor = await new_person("noor")
    folder = tmp_path / "bot"
    async with Station.at(synapse, folder, sqlite_url, account.localpart) as station:
        await station.receiver.once()
        room = await noor.create_dm(station.user_id, encrypted=encrypted)
        await station.enters(room)
        await noor.send(room, "een")
        await station.hears(room, "een")
    for text in ("twee", "drie"):
        await noor.send(room, text)
        monkeypatch.setattr(receive, "passing", Crasher(boundary))
        async with Station.at(synapse, folder, sqlite_url) as station:
            with pytest.raises(Crash):
                await station.hears(room, text)
    async with Station.at(synapse, folder, sqlite_url) as station:
        await noor.send(room, "vier")
        await station.hears(room, "vier")
        assert await station.texts(room) == ["een", "twee", "drie", "vier"]
        assert [row.state for row in await station.heard(room)] == ["pending"] * 5


async def test_a_database_that_fails_is_tried_again(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id)
    await station.enters(room)
    failures = [OperationalError("insert", {}, Exception("disk I/O error")) for _ in range(3)]
    truly = receive._save

    async def failing(*args: Any) -> None:
        await truly(*args)
        if failures:
            raise failures.pop()

    monkeypatch.setattr(receive, "_save", failing)
    async with station.running():
        await noor.send(room, "Hallo?")
        await station.until(lambda: station.has_heard(room, 1))
    assert await station.texts(room) == ["Hallo?"]
    assert failures == []


async def test_everything_people_do_arrives(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id)
    await station.enters(room)
    said = await noor.send(room, "Vraag")
    await station.hears(room, "Vraag")
    await noor.edit(room, said, "Betere vraag")
    await noor.react(room, said, "👍")
    await station.hears(room, "* Betere vraag")
    await noor.redact(room, said)
    await noor.send_event(room, "org.matrix.msc3381.poll.response", {"m.relates_to": {"event_id": said}})
    await noor.send_event(room, "m.sticker", {"body": "x", "url": "mxc://x/y", "info": {}})
    await noor.send_event(room, "nl.example.other", {"body": "niet voor ons"})
    await noor.send(room, "klaar")
    await station.hears(room, "klaar")
    rows = [(row.type, row.content or {}) for row in await station.heard(room)][1:]
    assert [type_ for type_, _ in rows] == [
        "m.room.message",
        "m.room.message",
        "m.reaction",
        "m.room.redaction",
        "org.matrix.msc3381.poll.response",
        "m.sticker",
        "m.room.message",
    ]
    assert rows[1][1]["m.relates_to"]["rel_type"] == "m.replace"
    assert rows[2][1]["m.relates_to"] == {"rel_type": "m.annotation", "event_id": said, "key": "👍"}
    assert rows[3][1] == {"redacts": said}


async def test_since_when_it_hears_what_is_said(station: Station) -> None:
    receiver = station.receiver
    first = receiver.heard_since
    assert first == receiver.last_sync is not None
    await receiver.once()
    assert receiver.heard_since == first != receiver.last_sync
    receiver.caught_up.clear()
    assert receiver.heard_since is None
    await receiver.once()
    assert receiver.heard_since == receiver.last_sync


async def test_the_homeserver_goes_away_and_comes_back(
    synapse: Synapse, station: Station, new_person: NewPerson
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    async with station.running():
        await asyncio.wait_for(station.receiver.caught_up.wait(), 5)
        await synapse.kill()
        async with asyncio.timeout(10):
            while station.receiver.caught_up.is_set():  # noqa: ASYNC110  # there is no event for its being cleared
                await asyncio.sleep(0.02)
        await synapse.start()
        await noor.send(room, "Ben je er nog?")
        await station.until(lambda: station.has_heard(room, 1), within=40)
    assert station.receiver.caught_up.is_set()
