"""Whether a page is as it should be and a link is closed."""

import socket
from typing import Any

import pytest
from aiohttp import web

from helpdesk_bot.playbooks.verify import Http, Tls
from helpdesk_bot.probe import tls
from helpdesk_bot.probe import web as probe
from helpdesk_bot.probe.addresses import Gate
from helpdesk_bot.probe.judging import Check, Outcome, Prober, Verdict
from tests.probe.server import Server
from tests.probe.verdicts import JSON, LINK, WHO, is_verdict, judged, page


async def answers(server: Server, check: Check, link: str | None = None, **answer: Any) -> Verdict:
    """What is said about a page that answers like this."""

    async def take(_: web.Request) -> web.StreamResponse:
        return web.Response(**answer) if "body" in answer else web.json_response(**answer)

    server.handler = take
    return await judged(Prober(server.gate, WHO), check, link, host_url=server.url())


@pytest.mark.parametrize(
    ("check", "answer", "outcome", "key"),
    [
        (page(), {"body": b""}, Outcome.YES, "check.http.right"),
        (page(json=JSON), {"data": {**JSON, "version": "32"}}, Outcome.YES, "check.http.right"),
        (page(status=401), {"data": {}, "status": 401}, Outcome.YES, "check.http.right"),
        (page(status=429), {"data": {}, "status": 429}, Outcome.YES, "check.http.right"),
        (page(json=JSON), {"data": {**JSON, "maintenance": True}}, Outcome.NO, "check.http.other_values"),
        (page(json=JSON), {"body": b"<html>"}, Outcome.NO, "check.http.other_values"),
        (page(json=JSON), {"data": JSON, "status": 503}, Outcome.NO, "check.http.failing"),
        (page(), {"data": {}, "status": 404}, Outcome.NO, "check.http.not_there"),
        (page(), {"data": {}, "status": 403}, Outcome.NO, "check.http.other_status"),
        (page(status=204), {"data": {}}, Outcome.NO, "check.http.other_status"),
    ],
)
async def test_a_page(
    server: Server, check: Http, answer: dict[str, Any], outcome: Outcome, key: str
) -> None:
    verdict = await answers(server, check, **answer)
    assert is_verdict(verdict, outcome, key)
    assert verdict.params["url"] == server.url("/status.php")
    assert [request.path for request in server.asked] == ["/status.php"]
    assert server.asked[0].headers["User-Agent"] == WHO


async def test_what_should_be_there_is_told(server: Server) -> None:
    verdict = await answers(server, page(json={"installed": True, "edition": "basis"}), data={})
    assert verdict.params["wanted"] == 'installed: true, edition: "basis"'


async def test_who_is_asked_too_often_has_not_said_no(server: Server) -> None:
    assert is_verdict(
        await answers(server, page(), data={}, status=429), Outcome.UNKNOWN, "check.busy", again=True
    )
    link = server.url("/s/abc")
    assert is_verdict(
        await answers(server, LINK, link, data={}, status=429), Outcome.UNKNOWN, "check.busy", again=True
    )


@pytest.mark.parametrize(
    ("answer", "outcome", "key", "again"),
    [
        ({"body": b"", "status": 403}, Outcome.YES, "check.link.closed", False),
        ({"body": b"", "status": 404}, Outcome.YES, "check.link.closed", False),
        ({"body": b"bestanden"}, Outcome.NO, "check.link.open", False),
        ({"body": b"", "status": 206}, Outcome.NO, "check.link.open", False),
        ({"body": b"", "status": 500}, Outcome.UNKNOWN, "check.busy", True),
        ({"body": b"", "status": 451}, Outcome.UNKNOWN, "check.link.unclear", False),
    ],
)
async def test_a_link(
    server: Server, answer: dict[str, Any], outcome: Outcome, key: str, again: bool
) -> None:
    verdict = await answers(server, LINK, f"Het is {server.url('/s/abc')}.", **answer)
    assert is_verdict(verdict, outcome, key, again=again)
    assert [request.path for request in server.asked] == ["/s/abc"]
    assert "abc" not in str(verdict)


async def test_a_link_that_leads_to_where_one_signs_in(server: Server) -> None:
    async def sign_in(request: web.Request) -> web.StreamResponse:
        if request.path == "/login":
            return web.Response(text="Wie ben je?")
        raise web.HTTPFound("/login")

    server.handler = sign_in
    verdict = await judged(Prober(server.gate, WHO), LINK, server.url("/s/abc"))
    assert is_verdict(verdict, Outcome.YES, "check.link.closed")


@pytest.mark.parametrize(
    "link", [None, "", "gedaan", "https://a.nl/1 https://a.nl/2", "https://me:you@a.nl/"]
)
async def test_no_link_is_not_looked_at(link: str | None) -> None:
    assert is_verdict(await judged(Prober(Gate(), WHO), LINK, link), Outcome.UNKNOWN, "check.link.not_one")


@pytest.mark.parametrize("check", [page(), LINK, Tls(auto="tls", host="{host_url}")])
async def test_what_is_not_public_is_not_looked_at(server: Server, check: Check) -> None:
    verdict = await judged(
        Prober(Gate(), WHO), check, server.url(), host_url=f"https://127.0.0.1:{server.port}"
    )
    assert is_verdict(verdict, Outcome.UNKNOWN, "check.not_seen.not_public")
    assert not server.asked


@pytest.mark.parametrize("check", [page(), LINK, Tls(auto="tls", host="{host_url}")])
async def test_nobody_is_there(check: Check) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    prober, url = Prober(Gate({f"127.0.0.1:{port}"}), WHO), f"https://127.0.0.1:{port}"
    verdict = await judged(prober, check, url, host_url=url)
    assert is_verdict(verdict, Outcome.UNKNOWN, "check.not_seen.unreachable", again=True)


@pytest.mark.parametrize("check", [page(), LINK, Tls(auto="tls", host="{host_url}")])
async def test_somebody_who_never_answers(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "SECONDS", 0.2)
    monkeypatch.setattr(tls, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        url = f"https://{address}"
        verdict = await judged(Prober(Gate({address}), WHO), check, url, host_url=url)
    assert is_verdict(verdict, Outcome.UNKNOWN, "check.not_seen.too_slow", again=True)


@pytest.mark.parametrize(("to", "key"), [("/again", "round_and_round"), ("ftp://a.nl/", "no_address")])
async def test_redirects_to_nowhere(server: Server, to: str, key: str) -> None:
    async def redirect(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(to)

    server.handler = redirect
    prober = Prober(server.gate, WHO)
    for check in (page(), LINK):
        verdict = await judged(prober, check, server.url("/s"), host_url=server.url())
        assert is_verdict(verdict, Outcome.UNKNOWN, f"check.not_seen.{key}")
