from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from helpdesk_bot.storage import delivery, inbox, outbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.outbox import Outgoing, row_ref
from tests.cli.conftest import Host

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SMALL = """\
helpdesk: {name: Hulp}
homeserver: {url: "http://localhost:1", user_id: "@helpdesk:example.org"}
data_dir: ../data
stadsdelen: [{id: noord, name: Noord, team_room: "!team:example.org"}]
rooms: {overflow: "!overflow:example.org", coordination: "!coordination:example.org"}
"""


async def test_schema(host: Host, tmp_path: Path) -> None:
    printed = await host.types("schema")
    await host.types("schema", "--output", str(tmp_path / "schema.json"))
    assert printed.text == (tmp_path / "schema.json").read_text()


async def test_replay(host: Host) -> None:
    host.file.parent.mkdir()
    host.file.write_text(SMALL)
    assert "at step" in (await host.helpdesk("migrate")).text
    assert "Nothing has failed" in (await host.helpdesk("replay")).text
    db = Database(host.config.database_url)
    events = [
        inbox.RawEvent(
            f"${number}", "!room", "@saskia:example.org", "m.room.message", {"body": "geheim"}, NOW
        )
        for number in range(3)
    ]
    async with db.transaction() as session:
        await inbox.accept(session, events, NOW)
        for row in range(3):
            await inbox.fail(session, row + 1, "ValueError")
    listed = await host.helpdesk("replay")
    assert "$1" in listed.text
    assert "ValueError" in listed.text
    assert "geheim" not in listed.text
    assert "saskia" not in listed.text

    assert (await host.helpdesk("replay", "$none")).status == 1
    assert "1 that came in, 0 that go out" in (await host.helpdesk("replay", "$1")).text
    assert "2 that came in, 0 that go out" in (await host.helpdesk("replay", "--all")).text
    async with db.reading() as session:
        assert not await inbox.failed(session)
        first = await inbox.next_pending(session)
        assert first is not None
        assert first.content == {"body": "geheim"}
    await db.close()


async def test_replay_of_what_could_not_be_delivered(host: Host) -> None:
    host.file.parent.mkdir()
    host.file.write_text(SMALL)
    await host.helpdesk("migrate")
    db = Database(host.config.database_url)
    event = inbox.RawEvent("$1", "!room", "@saskia:example.org", "m.room.message", {}, NOW)
    async with db.transaction() as session:
        await inbox.accept(session, [event], NOW)
        await inbox.fail(session, 1, "ValueError")
        for body in ("geheim", "ook geheim", "vervangen"):
            row = await outbox.enqueue(session, Outgoing("!room", {"body": body}), NOW)
            await delivery.give_up(session, row, "failed", "M_FORBIDDEN")
        await outbox.enqueue(session, Outgoing("!room", {}, kind="redact", about=row_ref(row)), NOW)
    listed = await host.helpdesk("replay")
    assert "not worked on" in listed.text
    assert "not delivered" in listed.text
    assert "M_FORBIDDEN" in listed.text
    assert "geheim" not in listed.text

    assert (await host.helpdesk("replay", "77")).status == 1
    assert "0 that came in, 1 that go out" in (await host.helpdesk("replay", "2")).text
    async with db.reading() as session:
        assert [row.id for row in await delivery.heads(session, NOW, [], 9)] == [2]
    everything = await host.helpdesk("replay", "--all")
    assert "1 that came in, 1 that go out" in everything.text
    assert "1 not sent again" in everything.text
    assert "Nothing has failed" in (await host.helpdesk("replay")).text
    async with db.reading() as session:
        assert [row.id for row in await delivery.heads(session, NOW, [], 9)] == [1]
    await db.close()


async def test_words_for_what_goes_wrong(host: Host) -> None:
    missing = await host.helpdesk("check")
    assert missing.status == 1
    assert "helpdesk init" in missing.text
    assert (await host.starts()).status == 78
    host.file.parent.mkdir()
    host.file.write_text(SMALL)
    unsigned = await host.starts()
    assert unsigned.status == 78
    assert "not signed in" in unsigned.text
    assert (await host.types("nonsense")).status == 2


async def test_a_database_of_a_newer_version(host: Host) -> None:
    host.file.parent.mkdir()
    host.file.write_text(SMALL)
    await host.helpdesk("migrate")
    db = Database(host.config.database_url)
    async with db.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await db.close()
    answer = await host.helpdesk("migrate")
    assert "a newer one made it" in answer.text
    assert "restore a backup" in answer.text
    assert "Traceback" not in answer.text
