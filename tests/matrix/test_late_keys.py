"""A message whose key is not there yet waits for it, and the key is asked for."""

import asyncio
from typing import Any

import pytest
import vodozemac

from helpdesk_bot.matrix import mending
from helpdesk_bot.matrix.http import Json, MatrixError, Unreachable
from helpdesk_bot.storage import held, inbox
from helpdesk_bot.storage.inbox import RawEvent
from tests.conftest import NewPerson
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient_receiver")


async def test_a_key_that_comes_while_its_message_is_behind_a_gap(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id)
    await station.enters(room)
    truly_messages, truly_sync = station.homeserver.messages, station.homeserver.sync
    kept: list[Any] = []

    async def broken(*_: Any, **__: Any) -> Json:
        raise Unreachable("reset")

    async def keyless(*args: Any, **more: Any) -> Json:
        sync = await truly_sync(*args, **more)
        kept.extend(sync.pop("to_device", {}).get("events", []))
        return sync

    monkeypatch.setattr(station.homeserver, "messages", broken)
    monkeypatch.setattr(station.homeserver, "sync", keyless)
    for number in range(105):
        await noor.send(room, f"bericht {number}")
    await station.receiver.once()

    async def with_keys(*args: Any, **more: Any) -> Json:
        sync = await truly_sync(*args, **more)
        sync.setdefault("to_device", {}).setdefault("events", []).extend(kept)
        return sync

    monkeypatch.setattr(station.homeserver, "sync", with_keys)
    await station.receiver.once()
    monkeypatch.setattr(station.homeserver, "messages", truly_messages)
    await station.receiver.mender.once()
    assert await station.texts(room) == [f"bericht {number}" for number in range(105)]
    assert {row.state for row in await station.heard(room)} == {"pending"}


async def test_one_request_for_a_key_that_fails_stops_nothing(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def asks(_: str, event: Json) -> None:
        asked.append(event["content"]["session_id"])
        if len(asked) == 1:
            raise MatrixError(429, "M_LIMIT_EXCEEDED", "", retry_after=0.1)
        if len(asked) == 2:
            raise ValueError

    monkeypatch.setattr(station.crypto, "request_key", asks)
    event = {"sender": "@noor:x.org"}
    station.receiver.mender.keys_missing(
        [("!room:x.org", {**event, "content": {"session_id": f"S{number}"}}) for number in range(3)]
    )
    assert not await station.receiver.mender.once()
    assert await station.receiver.mender.once()
    assert asked == ["S0", "S0", "S1", "S2"]


async def test_what_was_deleted_in_a_gap_stays_unread(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id)
    await station.enters(room)
    truly_messages, kept = station.homeserver.messages, without_keys(station, monkeypatch)

    async def broken(*_: Any, **__: Any) -> Json:
        raise Unreachable("reset")

    deleted = await noor.send(room, "mijn wachtwoord is geheim")
    await station.receiver.once(1_000)
    monkeypatch.setattr(station.homeserver, "messages", broken)
    await noor.redact(room, deleted)
    for number in range(105):
        await noor.send(room, f"bericht {number}")
    await station.receiver.once()
    monkeypatch.setattr(station.homeserver, "messages", truly_messages)
    assert {row.event_id: row.state for row in await station.heard(room)}[deleted] == "held"
    await station.receiver.mender.once()
    kept.deliver()
    await station.hears(room, "bericht 0")
    assert "mijn wachtwoord is geheim" not in await station.texts(room)


async def test_what_was_given_up_and_put_back_is_read_when_its_key_has_come(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id)
    await station.enters(room)
    kept = without_keys(station, monkeypatch)
    said = await noor.send(room, "Kun je dit lezen?")
    await station.receiver.once(1_000)
    async with station.db.transaction() as session:
        await held.told(session, room, noor.user_id, station.clock())
        assert await held.give_up(session, station.clock()) == {room: 1}
    kept.deliver()
    await station.receiver.once(200)
    asked: list[str] = []

    async def asks(_: str, event: Json) -> None:
        asked.append(event["event_id"])

    monkeypatch.setattr(station.crypto, "request_key", asks)
    monkeypatch.setattr(mending, "LOOK_FOR_REPLAYED", 0.1)
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "session_id": "S",
        "ciphertext": vodozemac.GroupSession().encrypt(b"x").to_base64(),
    }
    source = {"event_id": "$lost", "sender": noor.user_id, "content": content}
    no_key = RawEvent(
        "$lost", room, noor.user_id, "m.room.encrypted", {"event": source}, station.clock(), session_id="S"
    )
    async with station.db.transaction() as session:
        await inbox.accept(session, [no_key], station.clock())
        await held.told(session, room, noor.user_id, station.clock())
        await held.give_up(session, station.clock())
    running = asyncio.create_task(station.receiver.mender.run())

    async def have_been_asked(*event_ids: str) -> bool:
        return asked == list(event_ids)

    await station.until(lambda: have_been_asked(said))  # from here on nothing wakes it
    async with station.db.transaction() as session:
        assert await inbox.replay(session, station.clock()) == 2
    await station.until(lambda: station.has_heard(room, 1))
    assert [(row.event_id, row.state) for row in (await station.heard(room))[1:]] == [
        (said, "pending"),
        ("$lost", "held"),
    ]
    await station.until(lambda: have_been_asked(said, "$lost"))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


