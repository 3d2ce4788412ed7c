"""From the homeserver into the inbox: nothing lost, nothing twice, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import vodozemac
from sqlalchemy.exc import OperationalError

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import backfill, batch, mending, receive
from helpdesk_bot.matrix.http import Json, MatrixError, Unreachable
from helpdesk_bot.storage import held, inbox
from helpdesk_bot.storage.inbox import RawEvent
from tests.conftest import NewAccount, NewPerson
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient")
both_ways = pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "_pause", lambda failures, asked: 0.02)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'helpdesk.db'}"


@pytest.fixture
async def station(
    synapse: Synapse, new_account: NewAccount, sqlite_url: str, tmp_path: Path
) -> AsyncIterator[Station]:
    """A bot that has taken its first position."""
    account = await new_account("hulp")
    async with Station.at(synapse, tmp_path / "bot", sqlite_url, account.localpart) as station:
        await station.receiver.once()
        yield station


class Crash(BaseException):
    """Nothing in the bot catches this: what comes after it does not happen."""


class Crasher:
    def __init__(self, boundary: str) -> None:
        self.boundary = boundary
        self.armed = True

    def __call__(self, name: str) -> None:
        if self.armed and name == self.boundary:
            self.armed = False
            raise Crash


@both_ways
async def test_the_first_message_comes_with_the_invitation(
    synapse: Synapse,
    new_account: NewAccount,
    database_url: str,
    tmp_path: Path,
    new_person: NewPerson,
    encrypted: bool,
) -> None:
    account = await new_account("hulp")
    noor = await new_person("noor")
    async with Station.at(synapse, tmp_path / "bot", database_url, account.localpart) as station:
        await station.receiver.once()
        room = await noor.create_dm(station.user_id, encrypted=encrypted)
        await noor.send(room, "Onze wifi doet het niet")
        await station.enters(room)
        await station.hears(room, "Onze wifi doet het niet")
        invite, said = await station.heard(room)
        row = await station.room(room)
    assert (invite.type, invite.sender) == ("helpdesk.invite", noor.user_id)
    assert invite.content == {"is_direct": True, "room_name": None}
    assert (said.sender, said.encrypted, said.state) == (noor.user_id, encrypted, "pending")
    assert row is not None
    assert (row.encrypted, row.member_count, row.history) == (encrypted or None, 2, "shared")


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


@both_ways
async def test_what_was_said_while_it_was_down_is_walked_back(
    synapse: Synapse,
    new_account: NewAccount,
    database_url: str,
    tmp_path: Path,
    new_person: NewPerson,
    encrypted: bool,
) -> None:
    account = await new_account("hulp")
    noor = await new_person("noor")
    folder = tmp_path / "bot"
    async with Station.at(synapse, folder, database_url, account.localpart) as station:
        await station.receiver.once()
        room = await noor.create_dm(station.user_id, encrypted=encrypted)
        await station.enters(room)
        await noor.send(room, "vooraf")
        await station.hears(room, "vooraf")
    said = [f"bericht {number}" for number in range(130)]
    for text in said:
        await noor.send(room, text)
    async with Station.at(synapse, folder, database_url) as station:
        await station.receiver.once()
        await station.receiver.once()
        assert await station.texts(room) == ["vooraf", *said]
        assert not [row for row in await station.heard() if row.type == "helpdesk.gap"]


async def test_a_gap_that_is_refused_is_said_aloud_and_stops_nothing(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, other = await gap_beside(station, new_person)
    patient(monkeypatch, 0.0)

    async def refused(*_: Any, **__: Any) -> Json:
        raise MatrixError(403, "M_FORBIDDEN", "no")

    monkeypatch.setattr(station.homeserver, "messages", refused)
    await station.receiver.once()
    assert await station.texts(other) == ["elders"]
    assert {row.state for row in (await station.heard(room))[1:]} == {"behind"}
    for _ in range(mending.REFUSALS):
        assert not [row for row in await station.heard(room) if row.type == "helpdesk.gap"]
        await station.receiver.mender.once()
    aloud, *said = [row for row in await station.heard(room) if row.type != "helpdesk.invite"]
    assert aloud.content == {"room_id": room, "reason": "M_FORBIDDEN"}
    assert {row.state for row in (aloud, *said)} == {"pending"}
    assert (await station.texts(room))[-1] == "bericht 104"
    assert station.receiver.counts["gaps"] == 1
    await station.receiver.mender.once()
    assert station.receiver.counts["gaps"] == 1


async def test_a_gap_at_which_the_homeserver_hangs_holds_up_its_own_room_only(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, other = await gap_beside(station, new_person)
    patient(monkeypatch, 0.0)
    monkeypatch.setattr(batch, "SECONDS_FOR_MORE", 0.2)
    truly = station.homeserver.messages
    answers = asyncio.Event()

    async def hangs(*args: Any, **more: Any) -> Json:
        await answers.wait()
        return await truly(*args, **more)

    monkeypatch.setattr(station.homeserver, "messages", hangs)
    piet = await new_person("piet", encrypts=False)
    third = await piet.create_dm(station.user_id, encrypted=False)
    async with station.running():
        await station.until(lambda: _equal(station, other, 1))
        await station.homeserver.join(third)
        await piet.send(third, "gaat gewoon door")
        await station.until(lambda: _equal(station, third, 1), within=5)
        states = {row.state for row in await station.heard(room) if row.type == "m.room.message"}
        assert states == {"behind"}
        answers.set()
        await station.until(lambda: _equal(station, room, 105))
    assert await station.texts(room) == [f"bericht {number}" for number in range(105)]
    assert {row.state for row in await station.heard(room)} == {"pending"}


async def test_a_gap_that_fails_for_long_is_said_aloud_and_filled_when_it_can_be(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, _ = await gap_beside(station, new_person)
    patient(monkeypatch, 0.0)
    monkeypatch.setattr(mending, "NOW_AND_THEN", timedelta())
    truly = station.homeserver.messages

    async def broken(*_: Any, **__: Any) -> Json:
        raise Unreachable("reset")

    monkeypatch.setattr(station.homeserver, "messages", broken)
    await station.receiver.once()
    for _ in range(mending.FAILURES + 2):
        await station.receiver.mender.once()
    said = await station.texts(room)
    assert said[-1] == "bericht 104"
    assert "bericht 0" not in said
    assert [row.type for row in await station.heard(room)].count("helpdesk.gap") == 1
    assert {row.state for row in await station.heard(room)} == {"pending"}
    monkeypatch.setattr(station.homeserver, "messages", truly)
    assert not await station.receiver.mender.once()
    assert await station.receiver.mender.once(), "nothing is left to mend"
    assert sorted(await station.texts(room)) == sorted(f"bericht {number}" for number in range(105))


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


async def test_a_new_room_whose_beginning_can_not_be_read(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(name="Bewoners")
    await noor.send(room, "lang geleden")
    await noor.invite(room, station.user_id)
    for number in range(120):
        await noor.send(room, f"na de uitnodiging {number}")
    truly = station.homeserver.messages

    async def broken(*_: Any, **__: Any) -> Json:
        raise Unreachable("reset")

    monkeypatch.setattr(station.homeserver, "messages", broken)
    await station.enters(room)
    await noor.send(room, "en nog iets")
    await station.receiver.once(500)
    assert {row.state for row in await station.heard(room) if row.type == "m.room.message"} == {"behind"}
    monkeypatch.setattr(station.homeserver, "messages", truly)
    await station.receiver.mender.once()
    expected = [f"na de uitnodiging {number}" for number in range(120)]
    assert await station.texts(room) == [*expected, "en nog iets"]


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


async def test_a_room_that_is_entered_again_while_it_has_a_gap(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(invite=[station.user_id])
    await station.enters(room)
    truly = station.homeserver.messages

    async def broken(*_: Any, **__: Any) -> Json:
        raise Unreachable("reset")

    monkeypatch.setattr(station.homeserver, "messages", broken)
    for number in range(105):
        await noor.send(room, f"bericht {number}")
    await station.receiver.once()
    await noor.kick(room, station.user_id)
    await station.receiver.once(500)
    await noor.invite(room, station.user_id)
    for number in range(120):
        await noor.send(room, f"na de uitnodiging {number}")
    await station.enters(room)
    monkeypatch.setattr(station.homeserver, "messages", truly)
    await station.receiver.mender.once()
    said = await station.texts(room)
    assert [text for text in said if text.startswith("na")] == [f"na de uitnodiging {n}" for n in range(120)]
    assert [row.type for row in await station.heard(room)].count("helpdesk.gap") == 1, "of the first stay"
    assert {row.state for row in await station.heard(room)} == {"pending"}


async def test_a_room_that_we_choke_on_stops_no_other(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor", encrypts=False)
    rooms = [await noor.create_room(invite=[station.user_id]) for _ in range(2)]
    for room in rooms:
        await station.enters(room)
    odd, other = rooms
    patient(monkeypatch, 0.0)
    station.staff.add(odd)
    truly, truly_members = station.homeserver.messages, station.homeserver.members

    async def broken(*_: Any, **__: Any) -> Json:
        raise Unreachable("reset")

    async def odd_members(_: str) -> list[Json]:
        raise ValueError

    monkeypatch.setattr(station.homeserver, "messages", broken)
    monkeypatch.setattr(station.homeserver, "members", broken)
    for room in rooms:
        for number in range(105):
            await noor.send(room, f"bericht {number}")
    await station.receiver.once()

    async def odd_messages(room_id: str, *args: Any, **more: Any) -> Json:
        if room_id == odd:
            raise ValueError
        return await truly(room_id, *args, **more)

    monkeypatch.setattr(station.homeserver, "messages", odd_messages)
    monkeypatch.setattr(station.homeserver, "members", odd_members)
    assert not await station.receiver.mender.once()
    assert len(await station.texts(other)) == 105
    assert {row.state for row in (await station.heard(odd))[1:]} == {"behind"}
    monkeypatch.setattr(station.homeserver, "messages", truly)
    monkeypatch.setattr(station.homeserver, "members", truly_members)
    station.receiver.mender._patience.forget(odd)
    await station.receiver.mender.once()
    assert await station.receiver.mender.once(), "nothing is left to mend"
    assert len(await station.texts(odd)) == 105


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
        await held.give_up(session, station.clock())
    running = asyncio.create_task(station.receiver.mender.run())

    async def have_been_asked(*event_ids: str) -> bool:
        return asked == list(event_ids)

    await station.until(lambda: have_been_asked(said))  # from here on nothing wakes it
    async with station.db.transaction() as session:
        assert await inbox.replay(session, station.clock()) == 2
    await station.until(lambda: _equal(station, room, 1))
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


async def gap_beside(station: Station, new_person: NewPerson) -> tuple[str, str]:
    """A room with a gap, and one without in which something was said too."""
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    other = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    await station.enters(other)
    for number in range(105):
        await noor.send(room, f"bericht {number}")
    await noor.send(other, "elders")
    return room, other


def patient(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(mending, "_pause", lambda tries, error: seconds)


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
        await station.until(lambda: _equal(station, room, 110))
    assert await station.texts(room) == [f"bericht {number}" for number in range(110)]


async def _equal(station: Station, room: str, count: int) -> bool:
    return len(await station.texts(room)) >= count


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
        await station.until(lambda: _equal(station, room, 1))
    assert await station.texts(room) == ["Hallo?"]
    assert failures == []


async def test_no_old_messages_of_a_room_that_anybody_can_join(
    station: Station, new_person: NewPerson
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(public=True, name="Hulp Noord")
    await noor.send(room, "lang geleden")
    await station.homeserver.join(room)
    await noor.send(room, "net binnen")
    await station.enters(room)
    await station.hears(room, "net binnen")
    assert await station.texts(room) == ["net binnen"]
    row = await station.room(room)
    assert row is not None
    assert (row.name, row.join_rule, row.encrypted) == ("Hulp Noord", "public", None)


async def test_from_the_invitation_on_in_a_room_with_a_past(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(name="Bewoners")
    for number in range(30):
        await noor.send(room, f"lang geleden {number}")
    await noor.invite(room, station.user_id)
    for number in range(120):
        await noor.send(room, f"na de uitnodiging {number}")
    await station.enters(room)
    await station.hears(room, "na de uitnodiging 119")
    assert await station.texts(room) == [f"na de uitnodiging {number}" for number in range(120)]


async def test_a_second_stay_does_not_bring_back_the_first(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(public=True)
    await station.homeserver.join(room)
    await noor.send(room, "eerste keer")
    await station.hears(room, "eerste keer")
    await noor.kick(room, station.user_id)
    await station.receiver.once(2_000)
    await noor.send(room, "tussendoor")
    await station.homeserver.join(room)
    await noor.send(room, "tweede keer")
    await station.hears(room, "tweede keer")
    assert await station.texts(room) == ["eerste keer", "tweede keer"]


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


async def test_state_is_believed_only_as_state(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id)
    await station.enters(room)
    before = await station.room(room)
    for kind, content in {
        "m.room.name": {"name": "Nep"},
        "m.room.join_rules": {"join_rule": "public"},
        "m.room.tombstone": {"replacement_room": "!nep:x.org"},
        "m.room.member": {"membership": "ban"},
        "m.room.encryption": {},
    }.items():
        await noor.send_event(
            room, kind, {**content, "state_key": ""}
        )  # encrypted, where the homeserver does not look
    await noor.send(room, "klaar")
    await station.hears(room, "klaar")
    after = await station.room(room)
    assert before is not None
    assert after is not None
    for field in ("name", "join_rule", "successor", "encrypted", "membership"):
        assert getattr(after, field) == getattr(before, field)
    assert set((await station.members(room)).values()) == {"join"}


async def test_encryption_is_for_good(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    row = await station.room(room)
    assert row is not None
    assert row.encrypted is None  # nobody has had to know yet
    await noor.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    await noor.set_state(room, "m.room.encryption", {})
    await station.receiver.once(1_000)
    await station.receiver.once(100)
    row = await station.room(room)
    assert row is not None
    assert row.encrypted is True


async def test_who_comes_and_goes_in_a_staff_room(station: Station, new_person: NewPerson) -> None:
    noor, tim = await new_person("noor", encrypts=False), await new_person("tim", encrypts=False)
    room = await noor.create_room(name="Team", invite=[station.user_id, tim.user_id])
    await tim.join(room)
    station.staff.add(room)
    await station.enters(room)
    assert await station.members(room) == {
        noor.user_id: "join",
        tim.user_id: "join",
        station.user_id: "join",
    }
    row = await station.room(room)
    assert row is not None
    assert row.members_known
    await tim.leave(room)
    await noor.set_state(room, "m.room.join_rules", {"join_rule": "public"})
    await noor.set_displayname("Noor de Wit")
    for _ in range(3):
        await station.receiver.once(500)
    assert (await station.members(room))[tim.user_id] == "leave"
    changes = [
        (row.type, row.state_key, (row.content or {}).get("membership"), (row.content or {}).get("join_rule"))
        for row in await station.heard(room)
        if row.type.startswith("m.room.")
    ]
    assert changes[-2:] == [
        ("m.room.member", tim.user_id, "leave", None),
        ("m.room.join_rules", "", None, "public"),
    ]
    row = await station.room(room)
    assert row is not None
    assert row.join_rule == "public"


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


async def test_members_that_could_not_be_had_are_asked_for_again(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(invite=[station.user_id])
    station.staff.add(room)

    async def broken(_: str) -> list[Json]:
        raise MatrixError(500, "M_UNKNOWN", "")

    truly = station.homeserver.members
    monkeypatch.setattr(station.homeserver, "members", broken)
    await station.enters(room)
    row = await station.room(room)
    assert row is not None
    assert not row.members_known
    monkeypatch.setattr(station.homeserver, "members", truly)
    station.receiver.mender._patience.forget(room)
    await station.receiver.mender.once()
    row = await station.room(room)
    assert row is not None
    assert row.members_known
    assert (await station.members(room))[noor.user_id] == "join"


async def test_thrown_out(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(invite=[station.user_id])
    station.staff.add(room)
    await station.enters(room)
    await noor.send(room, "ik ruim even op")
    await noor.kick(room, station.user_id)
    await noor.send(room, "niet meer voor jou")
    for _ in range(2):
        await station.receiver.once(500)
    assert await station.texts(room) == ["ik ruim even op"]
    last = (await station.heard(room))[-1]
    assert (last.type, last.sender) == ("helpdesk.removed", noor.user_id)
    assert last.content == {"by": noor.user_id, "was": "join", "membership": "leave"}
    row = await station.room(room)
    assert row is not None
    assert row.membership == "leave"
    assert set((await station.members(room)).values()) == {"leave"}, (
        "nobody has a role by a room we can't see"
    )


async def test_going_by_itself_is_not_being_thrown_out(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(invite=[station.user_id])
    await station.enters(room)
    await station.homeserver.leave(room)
    await station.receiver.once(500)
    row = await station.room(room)
    assert row is not None
    assert row.membership == "leave"
    assert "helpdesk.removed" not in [row.type for row in await station.heard(room)]


async def test_an_invitation_taken_back(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(invite=[station.user_id])
    await station.receiver.once(1_000)
    await noor.kick(room, station.user_id)
    for _ in range(2):
        await station.receiver.once(500)
    invited, removed = await station.heard(room)
    assert invited.type == "helpdesk.invite"
    assert removed.content == {"by": noor.user_id, "was": "invite", "membership": "leave"}


async def test_a_room_moves(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(invite=[station.user_id])
    await station.enters(room)
    answer = await noor.api.call(
        "POST", f"/_matrix/client/v3/rooms/{room}/upgrade", json={"new_version": "11"}
    )
    await station.receiver.once(1_000)
    await station.receiver.once(200)
    row = await station.room(room)
    assert row is not None
    assert row.successor == answer["replacement_room"]
    assert "m.room.tombstone" in [row.type for row in await station.heard(room)]


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
        await station.until(lambda: _equal(station, room, 1), within=40)
    assert station.receiver.caught_up.is_set()
