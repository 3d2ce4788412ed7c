import json
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from helpdesk_bot.cli.checks.account import check_homeserver
from helpdesk_bot.clock import utc_now
from helpdesk_bot.config import Config
from helpdesk_bot.matrix.account import Account
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver
from helpdesk_bot.storage import delivery, outbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.outbox import Outgoing
from tests.cli.conftest import Answer, Host


@pytest.fixture
async def ready(host: Host) -> Host:
    answer = await host.sets_up()
    assert answer.status == 0, answer.text
    return host


def findings(answer: Answer, level: str = "error") -> list[str]:
    found: list[dict[str, Any]] = json.loads(answer.text)["findings"]
    assert all(one["remedy"] for one in found if one["level"] in ("error", "warning"))
    return [f"{one['subject']}: {one['what']}" for one in found if one["level"] == level]


async def looks(host: Host, *words: str) -> Answer:
    return await host.helpdesk("check", "--json", *words)


async def changed(config: Config, room: str, type_: str, **content: object) -> None:
    account = Account.load(config.account_dir)
    async with aiohttp.ClientSession() as http:
        homeserver = Homeserver(config.homeserver.url, account.access_token, session=http)
        await homeserver.put_state(room, type_, dict(content))


async def test_all_is_well(ready: Host) -> None:
    answer = await looks(ready)
    assert answer.status == 0, answer.text
    assert findings(answer) == []
    assert set(findings(answer, "warning")) == {
        f"{room}: nobody is in it but the bot"
        for room in ("rooms.overflow", "rooms.coordination", "rooms.trainers", "noord: team room")
    } | {f"playbooks: {ready.file.parent.parent / 'playbooks'} is not there"}
    (limits,) = findings(answer, "note")
    assert limits.startswith("rate limits: can't be seen")
    table = await ready.helpdesk("check")
    assert "curl -X POST" in table.text
    assert f"/users/{ready.bot.user_id}/override_ratelimit" in table.text


async def test_somebody_in_a_rota_who_is_not_in_the_room(ready: Host) -> None:
    person = f"@weg:{ready.synapse.server_name}"
    rota = f"{{id: noord, people: ['{person}'], first_day: 2026-11-23}}"
    ready.file.write_text(f"{ready.file.read_text()}\npanic: {{rotas: [{rota}]}}\n")
    answer = await looks(ready)
    assert answer.status == 0, answer.text
    assert any("noord: rota: @weg:" in found for found in findings(answer, "warning"))


async def test_something_inside_that_checks_may_look_at(ready: Host) -> None:
    ready.file.write_text(f"{ready.file.read_text()}\nchecks: {{allow: ['127.0.0.1:8080']}}\n")
    answer = await looks(ready)
    assert answer.status == 0, answer.text
    assert any(found.startswith("checks.allow: 127.0.0.1:8080") for found in findings(answer, "warning"))


async def test_a_team_room_that_is_only_named_by_its_alias(ready: Host) -> None:
    alias = f"#team-noord-{ready.bot.localpart}:{ready.synapse.server_name}"
    ready.file.write_text(ready.file.read_text().replace(str(ready.config.stadsdelen[0].team_room), alias))
    answer = await looks(ready)
    assert answer.status == 1
    assert any("named by its alias" in found for found in findings(answer))
    refused = await ready.starts()
    assert refused.status == 78
    assert f"{alias} is an alias" in refused.text
    assert "helpdesk init" in refused.text


async def test_rooms_for_everybody_that_are_only_named_by_their_aliases(ready: Host) -> None:
    """One of them is gone: nobody should have to find out which by trying."""
    names = {"noord: help room": "hulp-noord", "rooms.space": "helpdesk"}
    aliases = {
        place: f"#{name}-{ready.bot.localpart}:{ready.synapse.server_name}" for place, name in names.items()
    }
    config, text = ready.config, ready.file.read_text()
    text = text.replace(str(config.stadsdelen[0].help_room), aliases["noord: help room"])
    ready.file.write_text(text.replace(str(config.rooms.space), aliases["rooms.space"]))
    answer = await looks(ready)
    assert answer.status == 1
    assert [found.partition(": it is")[0] for found in findings(answer)] == [
        "rooms.space",
        "noord: help room",
    ]
    async with aiohttp.ClientSession() as http:
        account = Account.load(config.account_dir)
        homeserver = Homeserver(config.homeserver.url, account.access_token, session=http)
        gone = quote(aliases["noord: help room"], safe="")
        await homeserver._call("DELETE", f"/_matrix/client/v3/directory/room/{gone}")
    refused = await ready.starts()
    assert refused.status == 78
    for place, alias in aliases.items():
        assert f"{place}: {alias} is an alias" in refused.text
    assert "helpdesk init" in refused.text


