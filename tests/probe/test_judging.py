"""What holds for every check, whatever is looked at."""

import asyncio
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk_bot.config import load
from helpdesk_bot.playbooks.verify import Tls
from helpdesk_bot.probe.addresses import Gate
from helpdesk_bot.probe.judging import Check, Outcome, Prober, user_agent
from helpdesk_bot.probe.web import Why
from tests.config.written import SMALL, written
from tests.probe.server import Server
from tests.probe.verdicts import JSON, LINK, TEXTS, WHO, is_verdict, judged, mail, page


@pytest.mark.parametrize("check", [page(), Tls(auto="tls", host="{host_url}"), mail()])
async def test_what_nobody_has_told_yet(check: Check) -> None:
    verdict = await judged(Prober(Gate(), WHO), check, domain="buurthuis.org")
    assert is_verdict(verdict, Outcome.UNKNOWN, "check.unfilled")
    assert verdict.params["field"] in ("host_url", "mail")


async def test_a_password_in_an_address_is_not_told() -> None:
    for check in (page(), Tls(auto="tls", host="{host_url}"), mail(contains="{host_url}")):
        verdict = await judged(
            Prober(Gate(), WHO), check, host_url="https://me:secret@127.0.0.1", domain="cloud.local"
        )
        assert verdict.outcome is Outcome.UNKNOWN
        assert "secret" not in str(verdict)


HARM = st.text(max_size=60) | st.from_regex(r"\A(https?://|//|\[|@|%)?[a-z0-9.:/@\[\]%\\#?-]{0,40}\Z")


def nowhere(*_: object, **__: object) -> NoReturn:
    raise socket.gaierror


@settings(deadline=None)
@given(typed=HARM, link=HARM)
async def test_nothing_that_is_typed_breaks_it(typed: str, link: str) -> None:
    """Nor does it pass anything."""
    values: Mapping[str, object] = {"host_url": typed, "host": typed, "domain": typed, "mail": typed}
    prober = Prober(Gate(), WHO, nameservers=[("127.0.0.1", 1)])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", nowhere)  # nobody outside is asked about these
        for check in (page(json=JSON), LINK, Tls(auto="tls", host="{host}"), mail(), mail("TXT", "x")):
            assert (await judged(prober, check, link, **values)).outcome is Outcome.UNKNOWN


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"HTTP/1.1",
        b"HTTP/9.9 999999999999 \xff\r\n\r\n",
        b"HTTP/1.1 -1 no\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000,
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        OK + b"no colon\r\n\r\n",
        OK + b"X: \x00\r\n\r\n",
        OK + b"X: " + b"x" * 100_000 + b"\r\n\r\n",
        OK + b"X: x\r\n" * 100_000,
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: 9\r\nContent-Length: 8\r\n\r\n",
        OK + b"Content-Length: 99\r\n\r\n{",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nzzzz",
        OK + b"Content-Encoding: br\r\nContent-Length: 4\r\n\r\nzzzz",
        OK + b"Content-Type: text/html; charset=\xff\r\n\r\n\xff\xfe",
        OK + b"Set-Cookie: a=b; Expires=never; Domain=\xff\r\n\r\n",
        *(
            b"HTTP/1.1 302 Found\r\nLocation: " + to + b"\r\nContent-Length: 0\r\n\r\n"
            for to in (
                b"",
                b"//",
                b"http://[",
                b"\xff\xfe",
                b"http://a:99999/",
                b"http:///x",
                b"https://\xe2\x80\xae.nl/",
            )
        ),
    ],
)
async def test_no_server_breaks_it(answer: bytes) -> None:
    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    async with server:
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        prober = Prober(Gate({address}), WHO)
        for check in (page(json=JSON), Tls(auto="tls", host="{host}")):
            told = await judged(prober, check, host_url=f"http://{address}", host=address)
            assert told.outcome is not Outcome.YES
        assert (await judged(prober, LINK, f"http://{address}/s")).outcome is not Outcome.YES


async def test_so_many_at_once(server: Server) -> None:
    arrived, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def slow(_: web.Request) -> web.StreamResponse:
        arrived.release()
        await go_on.wait()
        return web.Response()

    server.handler = slow
    prober = Prober(server.gate, WHO, at_once=2)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        judging = [group.create_task(judged(prober, page(), host_url=server.url())) for _ in range(4)]
        for _ in range(2):
            await arrived.acquire()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(arrived.acquire(), 0.3)
        go_on.set()
    assert all(task.result().outcome is Outcome.YES for task in judging)


def test_every_reason_has_words() -> None:
    assert {f"check.not_seen.{why}" for why in Why} <= TEXTS.catalogues.keys


@pytest.mark.parametrize(
    ("name", "url", "agent"),
    [
        ("Helpdesk of Noord", "https://helpdesk.example", WHO),
        ("Coöperatie\r\nX: y", None, "Cooperatie X: y"),
        ("مكتب", "https://büro.example", "Helpdesk (+https://xn--bro-hoa.example)"),
    ],
)
def test_how_it_makes_itself_known(name: str, url: str | None, agent: str) -> None:
    assert user_agent(name, url) == agent


async def test_as_the_configuration_says(server: Server, tmp_path: Path) -> None:
    more = (
        f"web: {{public_url: 'https://helpdesk.example'}}\nchecks: {{allow: ['127.0.0.1:{server.port}']}}\n"
    )
    config = load(written(tmp_path, SMALL.replace("name: Helpdesk", "name: Helpdesk of Noord") + more))
    assert is_verdict(
        await judged(Prober.of(config), page(), host_url=server.url()), Outcome.YES, "check.http.right"
    )
    assert server.asked[0].headers["User-Agent"] == WHO
