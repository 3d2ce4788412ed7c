"""What can't be sent now, or ever: it stops no other, and what is given up is said aloud."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import refusals, send
from helpdesk_bot.matrix.http import MatrixError, Unreachable
from helpdesk_bot.storage import delivery
from helpdesk_bot.storage.models import OutboxRow
from helpdesk_bot.storage.outbox import Outgoing, Urgency, row_ref
from tests.conftest import NewPerson
from tests.matrix.reading import sees, spoken
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient_sender")


async def _is(truth: bool) -> bool:
    return truth


async def test_the_limits_that_homeservers_have(
    limited_synapse: Synapse, sqlite_url: str, tmp_path: Path
) -> None:
    await limited_synapse.register("hulp")
    async with (
        Person.at(limited_synapse, "noor") as noor,
        Station.at(limited_synapse, tmp_path / "bot", sqlite_url, "hulp") as station,
    ):
        await station.receiver.once()
        room = await noor.create_dm(station.user_id, encrypted=False)
        await station.enters(room)
        texts = [f"bericht {number}" for number in range(11)]
        async with station.running():
            await station.say(room, *texts, priority=Urgency.TEAM)
            await station.until(lambda: _is(station.sender.counts["limited"] > 0))
            (urgent,) = await station.say(room, "dringend")
            await station.drained(within=40)
            await sees(noor, room, texts[-1], "dringend")
        row = await station.row(urgent)
        assert row.attempts == 0, "being asked to wait is no failed attempt"
        assert sorted(spoken(noor, room)) == sorted([*texts, "dringend"])
        assert [body for body in spoken(noor, room) if body != "dringend"] == texts
        assert spoken(noor, room)[-1] != "dringend", "people go before paperwork"


async def test_too_large_is_given_up_at_once_and_stops_nothing(
    station: Station, new_person: NewPerson
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    async with station.running():
        (huge,) = await station.say(room, "x" * 70_000)
        await station.put(
            Outgoing(room, {"key": "👍"}, type="m.reaction", about=row_ref(huge)),
            Outgoing(room, {"msgtype": "m.text", "body": "beter"}, edits=row_ref(huge)),
            Outgoing(room, {}, type="m.room.redaction", kind="redact", about=row_ref(huge)),
            Outgoing(room, {"msgtype": "m.text", "body": "daarna"}, thread=row_ref(huge)),
        )
        await station.drained()
        message = await noor.wait_for(room, "daarna")
    assert message.thread is None
    assert station.failed == [(huge, "M_TOO_LARGE")]
    assert [(await station.row(huge + n)).state for n in range(5)] == [
        "failed",
        "dropped",
        "dropped",
        "dropped",
        "sent",
    ]


async def test_a_room_that_refuses_and_one_that_breaks_stop_no_other(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor", encrypts=False)
    rooms = [await noor.create_room(invite=[station.user_id]) for _ in range(3)]
    for room in rooms:
        await station.enters(room)
    shut, broken, good = rooms
    await noor.kick(shut, station.user_id)
    truly, tries = station.homeserver.send_event, list[str]()

    async def failing(room_id: str, *args: Any) -> str:
        if room_id == broken:
            tries.append(room_id)
            raise MatrixError(500, "M_UNKNOWN", "")
        return await truly(room_id, *args)

    monkeypatch.setattr(station.homeserver, "send_event", failing)
    monkeypatch.setattr(send, "FAILURES", 5)
    async with station.running():
        (first,) = await station.say(shut, "a")
        (second,) = await station.say(broken, "b")
        texts = [f"bericht {number}" for number in range(5)]
        await station.say(good, *texts)
        await sees(noor, good, *texts)
        await station.drained()
    assert sorted(station.failed) == [(first, "M_FORBIDDEN"), (second, "M_UNKNOWN")]
    assert len(tries) == 5
    assert spoken(noor, good) == texts


@pytest.mark.parametrize("answer", ["none", "late"])
async def test_rooms_in_which_sending_hangs_stop_no_other(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    noor = await new_person("noor", encrypts=False)
    rooms = [await noor.create_room(invite=[station.user_id]) for _ in range(6)]
    for room in rooms:
        await station.enters(room)
    *hang, good = rooms
    truly, hanging = station.homeserver.send_event, list[str]()

    async def hangs(room_id: str, *args: Any) -> str:
        if room_id == good:
            return await truly(room_id, *args)
        hanging.append(room_id)
        await asyncio.sleep(0.5)
        raise Unreachable("no whole answer") if answer == "none" else MatrixError(504, "TOO_SLOW", "")

    monkeypatch.setattr(station.homeserver, "send_event", hangs)
    monkeypatch.setattr(send, "FAILURES", 3)
    async with station.running():
        lost = [(await station.say(room, "x"))[0] for room in hang]
        await station.until(lambda: _is(len(hanging) >= 4))  # every place is taken
        for number in range(40):
            await station.say(good, f"bericht {number}")
            await asyncio.sleep(0.2)
        await sees(noor, good, "bericht 39")
        await station.drained()
    assert sorted(row for row, _ in station.failed) == lost
    assert spoken(noor, good) == [f"bericht {number}" for number in range(40)]


async def test_what_failed_before_leaves_places_for_others(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor", encrypts=False)
    rooms = [await noor.create_room(invite=[station.user_id]) for _ in range(5)]
    for room in rooms:
        await station.enters(room)
    *hang, good = rooms
    truly, hanging = station.homeserver.send_event, set[str]()

    async def hangs(room_id: str, *args: Any) -> str:
        if room_id in hang:
            hanging.add(room_id)
            await asyncio.sleep(60)
        return await truly(room_id, *args)

    monkeypatch.setattr(station.homeserver, "send_event", hangs)
    for room in hang:
        await station.say(room, "x")
    async with station.db.transaction() as session:
        await session.execute(update(OutboxRow).values(attempts=1))
    async with station.running():
        await station.until(lambda: _is(len(hanging) >= 2))
        await station.say(good, "gaat gewoon door")
        await sees(noor, good, "gaat gewoon door")
    assert len(hanging) == 2


async def test_an_outage_costs_no_attempt_and_no_message(
    synapse: Synapse, station: Station, new_person: NewPerson
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    async with station.running():
        await asyncio.wait_for(station.receiver.caught_up.wait(), 5)
        await synapse.kill()
        rows = await station.say(room, "tijdens de storing", "en nog iets")
        await asyncio.sleep(0.5)
        await synapse.start()
        await station.drained(within=40)
        await noor.wait_for(room, "en nog iets", 30)
    assert spoken(noor, room) == ["tijdens de storing", "en nog iets"]
    assert [(await station.row(row)).attempts for row in rows] == [0, 0]


async def test_a_clock_that_steps_back_silences_nobody(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    truly, answers = station.homeserver.send_event, [MatrixError(429, "M_LIMIT_EXCEEDED", "", 0.2)]

    async def limited(*args: Any) -> str:
        if answers:
            raise answers.pop()
        return await truly(*args)

    monkeypatch.setattr(station.homeserver, "send_event", limited)
    async with station.running():
        await station.say(room, "wacht even")
        await station.until(lambda: _is(station.sender.counts["limited"] > 0))
        monkeypatch.setattr(station.sender, "_clock", lambda: utc_now() - timedelta(hours=1))
        await station.drained()
        await sees(noor, room, "wacht even")


async def test_a_row_that_makes_no_sense_is_said_aloud_and_stops_nothing(
    station: Station, new_person: NewPerson
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    async with station.running():
        (odd,) = await station.put(
            Outgoing(room, {}, type="m.reaction", about="$x")
        )  # a reaction without a key
        await station.say(room, "daarna")
        await sees(noor, room, "daarna")
    assert station.failed == [(odd, "KeyError")]


async def test_a_broken_fail_notice_does_not_go_round_and_round(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    calls = list[datetime]()

    async def broken(*_: Any) -> None:
        calls.append(utc_now())
        raise ValueError

    monkeypatch.setattr(station.sender, "_on_failed", broken)
    monkeypatch.setattr(send, "pause_after", refusals.pause_after)
    async with station.running():
        await station.say(room, "x" * 70_000)
        await asyncio.sleep(1.5)
    assert 1 <= len(calls) <= 3
    async with station.db.reading() as session:
        assert (await delivery.backlog(session, utc_now()))[0] == 1
