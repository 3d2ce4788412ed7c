"""Nothing is said twice: not after a crash, a lost answer, a long time, or a restore."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import deliver
from helpdesk_bot.matrix.http import Unreachable
from helpdesk_bot.storage import outbox, restored
from helpdesk_bot.storage.models import OutboxRow
from helpdesk_bot.storage.outbox import Outgoing, row_ref
from tests.conftest import NewAccount, NewPerson
from tests.matrix.conftest import both_ways
from tests.matrix.crash import Crash
from tests.matrix.reading import sees, spoken
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient_sender")


@both_ways
@pytest.mark.parametrize("boundary", ["send.before", "send.after", "send.marked"])
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
    texts = ["een", "twee", "drie", "vier", "vijf"]
    async with Station.at(synapse, folder, sqlite_url, account.localpart) as station:
        await station.receiver.once()
        room = await noor.create_dm(station.user_id, encrypted=encrypted)
        await station.enters(room)
        await station.say(room, *texts)
    for _ in range(3):
        crashed = asyncio.Event()

        def passing(name: str, _word: object, crashed: asyncio.Event = crashed) -> None:
            if name == boundary:
                crashed.set()
                raise Crash

        monkeypatch.setattr(deliver, "passing", passing)
        async with Station.at(synapse, folder, sqlite_url) as station:
            sender = asyncio.create_task(station.sender.run())
            await station.receiver.once()
            await asyncio.wait_for(crashed.wait(), 10)
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
    monkeypatch.setattr(deliver, "passing", lambda *_: None)
    async with Station.at(synapse, folder, sqlite_url) as station, station.running():
        await station.drained()
        await sees(noor, room, "vijf")
    assert spoken(noor, room) == texts


@both_ways
async def test_an_answer_that_gets_lost_is_not_said_twice(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch, encrypted: bool
) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id, encrypted=encrypted)
    await station.enters(room)
    truly, losses = station.homeserver.send_event, iter([True, True, False, True])

    async def lossy(*args: Any) -> str:
        event_id = await truly(*args)
        if next(losses, False):
            raise Unreachable("reset")
        return event_id

    monkeypatch.setattr(station.homeserver, "send_event", lossy)
    texts = [f"bericht {number}" for number in range(6)]
    async with station.running():
        await station.say(room, *texts)
        await station.drained()
        await sees(noor, room, texts[-1])
    assert spoken(noor, room) == texts


@both_ways
async def test_on_a_new_device_it_looks_before_it_speaks(
    synapse: Synapse,
    new_account: NewAccount,
    sqlite_url: str,
    tmp_path: Path,
    new_person: NewPerson,
    encrypted: bool,
) -> None:
    account = await new_account("hulp")
    noor = await new_person("noor")
    async with Station.at(synapse, tmp_path / "bot", sqlite_url, account.localpart) as station:
        await station.receiver.once()
        room = await noor.create_dm(station.user_id, encrypted=encrypted)
        await station.enters(room)
        async with station.running():
            (said,) = await station.say(room, "gezegd")
            (gone,) = await station.say(room, "weg ermee")
            await station.put(
                Outgoing(room, {"key": "👍"}, type="m.reaction", about=row_ref(said)),
                Outgoing(room, {}, type="m.room.redaction", kind="redact", about=row_ref(gone)),
            )
            await station.drained()
            rows = [await station.row(number) for number in (said, gone + 1, gone + 2)]
        contents = [{"msgtype": "m.text", "body": "gezegd"}, {"key": "👍"}, {}]
        async with station.db.transaction() as session:  # as if it had died before it could write that down
            for row, content in zip(rows, contents, strict=True):
                await session.execute(
                    update(OutboxRow).where(OutboxRow.id == row.id).values(state="pending", content=content)
                )
        await station.say(room, "nog niet gezegd")
    new_folder = tmp_path / "new"
    async with Station.at(synapse, new_folder, sqlite_url, account.localpart) as station:
        async with station.running():
            await station.drained()
            await sees(noor, room, "nog niet gezegd")
        assert [(await station.row(row.id)).event_id for row in rows] == [row.event_id for row in rows]
    bodies = [body for body in spoken(noor, room) if body != "None"]
    assert bodies == ["gezegd", "weg ermee", "nog niet gezegd"]
    assert len(noor.reactions(room, rows[0].event_id or "")) == 1


@both_ways
async def test_after_a_day_it_looks_before_it_speaks(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch, encrypted: bool
) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id, encrypted=encrypted)
    await station.enters(room)
    sent = list[str]()
    truly = station.homeserver.send_event

    async def lost(room_id: str, type_: str, txn_id: str, content: Any) -> str:
        sent.append(txn_id)
        # Under another transaction id: a homeserver that has forgotten ours.
        await truly(room_id, type_, f"{txn_id}-{len(sent)}", content)
        raise Unreachable("reset")

    monkeypatch.setattr(station.homeserver, "send_event", lost)
    (row,) = await station.say(room, "lang onderweg")
    async with station.db.transaction() as session:
        old = utc_now() - timedelta(hours=21)
        await session.execute(update(OutboxRow).where(OutboxRow.id == row).values(created_at=old))
    async with station.running():
        await station.drained()
    await sees(noor, room, "lang onderweg")
    assert len(sent) == len(spoken(noor, room)) == 1


async def test_after_a_restore_it_looks_back_to_the_backup(
    synapse: Synapse, new_account: NewAccount, sqlite_url: str, tmp_path: Path, new_person: NewPerson
) -> None:
    """A day later, on another device, far back in the room, and in words that the day has changed."""
    account = await new_account("hulp")
    noor = await new_person("noor", encrypts=False)
    made = utc_now()

    async def works(station: Station, until: str) -> OutboxRow:
        async with station.db.transaction() as session:
            outbox.caused_by(session, "$question", again=await restored.recently(session, made) is not None)
            content = {"msgtype": "m.text", "body": f"tot {until}"}
            row = await outbox.enqueue(session, Outgoing(room, content), station.clock())
        async with station.running():
            await station.drained()
        return await station.row(row)

    async with Station.at(synapse, tmp_path / "bot", sqlite_url, account.localpart) as station:
        await station.receiver.once()
        room = await noor.create_dm(station.user_id, encrypted=False)
        await station.enters(room)
        first = await works(station, "5 december")
        async with station.db.transaction() as session:
            await session.execute(delete(OutboxRow))
            await restored.note(session, made, made)
    for number in range(110):  # more than a page
        await noor.send(room, f"bericht {number}")

    def tomorrow() -> datetime:
        return utc_now() + timedelta(days=1)

    async with Station.at(synapse, tmp_path / "new", sqlite_url, account.localpart, tomorrow) as station:
        again = await works(station, "6 december")
    assert (again.state, again.event_id) == ("sent", first.event_id)
    await sees(noor, room, "tot 5 december", "bericht 109")
    assert spoken(noor, room) == ["tot 5 december"]
