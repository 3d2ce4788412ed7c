"""Files that the bot makes: in their room once, encrypted where it is, whatever goes wrong on the way."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo import media
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.demo.timeline import Message
from helpdesk_bot.matrix import uploads
from helpdesk_bot.matrix.http import Json, MatrixError, Unreachable
from helpdesk_bot.reports import pen
from helpdesk_bot.storage import files
from helpdesk_bot.storage.files import Made
from helpdesk_bot.storage.models import File
from helpdesk_bot.storage.outbox import Outgoing, row_ref
from tests.conftest import NewAccount, NewPerson
from tests.matrix.conftest import both_ways
from tests.matrix.crash import Crash
from tests.matrix.station import Station

pytestmark = pytest.mark.usefixtures("impatient_sender")

PICTURE = media.picture(64, 32)
TABLE = "stadsdeel,nieuw\nNoord,12\n".encode("utf-8-sig")


async def put(station: Station, room: str, made: Made, alt: str, **where: Any) -> int:
    content = {"msgtype": "m.image" if made.width else "m.file", "body": alt}
    async with station.db.transaction() as session:
        row = await files.enqueue(session, Outgoing(room, content, **where), made, utc_now())
    station.sender.wake()
    return row


async def files_left(station: Station) -> list[File]:
    async with station.db.transaction() as session:
        await files.forget(session)
        return list((await session.scalars(select(File))).all())


def is_file(message: Message) -> bool:
    return "filename" in message.content


@both_ways
async def test_a_picture_and_a_table_arrive_as_they_were_made(
    station: Station, new_person: NewPerson, encrypted: bool
) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id, encrypted=encrypted)
    await station.enters(room)
    async with station.running():
        (said,) = await station.say(room, "Week 46")
        made = Made("week-46.png", "image/png", PICTURE, width=64, height=32)
        await put(station, room, made, "Een grafiek: 12 nieuwe vragen")
        await put(station, room, Made("week.csv", "text/csv", TABLE), "De cijfers", thread=row_ref(said))
        await station.drained()
        picture = await noor.wait_for(room, "12 nieuwe vragen")
        table = await noor.wait_for(room, "De cijfers")
        start = await noor.wait_for(room, "Week 46")
    assert await noor.download(picture) == PICTURE
    assert await noor.download(table) == TABLE
    assert picture.content["msgtype"] == "m.image"
    assert picture.content["filename"] == "week-46.png"
    assert picture.content["info"] == {"mimetype": "image/png", "w": 64, "h": 32, "size": len(PICTURE)}
    assert table.thread == start.event_id
    for message in (picture, table):
        assert message.encrypted is encrypted
        assert ("file" in message.content, "url" in message.content) == (encrypted, not encrypted)
        assert files.FILE_KEY not in message.content
    assert station.failed == []
    assert await files_left(station) == []


async def test_in_an_encrypted_room_the_server_holds_nothing_readable(
    station: Station, new_person: NewPerson
) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id, encrypted=True)
    await station.enters(room)
    async with station.running():
        await put(station, room, Made("leden.csv", "text/csv", TABLE), "De cijfers")
        message = await noor.wait_for(room, "De cijfers")
    stored = await noor.api.download(message.content["file"]["url"])
    assert len(stored) == len(TABLE)
    assert b"Noord" not in stored


@both_ways
async def test_a_crash_after_the_upload_sends_it_once(
    synapse: Synapse,
    new_account: NewAccount,
    sqlite_url: str,
    tmp_path: Path,
    new_person: NewPerson,
    monkeypatch: pytest.MonkeyPatch,
    encrypted: bool,
) -> None:
    account, noor = await new_account("hulp"), await new_person("noor")
    async with Station.at(synapse, tmp_path / "bot", sqlite_url, account.localpart) as station:
        await station.receiver.once()
        room = await noor.create_dm(station.user_id, encrypted=encrypted)
        await station.enters(room)
        await put(station, room, Made("week.csv", "text/csv", TABLE), "De cijfers")
    crashes = 0
    for _ in range(2):
        crashed = asyncio.Event()

        def passing(name: str, crashed: asyncio.Event = crashed) -> None:
            assert name == "file.uploaded"
            crashed.set()
            raise Crash

        monkeypatch.setattr(uploads, "passing", passing)
        async with Station.at(synapse, tmp_path / "bot", sqlite_url) as station:
            sender = asyncio.create_task(station.sender.run())
            await station.receiver.once()
            await asyncio.wait_for(crashed.wait(), 10)
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
            crashes += 1
    monkeypatch.setattr(uploads, "passing", lambda _: None)
    async with Station.at(synapse, tmp_path / "bot", sqlite_url) as station, station.running():
        await station.drained()
        message = await noor.wait_for(room, "De cijfers")
    assert crashes == 2
    assert await noor.download(message) == TABLE
    assert [m.body for m in noor.read(room) if is_file(m)] == ["De cijfers"]


async def test_an_upload_and_an_answer_that_get_lost(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was uploaded is not uploaded again when only the message has to be; nothing is there twice."""
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    upload, send = station.homeserver.upload, station.homeserver.send_event
    uploads_lost, sends_lost = iter([True, False]), iter([True, True])
    uploaded = 0

    async def lossy_upload(*args: Any) -> str:
        nonlocal uploaded
        place = await upload(*args)
        uploaded += 1
        if next(uploads_lost, False):
            raise Unreachable("reset")
        return place

    async def lossy_send(*args: Any) -> str:
        event_id = await send(*args)
        if next(sends_lost, False):
            raise Unreachable("reset")
        return event_id

    monkeypatch.setattr(station.homeserver, "upload", lossy_upload)
    monkeypatch.setattr(station.homeserver, "send_event", lossy_send)
    async with station.running():
        await put(station, room, Made("week.csv", "text/csv", TABLE), "De cijfers")
        await station.drained()
        await noor.wait_for(room, "De cijfers")
    assert [m.body for m in noor.read(room) if is_file(m)] == ["De cijfers"]
    assert uploaded == 2


