"""A gap that can't be filled now: tried again, said aloud in the end, and in nobody else's way."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from helpdesk_bot.matrix import batch, mending
from helpdesk_bot.matrix.http import Json, MatrixError, Unreachable
from tests.conftest import NewPerson
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient_receiver")


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
        await station.until(lambda: station.has_heard(other, 1))
        await station.homeserver.join(third)
        await piet.send(third, "gaat gewoon door")
        await station.until(lambda: station.has_heard(third, 1), within=5)
        states = {row.state for row in await station.heard(room) if row.type == "m.room.message"}
        assert states == {"behind"}
        answers.set()
        await station.until(lambda: station.has_heard(room, 105))
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
