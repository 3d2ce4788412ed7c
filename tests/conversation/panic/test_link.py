"""The page behind the link in a call, on the real web server."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import select

from helpdesk_bot.storage.models import AlarmLink
from helpdesk_bot.web.alarm_page import alarm_routes
from helpdesk_bot.web.application import serving
from tests.conversation.conftest import FATIMA, JORIS, SANNE
from tests.conversation.duty import chat
from tests.conversation.panic.outside import Endpoint, leave, reach
from tests.conversation.stage import Stage, to


@pytest.fixture
async def link(duty: Stage, dm: str, endpoint: Endpoint) -> str:
    """The path of a fresh link, sent to Sanne."""
    reach(duty, sanne=[endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek onze mail is gehackt")
    await leave(duty)
    return "/alarm/" + endpoint.to("sanne")[0].partition("/alarm/")[2].split()[0]


@asynccontextmanager
async def visiting(
    stage: Stage, on_done: Callable[[], None] = lambda: None
) -> AsyncIterator[aiohttp.ClientSession]:
    app = web.Application()
    app.add_routes(alarm_routes(stage.db, stage.setting, lambda: stage.now, on_done))
    async with (
        serving(app, "127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        yield http


async def test_looking_does_nothing_and_pressing_does(duty: Stage, dm: str, link: str) -> None:
    woken: list[bool] = []
    async with visiting(duty, lambda: woken.append(True)) as http:
        for _ in range(2):  # a preview, and then the person
            page = await (await http.get(link)).text()
            assert '<html lang="nl">' in page
            assert "<h1>" in page
            assert '<form method="post"><button type="submit">Ik kom</button></form>' in page
            assert "<script" not in page
            for secret in ("mail", "gehackt", "Fatima"):
                assert secret not in page
        assert (await http.head(link)).status == 200
        assert (await duty.ticket()).assignee is None
        assert not woken
        answer = await http.post(link)
        assert answer.status == 200  # after the redirect
        assert "Vraag 1 is van jou" in await answer.text()
        assert woken
    assert (await duty.ticket()).assignee == SANNE
    assert "Sanne heeft het gezien" in to(dm, await duty.settle())[0]


async def test_it_counts_once(duty: Stage, link: str, dm: str) -> None:
    async with visiting(duty) as http:
        await http.post(link)
        await duty.settle()
        await duty.says(SANNE, "!team-noord:test", "!loslaten 1")
        assert "Ik kom" not in await (await http.post(link)).text()
    assert (await duty.ticket()).assignee is None


async def test_it_says_who_was_first(duty: Stage, link: str) -> None:
    await duty.reacts(JORIS, "!team-noord:test", await duty.card(), "✋")
    async with visiting(duty) as http:
        for answer in (await http.get(link), await http.post(link)):
            page = await answer.text()
            assert "Joris" in page
            assert "<button" not in page
    assert (await duty.ticket()).assignee == JORIS


async def test_in_english(duty: Stage, link: str) -> None:
    await duty.says(SANNE, chat(SANNE), "!language en")
    async with visiting(duty) as http:
        page = await (await http.get(link)).text()
        assert '<html lang="en">' in page
        assert "I am coming" in page
        unknown = await http.get("/alarm/x", headers={"Accept-Language": "en-GB,en;q=0.9"})
        assert "does not work" in await unknown.text()


async def test_headers(duty: Stage, link: str) -> None:
    async with visiting(duty) as http:
        for answer in (await http.get(link), await http.get("/alarm/nothing")):
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy


async def test_for_a_day(duty: Stage, link: str) -> None:
    duty.now += timedelta(hours=24)
    async with visiting(duty) as http:
        assert (await http.get(link)).status == 404
        assert (await http.post(link)).status == 404
    assert (await duty.ticket()).assignee is None


async def test_whoever_is_no_helper_any_more(duty: Stage, link: str) -> None:
    await duty.join("!team-noord:test", SANNE, membership="leave")
    async with visiting(duty) as http:
        answer = await http.post(link)
        assert answer.status == 409
        assert "Alleen" in await answer.text()
    assert (await duty.ticket()).assignee is None


async def test_nothing_to_be_guessed_is_kept(duty: Stage, link: str) -> None:
    token = link.removeprefix("/alarm/")
    assert len(token) >= 43  # 256 bits
    async with duty.db.reading() as session:
        [row] = await session.scalars(select(AlarmLink))
    assert token not in row.hash