@pytest.mark.parametrize(
    "refusal",
    [MatrixError(413, "M_TOO_LARGE", ""), MatrixError(403, "M_FORBIDDEN", "")],
    ids=lambda e: e.errcode,
)
async def test_a_file_that_is_refused_is_said_aloud_and_stops_nothing(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch, refusal: MatrixError
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)

    async def refused(*_: Any) -> str:
        raise refusal

    monkeypatch.setattr(station.homeserver, "upload", refused)
    async with station.running():
        row = await put(station, room, Made("week.csv", "text/csv", TABLE), "De cijfers")
        await station.say(room, "daarna")
        await noor.wait_for(room, "daarna")
        await station.drained()
    assert station.failed == [(row, refusal.errcode)]
    assert [file.data for file in await files_left(station)] == [TABLE], "it may be sent again by hand"


async def test_a_picture_that_another_process_draws(station: Station, new_person: NewPerson) -> None:
    noor = await new_person("noor")
    room = await noor.create_dm(station.user_id, encrypted=True)
    await station.enters(room)
    bars = [{"label": "nieuw", "value": 12, "said": "12"}]
    recipe = {"title": "Week 46", "width": 400, "height": 300, "bars": bars}
    station.sender._delivery._uploads._draw = pen.draw
    async with station.running():
        made = Made("week.png", "image/png", recipe=recipe, width=400, height=300)
        await put(station, room, made, "Week 46, nieuw: 12")
        message = await noor.wait_for(room, "nieuw: 12", within=30)
        picture = await noor.download(message)
    assert media.picture_info(picture) == {"w": 400, "h": 300}
    assert message.content["info"]["size"] == len(picture)


async def test_what_is_drawn_late_is_drawn_once_and_a_broken_pen_is_said_aloud(
    station: Station, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_dm(station.user_id, encrypted=False)
    await station.enters(room)
    drawn: list[Json] = []
    send, lost = station.homeserver.send_event, iter([True])

    async def draw(recipe: Json) -> bytes:
        drawn.append(recipe)
        if recipe["of"] == "nothing":
            raise ValueError("no such picture")
        return PICTURE

    async def lossy_send(*args: Any) -> str:
        if next(lost, False):
            raise Unreachable("reset")
        return await send(*args)

    monkeypatch.setattr(station.sender._delivery._uploads, "_draw", draw)
    monkeypatch.setattr(station.homeserver, "send_event", lossy_send)
    async with station.running():
        good = Made("week.png", "image/png", recipe={"of": "a week"}, width=64, height=32)
        await put(station, room, good, "Een grafiek")
        picture = await noor.wait_for(room, "Een grafiek")
        assert await noor.download(picture) == PICTURE
        assert drawn == [{"of": "a week"}]
        broken = await put(station, room, Made("x.png", "image/png", recipe={"of": "nothing"}), "Niets")
        await station.say(room, "daarna")
        await noor.wait_for(room, "daarna")
    assert station.failed == [(broken, "ValueError")]