async def test_what_could_not_be_delivered(ready: Host) -> None:
    db = Database(ready.config.database_url)
    async with db.transaction() as session:
        row = await outbox.enqueue(session, Outgoing("!room", {"body": "Dag"}), utc_now())
        await delivery.give_up(session, row, "failed", "M_FORBIDDEN")
    await db.close()
    answer = await looks(ready)
    assert answer.status == 0
    assert any("1 messages could not be sent" in found for found in findings(answer, "warning"))
    assert "helpdesk replay --all" in answer.text


async def test_a_team_room_that_was_opened(ready: Host) -> None:
    config = ready.config
    await changed(config, config.stadsdelen[0].team_room, "m.room.join_rules", join_rule="public")
    answer = await looks(ready)
    assert answer.status == 1
    assert findings(answer) == [
        "noord: team room: anybody can come in (its rule is 'public'): it gives no role"
    ]


async def test_limits_as_an_administrator(ready: Host) -> None:
    admin = ready.secret("admin", (await ready.synapse.admin()).token)
    answer = await looks(ready, "--admin-token-file", admin)
    assert any(found.startswith("rate limits: in force") for found in findings(answer, "warning"))
    answer = await looks(ready, "--admin-token-file", admin, "--fix")
    assert "rate limits: were in force; now lifted for the bot" in findings(answer, "ok")
    answer = await looks(ready, "--admin-token-file", admin)
    assert "rate limits: lifted for the bot" in findings(answer, "ok")


async def test_files_that_others_can_read(ready: Host) -> None:
    ready.config.account_dir.chmod(0o755)
    ready.config.data_dir.chmod(0o755)
    (ready.config.account_dir / "credentials.json").chmod(0o644)
    answer = await looks(ready)
    assert answer.status == 1
    assert any(found.startswith("credentials.json") for found in findings(answer))
    assert (await looks(ready, "--fix")).status == 0
    assert ready.config.account_dir.stat().st_mode & 0o077 == 0, "then nobody can reach what is in it"
    assert (await looks(ready)).status == 0


async def test_a_store_that_is_gone(ready: Host) -> None:
    for path in ready.config.account_dir.glob("keys.db*"):
        path.unlink()
    answer = await looks(ready)
    assert answer.status == 1
    assert "is missing" in findings(answer)[0]
    assert "helpdesk login" in answer.text
    refused = await ready.starts()
    assert refused.status == 78
    assert "helpdesk restore" in refused.text


@pytest.mark.parametrize("rubbish", [b"", b"rubbish" * 1000])
async def test_a_store_that_is_broken(ready: Host, rubbish: bytes) -> None:
    for path in ready.config.account_dir.glob("keys.db*"):
        path.unlink()
    (ready.config.account_dir / "keys.db").write_bytes(rubbish)
    answer = await looks(ready)
    assert answer.status == 1
    assert "keys.db can't be read" in findings(answer)[0]
    refused = await ready.starts()
    assert refused.status == 78, refused.text
    assert "helpdesk restore" in refused.text
    assert "helpdesk login" in refused.text
    assert (ready.config.account_dir / "keys.db").read_bytes() == rubbish, "nothing new is made of it"