class Kept:
    """The keys that a sync has not brought."""

    def __init__(self) -> None:
        self.held_back = True
        self.events: list[Any] = []

    def deliver(self) -> None:
        self.held_back = False


def without_keys(station: Station, monkeypatch: pytest.MonkeyPatch) -> Kept:
    truly, kept = station.homeserver.sync, Kept()

    async def sync(*args: Any, **more: Any) -> Json:
        said = await truly(*args, **more)
        events = said.setdefault("to_device", {}).setdefault("events", [])
        if kept.held_back:
            kept.events += [event for event in events if event["type"] == "m.room.encrypted"]
            events.clear()
        else:
            events += kept.events
            kept.events.clear()
        return said

    monkeypatch.setattr(station.homeserver, "sync", sync)
    return kept


async def test_a_message_waits_for_its_key(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id)
    await station.enters(room)
    truly, kept = station.homeserver.sync, list[Any]()

    async def keyless(*args: Any, **more: Any) -> Json:
        sync = await truly(*args, **more)
        kept.extend(sync.pop("to_device", {}).get("events", []))
        return sync

    asked: list[str] = []
    truly_send = station.homeserver.to_device

    async def to_device(type_: str, *args: Any) -> None:
        asked.append(type_)
        await truly_send(type_, *args)

    monkeypatch.setattr(station.homeserver, "sync", keyless)
    monkeypatch.setattr(station.homeserver, "to_device", to_device)
    first = await noor.send(room, "Kun je dit lezen?")
    deleted = await noor.send(room, "Dit trek ik in")
    await station.receiver.once(1_000)
    await noor.redact(room, deleted)
    for _ in range(3):
        await station.receiver.once(300)
    by_id = {row.event_id: row for row in await station.heard(room)}
    assert by_id[first].state == "held"
    assert by_id[first].session_id
    assert by_id[deleted].state == "done"
    await station.receiver.mender.once()
    assert "m.room_key_request" in asked
    monkeypatch.setattr(station.homeserver, "sync", truly)
    worked = station.worked
    kept_now = [event for event in kept if event["type"] == "m.room.encrypted"]
    assert kept_now

    async def with_keys(*args: Any, **more: Any) -> Json:
        sync = await truly(*args, **more)
        sync.setdefault("to_device", {}).setdefault("events", []).extend(kept_now)
        return sync

    monkeypatch.setattr(station.homeserver, "sync", with_keys)
    await station.receiver.once()
    assert await station.texts(room) == ["Kun je dit lezen?"]
    assert station.worked > worked
