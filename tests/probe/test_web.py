"""Looking at pages of a server that means harm."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from helpdesk_bot.probe import web as probe
from helpdesk_bot.probe.addresses import Gate
from helpdesk_bot.probe.web import Seen, Why, has_values, is_closed, look
from tests.probe.server import Server, serve

WHO = "Helpdesk of Noord (+https://helpdesk.example)"


@pytest.fixture
async def inside() -> AsyncIterator[Server]:
    async for one in serve():
        yield one


async def test_says_who_looks_and_nothing_else(server: Server) -> None:
    assert await look(server.url("/status"), server.gate, WHO) == Seen(server.url("/status"), 200, "hallo")
    headers = server.asked[0].headers
    assert headers["User-Agent"] == WHO
    assert not {"Cookie", "Authorization", "Referer"} & set(headers)


async def test_nothing_inside_is_asked_without_leave(server: Server) -> None:
    assert await look(server.url(), Gate(), WHO) is Why.NOT_PUBLIC
    assert await look(f"http://localhost:{server.port}/", Gate(), WHO) is Why.NOT_PUBLIC
    assert await look(f"http://[::ffff:127.0.0.1]:{server.port}/", Gate(), WHO) is Why.NOT_PUBLIC
    assert await look(f"http://2130706433:{server.port}/", Gate(), WHO) is Why.NOT_PUBLIC
    assert await look(f"http://１２７.0.0.1:{server.port}/", Gate(), WHO) is Why.NOT_PUBLIC
    assert not server.asked


async def test_a_redirect_inside_is_not_followed(server: Server, inside: Server) -> None:
    async def redirect(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(inside.url("/secret"))

    server.handler = redirect
    assert await look(server.url(), server.gate, WHO) is Why.NOT_PUBLIC
    assert not inside.asked


@pytest.mark.parametrize(
    "scheme", ["file:///etc/passwd", "ftp://a.example/", "gopher://a.example", "nonsense", ""]
)
async def test_only_the_web_is_looked_at(server: Server, scheme: str) -> None:
    async def redirect(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(scheme or "//")

    assert await look(scheme, server.gate, WHO) is Why.NO_ADDRESS
    if "://" in scheme:
        server.handler = redirect
        assert await look(server.url(), server.gate, WHO) is Why.NO_ADDRESS


async def test_a_name_and_password_in_an_address_are_not_sent(server: Server) -> None:
    assert await look(f"http://me:secret@127.0.0.1:{server.port}/", server.gate, WHO) is Why.NO_ADDRESS
    assert not server.asked


async def test_redirects_without_end_are_given_up(server: Server) -> None:
    async def again(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"/{len(server.asked)}")

    server.handler = again
    assert await look(server.url(), server.gate, WHO) is Why.ROUND_AND_ROUND
    assert len(server.asked) == probe.REDIRECTS + 1


async def test_cookies_are_not_kept_from_one_page_to_the_next(server: Server) -> None:
    async def cookie(request: web.Request) -> web.StreamResponse:
        if request.path == "/next":
            return web.Response(text="hallo")
        answer = web.HTTPFound("/next")
        answer.set_cookie("who", "you")
        raise answer

    server.handler = cookie
    assert isinstance(await look(server.url(), server.gate, WHO), Seen)
    assert "Cookie" not in server.asked[1].headers


async def test_a_page_without_end_is_read_to_a_point(server: Server) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        with_hope = b"x" * 65_536
        for _ in range(1_000):
            await answer.write(with_hope)
        return answer

    server.handler = endless
    seen = await look(server.url(), server.gate, WHO)
    assert isinstance(seen, Seen)
    assert len(seen.text) == probe.LARGEST


async def test_a_page_that_drips_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "SECONDS", 0.3)

    async def drips(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"x")
            await asyncio.sleep(0.05)

    server.handler = drips
    assert await look(server.url(), server.gate, WHO) is Why.TOO_SLOW


async def test_what_is_not_http_is_unreachable(unused: int) -> None:
    assert await look(f"http://127.0.0.1:{unused}/", Gate({f"127.0.0.1:{unused}"}), WHO) is Why.UNREACHABLE


@pytest.fixture
async def unused() -> AsyncIterator[int]:
    """A server that answers with nonsense."""

    async def nonsense(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\xffnot a web server\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ('{"installed": true, "version": "32"}', True),
        ('{"installed": 1}', False),
        ('{"installed": "true"}', False),
        ('{"installed": false}', False),
        ("[true]", False),
        ("<html>", False),
        ("[" * 60_000, False),
        ("", False),
    ],
)
def test_values_are_compared_strictly(text: str, right: bool) -> None:
    assert has_values(Seen("https://a.example/", 200, text), {"installed": True}) is right


ASKED = "https://drive.google.com/drive/folders/abc"


@pytest.mark.parametrize(
    ("url", "status", "closed"),
    [
        (ASKED, 200, False),
        (ASKED, 403, True),
        (ASKED, 404, True),
        (ASKED, 500, False),
        ("https://accounts.google.com/v3/signin/identifier", 200, True),
        ("https://cloud.example/index.php/login", 200, True),
        ("https://drive.google.com/authors/list", 200, False),
        ("https://drive.google.com/drive/folders/abc?usp=sharing", 200, False),
    ],
)
def test_a_link_is_closed_only_when_it_is_seen_to_be(url: str, status: int, closed: bool) -> None:
    assert is_closed(ASKED, Seen(url, status, "")) is closed


def test_a_public_page_at_which_one_signs_in_is_not_closed() -> None:
    asked = "https://cloud.example/login"
    assert not is_closed(asked, Seen(asked, 200, ""))


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("http://buurt.example/aanmelden/lijst", "https://buurt.example/aanmelden/lijst"),
        ("https://buurt.example/Aanmelden", "https://buurt.example/aanmelden/"),
        ("https://login.live.com/public", "https://login.live.com/public/"),
    ],
)
def test_a_public_page_that_is_called_so_is_not_closed(asked: str, seen: str) -> None:
    """It was only brought to https, or to a slash."""
    assert not is_closed(asked, Seen(seen, 200, ""))
