"""From the outbox to the homeserver: once, in order, encrypted where it must be."""

import asyncio
from pathlib import Path

import pytest

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.storage.outbox import Outgoing, Urgency, row_ref
from tests.conftest import NewAccount, NewPerson
from tests.matrix.conftest import both_ways
from tests.matrix.reading import sees
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient_sender")


@both_ways
async def test_threads_edits_reactions_and_deletions(
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
        question = await noor.send(room, "Vraag")
        await station.enters(room)
        async with station.running():
            (card,) = await station.say(room, "Ticket 1")
            await station.put(
                Outgoing(room, {"msgtype": "m.text", "body": "in de draad"}, thread=row_ref(card)),
                Outgoing(room, {"msgtype": "m.text", "body": "antwoord"}, reply=question),
                Outgoing(room, {"msgtype": "m.text", "body": "Ticket 1, gepakt"}, edits=row_ref(card)),
                Outgoing(room, {"key": "👍"}, type="m.reaction", about=row_ref(card)),
            )
            (gone,) = await station.say(room, "vergissing")
            await station.put(Outgoing(room, {}, type="m.room.redaction", kind="redact", about=row_ref(gone)))
            await station.drained()
            said = await noor.wait_for(room, "Ticket 1, gepakt")
            thread = await noor.wait_for(room, "in de draad")
            reply = await noor.wait_for(room, "antwoord")
            await noor.wait_for_reaction(room, said.event_id, "👍")
        assert said.encrypted is encrypted
        assert thread.thread == said.event_id == (await station.row(card)).event_id
        assert reply.reply_to == question
        await noor.until(
            lambda: "vergissing" not in [message.body for message in noor.read(room)] or None, "a deletion"
        )
        assert station.failed == []


async def test_many_edits_of_a_card_become_few(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id)
    await station.enters(room)
    async with station.running():
        (card,) = await station.say(room, "kaart")
        await sees(noor, room, "kaart")
        for number in range(40):
            await station.put(
                Outgoing(
                    room,
                    {"msgtype": "m.text", "body": f"kaart {number}"},
                    edits=row_ref(card),
                    coalesce="card:1",
                    priority=Urgency.CARD,
                )
            )
        await station.drained()
        await sees(noor, room, "kaart 39")
    edits = [event for event in noor.events(room) if event.relates("m.replace")]
    assert 1 <= len(edits) < 30


async def test_joining_and_leaving(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor", encrypts=False)
    wanted = await noor.create_room(invite=[station.user_id])
    closed = await noor.create_room(invite=[station.user_id])
    await station.receiver.once(1_000)
    await noor.kick(closed, station.user_id)
    async with station.running():
        join, late, greeting = await station.put(
            Outgoing(wanted, {}, type="m.room.member", kind="join"),
            Outgoing(closed, {}, type="m.room.member", kind="join"),
            Outgoing(closed, {"msgtype": "m.text", "body": "Dag"}),
        )
        await station.drained()
        (leave,) = await station.put(Outgoing(wanted, {}, type="m.room.member", kind="leave"))
        await station.drained()
        (again,) = await station.put(Outgoing(wanted, {}, type="m.room.member", kind="leave"))
        await station.drained()
    states = [(await station.row(row)).state for row in (join, late, greeting, leave, again)]
    assert states[:4] == ["sent", "dropped", "dropped", "sent"]
    assert states[4] in ("sent", "dropped")
    assert wanted not in await station.homeserver.joined_rooms()
    assert station.failed == []


async def test_an_invitation_that_its_own_homeserver_does_not_know_of_yet(
    station: Station, new_person: NewPerson
) -> None:
    """It told ours first."""
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(invite=[station.user_id])
    await station.receiver.once(1_000)
    await noor.kick(room, station.user_id)  # which nobody tells us: we know of the invitation, and they don't
    sender = asyncio.create_task(station.sender.run())
    (join,) = await station.put(Outgoing(room, {}, type="m.room.member", kind="join"))

    async def refused() -> bool:
        return (await station.row(join)).attempts > 0

    await station.until(refused)
    await noor.invite(room, station.user_id)
    await station.drained()
    assert (await station.row(join)).state == "sent"
    assert room in await station.homeserver.joined_rooms()
    sender.cancel()


async def test_only_after_it_has_caught_up(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    station.receiver.caught_up.clear()
    sender = asyncio.create_task(station.sender.run())
    (row,) = await station.say(room, "hallo")
    await asyncio.sleep(0.3)
    assert (await station.row(row)).state == "pending"
    await station.receiver.once()
    await station.drained()
    sender.cancel()
    await asyncio.gather(sender, return_exceptions=True)