async def test_a_store_whose_pages_are_damaged(ready: Host) -> None:
    store = Account.load(ready.config.account_dir).store_path
    with closing(sqlite3.connect(store)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    half = store.stat().st_size // 2
    with store.open("r+b") as file:
        file.seek(half)
        file.write(os.urandom(half))
    assert "keys.db can't be read" in findings(await looks(ready))[0]
    assert (await ready.starts()).status == 78


async def test_a_store_that_is_another_devices(ready: Host) -> None:
    """As when keys were put back by hand from before a `helpdesk login`."""
    store = ready.config.account_dir / "keys.db"
    old = store.read_bytes()
    assert (
        await ready.helpdesk("login", "--yes", "--password-file", str(ready.folder / "password"))
    ).status == 0
    store.write_bytes(old)
    assert "belongs to another device" in findings(await looks(ready))[0]
    refused = await ready.starts()
    assert refused.status == 78
    assert "belongs to another device" in refused.text


async def test_a_homeserver_that_knows_other_keys(ready: Host) -> None:
    """The same account and device as it says, with keys that were made anew."""
    account = Account.load(ready.config.account_dir)
    account.store_path.unlink()
    new = replace(account, identity="")
    async with aiohttp.ClientSession() as http:
        homeserver = Homeserver(ready.synapse.url, account.access_token, session=http)
        crypto = Crypto(new, homeserver, utc_now, "")
        new.with_identity(crypto.identity).save()
        await crypto.close()
    assert any("other keys for device" in found for found in findings(await looks(ready)))
    refused = await ready.starts()
    assert refused.status == 78
    assert "other keys for device" in refused.text


async def test_a_token_that_is_no_longer_good(ready: Host) -> None:
    account = Account.load(ready.config.account_dir)
    async with aiohttp.ClientSession() as http:
        await Homeserver(ready.synapse.url, account.access_token, session=http).logout()
    answer = await looks(ready)
    assert answer.status == 1
    assert "does not know the bot's token any more" in findings(answer)[0]

    moved = await ready.helpdesk("login", "--yes", "--password-file", str(ready.folder / "password"))
    assert moved.status == 0, moved.text
    now = Account.load(ready.config.account_dir)
    assert now.device_id != account.device_id
    assert now.seeds == account.seeds, "people's clients would say that its identity has changed"
    assert (await looks(ready)).status == 0


async def test_a_homeserver_that_is_not_there(ready: Host) -> None:
    ready.file.write_text(ready.file.read_text().replace(ready.synapse.url, "http://127.0.0.1:9"))
    answer = await looks(ready)
    assert answer.status == 1
    assert findings(answer)[0].startswith("homeserver: http://127.0.0.1:9 gives no good answer")


async def test_an_empty_database_and_a_wrong_file(ready: Host) -> None:
    (ready.config.data_dir / "helpdesk.db").unlink()
    assert findings(await looks(ready)) == ["database: it is empty"]
    assert (await ready.helpdesk("migrate")).status == 0
    assert (await looks(ready)).status == 0
    ready.file.write_text(ready.file.read_text() + "lgo: {}\n")
    answer = await looks(ready)
    assert answer.status == 1
    assert findings(answer)[0].endswith("lgo is not a setting")
    assert (await ready.starts()).status == 78


@pytest.mark.parametrize(("ahead", "level"), [(0, "ok"), (60, "warning"), (-3600, "error")])
async def test_a_clock_that_is_wrong(ready: Host, ahead: int, level: str) -> None:
    async with aiohttp.ClientSession() as http:
        found = await check_homeserver(ready.config, http, lambda: utc_now() + timedelta(seconds=ahead))
    assert [result.level for result in found if result.subject == "clock"] == [level]


async def test_a_database_whose_pages_are_damaged(ready: Host) -> None:
    path = ready.config.data_dir / "helpdesk.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [root] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tickets'").fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    answer = await looks(ready)
    assert answer.status == 1
    assert any("database: it is damaged" in found or "can't be read" in found for found in findings(answer))


async def test_a_database_that_is_none(ready: Host) -> None:
    for name in ("helpdesk.db", "helpdesk.db-wal", "helpdesk.db-shm"):
        (ready.config.data_dir / name).unlink(missing_ok=True)
    (ready.config.data_dir / "helpdesk.db").write_bytes(b"no database at all" * 1000)
    assert (await looks(ready)).status == 1
    refused = await ready.starts()
    assert refused.status == 78, refused.text
    assert "helpdesk restore" in refused.text
