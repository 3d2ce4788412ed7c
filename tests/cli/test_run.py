"""The helpdesk as a process of its own, as a service manager starts and stops it."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from shutil import copyfile, copytree, rmtree

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from helpdesk_bot import app
from helpdesk_bot.demo.person import Person
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import session_lock
from helpdesk_bot.storage.engine import Database
from tests.cli.conftest import Host
from tests.conftest import NewPerson
from tests.support.postgres import Postgres

READY = 30
_ITS_LOCK = f"locktype = 'advisory' AND objid = {session_lock.LOCK}"


@asynccontextmanager
async def running(host: Host) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """The process and the port of its web pages, once it is well. It is stopped by SIGTERM at the end."""
    log = host.folder / "log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "helpdesk_bot", "run", "--config", str(host.file)), stderr=output
        )
    try:
        async with asyncio.timeout(READY):
            while (port := _port(log.read_text())) is None:
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.05)
            async with aiohttp.ClientSession() as http:
                while True:
                    health = await http.get(f"http://127.0.0.1:{port}/healthz")
                    if health.status == 200:
                        break
                    await asyncio.sleep(0.05)
        yield process, port
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 15)


def _port(log: str) -> int | None:
    for line in log.splitlines():
        if '"running"' in line:
            return int(json.loads(line)["port"])
    return None


async def set_up(host: Host) -> None:
    answer = await host.sets_up()
    assert answer.status == 0, answer.text
    host.file.write_text(host.file.read_text() + "\nweb: {port: 0}\n")


async def ask(person: Person, room: str, question: str, expected: str) -> None:
    """Asks, and waits for an answer that says so, which this person's own client could decrypt."""
    mark = person.mark()
    await person.send(room, question)
    answer = await person.wait_for(
        room, lambda message: message.sender != person.user_id and expected in message.body, 20, after=mark
    )
    assert answer.encrypted


async def test_it_stops_when_it_is_told_to(host: Host) -> None:
    await set_up(host)
    async with running(host) as (process, port), aiohttp.ClientSession() as http:
        metrics = await (await http.get(f"http://127.0.0.1:{port}/metrics")).text()
        assert "helpdesk_healthy 1.0" in metrics
        second = await host.starts()
        assert second.status == 78, "two on one account would make both useless"
        assert "Another process" in second.text
    assert process.returncode == 0
    log = (host.folder / "log").read_text()
    assert all(json.loads(line)["event"] for line in log.splitlines())
    assert host.bot.user_id not in log


async def test_a_second_one_on_the_same_database_but_not_in_the_same_folder(host: Host) -> None:
    await set_up(host)
    elsewhere = replace(host, folder=host.folder / "elsewhere")
    elsewhere.file.parent.mkdir(parents=True)
    copyfile(host.file, elsewhere.file)
    copytree(host.config.account_dir, elsewhere.config.account_dir)
    here = {"HELPDESK_DATABASE_URL": host.config.database_url}
    async with running(host):
        second = await elsewhere.process("run", **here)
        assert second.status == 78, second.text
        assert "Another process runs a helpdesk on this database" in second.text
        assert "systemctl stop helpdesk" in second.text
        backup = str(host.folder / "backup.tar.gz")
        for command in (["check"], ["replay"], ["migrate"], ["backup", backup]):
            answer = await elsewhere.helpdesk(*command, **here)
            assert answer.status == 0, answer.text
        again = await host.sets_up()
        assert again.status == 0, again.text


async def test_it_ends_when_another_one_has_taken_its_database(
    host: Host, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_lock, "LOOK_EVERY", 0.5)
    monkeypatch.setattr(session_lock, "PATIENCE_AGAIN", 1)
    async with postgres.database() as url:
        monkeypatch.setenv("HELPDESK_DATABASE_URL", url)
        await set_up(host)
        helpdesk = asyncio.create_task(app.run(host.config))
        db = Database(url)
        async with db.engine.connect() as server, db.engine.connect() as other:
            await waited_for(server, "granted")
            lock = text("SELECT pg_advisory_lock(:lock)"), {"lock": session_lock.LOCK}
            taking = asyncio.create_task(other.execute(*lock))  # stands in line, so that it is the next one
            await waited_for(server, "NOT granted")
            await server.execute(
                text(f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE {_ITS_LOCK} AND granted")
            )
            await taking
            with pytest.raises(UserError, match=r"database\.in_use"):
                await asyncio.wait_for(helpdesk, 20)
        await db.close()


async def waited_for(server: AsyncConnection, state: str) -> None:
    query = text(f"SELECT count(*) FROM pg_locks WHERE {_ITS_LOCK} AND {state}")
    async with asyncio.timeout(READY):
        while not await server.scalar(query):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)


async def test_the_drill_with_people(host: Host, new_person: NewPerson) -> None:
    """A backup while it runs, the loss of everything, and the same conversation goes on."""
    await set_up(host)
    saskia = await new_person("saskia")
    file = host.folder / "backup.tar.gz"
    async with running(host):
        room = await saskia.create_dm(host.bot.user_id)
        await saskia.until(lambda: host.bot.user_id in saskia.room(room).members(), "the bot's coming")
        await ask(saskia, room, "Hoe deel ik een map in Nextcloud?", "1")
        made = await host.helpdesk("backup", str(file))
        assert made.status == 0, made.text
    rmtree(host.config.data_dir)
    host.file.unlink()
    restored = await host.helpdesk("restore", str(file))
    assert restored.status == 0, restored.text
    async with running(host):
        await ask(saskia, room, "!nieuw De agenda doet het ook niet meer", "2")
