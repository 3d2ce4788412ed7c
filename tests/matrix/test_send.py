"""From the outbox to the homeserver: once, in order, encrypted where it must be."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import refusals, send
from helpdesk_bot.matrix.http import MatrixError, Unreachable
from helpdesk_bot.storage import outbox, restored
from helpdesk_bot.storage.models import Member, OutboxRow, Room
from helpdesk_bot.storage.outbox import Outgoing, Urgency, row_ref
from tests.conftest import NewAccount, NewPerson
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient")
both_ways = pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "pause_after", lambda failures: 0.05)
    monkeypatch.setattr(send, "OTHERS_FIRST", 0.1)
    monkeypatch.setattr(refusals, "TRIES", (0.05, 0.05))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'helpdesk.db'}"


@pytest.fixture
async def station(
    synapse: Synapse, new_account: NewAccount, sqlite_url: str, tmp_path: Path
) -> AsyncIterator[Station]:
    account = await new_account("hulp")
    async with Station.at(synapse, tmp_path / "bot", sqlite_url, account.localpart) as station:
        await station.receiver.once()
        yield station


class Crash(BaseException):
    """Nothing in the bot catches this: what comes after it does not happen."""


def spoken(person: Person, room: str) -> list[str]:
    """Everything that really is in the room, as this person's client reads it, doubles included."""
    return [
        str(event.content.get("body"))
        for event in person.events(room)
        if event.type == "m.room.message" and event.sender != person.user_id
    ]


async def sees(person: Person, room: str, *texts: str) -> None:
    for text in texts:
        await person.wait_for(room, text)


@both_ways
async def test_threads_edits_reactions_and_deletions(
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

        def passing(name: str, crashed: asyncio.Event = crashed) -> None:
            if name == boundary:
                crashed.set()
                raise Crash

        monkeypatch.setattr(send, "passing", passing)
        async with Station.at(synapse, folder, sqlite_url) as station:
            sender = asyncio.create_task(station.sender.run())
            await station.receiver.once()
            await asyncio.wait_for(crashed.wait(), 10)
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
    monkeypatch.setattr(send, "passing", lambda _: None)
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


async def _is(truth: bool) -> bool:
    return truth


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
        assert (await outbox.backlog(session, utc_now()))[0] == 1
