"""From where on a room is read: from the invitation, or from coming in, and each stay by itself."""

from pathlib import Path
from typing import Any

import pytest

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix.http import Json, Unreachable
from tests.conftest import NewAccount, NewPerson
from tests.matrix.conftest import both_ways
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient_receiver")


@both_ways
async def test_the_first_message_comes_with_the_invitation(
    synapse: Synapse,
    new_account: NewAccount,
    current_url: str,
    tmp_path: Path,
    new_person: NewPerson,
    encrypted: bool,
) -> None:
    account = await new_account("hulp")
    noor = await new_person("noor")
    async with Station.at(synapse, tmp_path / "bot", current_url, account.localpart) as station:
        await station.receiver.once()
        room = await noor.create_dm(station.user_id, encrypted=encrypted)
        await noor.send(room, "Onze wifi doet het niet")
        await station.enters(room)
        await station.hears(room, "Onze wifi doet het niet")
        invite, said = await station.heard(room)
        row = await station.room(room)
    assert (invite.type, invite.sender) == ("helpdesk.invite", noor.user_id)
    assert invite.content == {"is_direct": True, "room_name": None, "room_type": None}
    assert (said.sender, said.encrypted, said.state) == (noor.user_id, encrypted, "pending")
    assert row is not None
    assert (row.encrypted, row.member_count, row.history) == (encrypted or None, 2, "shared")


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
