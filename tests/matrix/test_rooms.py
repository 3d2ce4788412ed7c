"""What is known of a room: what it is, who is in it, and whether the bot still is."""

import pytest

from helpdesk_bot.domain.runs.states import Run as RunState
from helpdesk_bot.matrix.http import Json, MatrixError
from helpdesk_bot.storage.models import Run, Snapshot
from tests.conftest import NewPerson
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient_receiver")


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


async def test_who_leaves_a_room_in_which_a_playbook_is_walked(
    station: Station, new_person: NewPerson
) -> None:
    noor, tim = await new_person("noor", encrypts=False), await new_person("tim", encrypts=False)
    walked, other = [await noor.create_room(invite=[station.user_id, tim.user_id]) for _ in range(2)]
    async with station.db.transaction() as session:
        session.add(Snapshot(sha256="p", playbook="p", version="1.0.0", text="{}"))
        await session.flush()
        session.add(
            Run(
                playbook="p",
                sha256="p",
                room_id=walked,
                language="nl",
                state=RunState.RUNNING,
                inputs={},
                started_by=noor.user_id,
                started_at=station.clock(),
            )
        )
    for room in (walked, other):
        await tim.join(room)
        await station.enters(room)
        await tim.leave(room)
    for _ in range(3):
        await station.receiver.once(500)
    heard = await station.heard(walked) + await station.heard(other)
    left = [(row.room_id, row.state_key) for row in heard if row.type == "m.room.member"]
    assert left[-1] == (walked, tim.user_id)
    assert not [room for room, _ in left if room == other]


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
